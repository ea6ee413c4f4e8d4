import type { Dispatcher } from 'undici';

/**
 * Sends headers of these names, in small letters, to this origin alone. A redirect may lead to anybody: undici takes the
 * authorization off the request then, but knows no other keys.
 */
export const onlyAt =
  (origin: string, names: readonly string[]): Dispatcher.DispatcherComposeInterceptor =>
  (dispatch) =>
  (options, handler) =>
    String(options.origin) === origin
      ? dispatch(options, handler)
      : dispatch({ ...options, headers: without(options.headers, names) }, handler);

/** What undici makes of the headers for a redirect is a list of names and values in turn. */
function without(headers: Dispatcher.DispatchOptions['headers'], names: readonly string[]): string[] {
  const flat = Array.isArray(headers)
    ? headers.map(String)
    : Object.entries(headers ?? {})
        .flat()
        .map(String);
  return flat.filter((_, at) => !names.includes(String(flat[at - (at % 2)]).toLowerCase()));
}
