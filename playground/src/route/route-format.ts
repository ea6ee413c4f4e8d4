// Where the reader is, as the part of the address after `#` says it. Pure.

/** `home`, or a context; with a message to jump to, and the branch that it is on. */
export type Route =
  | { readonly page: 'home' }
  | {
      readonly page: 'context';
      readonly id: string;
      readonly message?: string;
      readonly branch?: string;
    };

const context = /^#\/contexts\/([\w-]{1,64})(?:\?(.*))?$/;

/** Anything that is not understood is `home`. */
export function parseRoute(hash: string): Route {
  const found = context.exec(hash);
  if (!found?.[1]) return { page: 'home' };
  const query = new URLSearchParams(found[2] ?? '');
  const message = query.get('message');
  const branch = query.get('branch');
  return {
    page: 'context',
    id: found[1],
    ...(message ? { message } : {}),
    ...(branch ? { branch } : {}),
  };
}

export function formatRoute(route: Route): string {
  if (route.page === 'home') return '#/';
  const query = new URLSearchParams();
  if (route.message) query.set('message', route.message);
  if (route.branch) query.set('branch', route.branch);
  return `#/contexts/${route.id}${query.size > 0 ? `?${query}` : ''}`;
}
