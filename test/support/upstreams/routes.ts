import type { RelayTarget } from '../../../src/providers/relay.js';
import type { UpstreamRequest } from '../fake-upstream.js';
import { json, type Plan } from '../upstream-plan.js';

/** Whose manners a fake server has: where its routes are, and how it wants its key. */
export type Host = 'openai' | 'anthropic' | 'azure';

/** What a request asks for, as this host reads its path; undefined where the host has no such route. */
export interface Asked {
  readonly target: RelayTarget | 'models';
  /** Azure: the deployment in the URL, where it is not in the body. */
  readonly deployment?: string;
  readonly apiVersion?: string;
  /** As the host takes it: a Bearer token, `x-api-key` or `api-key`. */
  readonly key?: string;
}

const targets: Readonly<Record<string, Asked['target']>> = {
  '/chat/completions': 'chat_completions',
  '/responses': 'responses',
  '/messages': 'messages',
  '/messages/count_tokens': 'count_tokens',
  '/embeddings': 'embeddings',
  '/models': 'models',
};

/** What is asked of a server of this host by this request; undefined: a path that it does not have. */
export function askedOf(host: Host, { path, headers }: UpstreamRequest): Asked | undefined {
  const { pathname, searchParams } = new URL(path, 'http://host');
  const place = placeIn(host, pathname);
  const target = place && targets[place.rest];
  if (!place || !target) return undefined;
  return {
    target,
    deployment: place.deployment,
    apiVersion: searchParams.get('api-version') ?? undefined,
    key: keyIn(host, headers),
  };
}

function placeIn(host: Host, pathname: string): { rest: string; deployment?: string } | undefined {
  if (host !== 'azure') return pathname.startsWith('/v1/') ? { rest: pathname.slice(3) } : undefined;
  if (pathname.startsWith('/openai/v1/')) return { rest: pathname.slice('/openai/v1'.length) };
  const [, deployment, rest] = /^\/openai\/deployments\/([^/]+)(\/.*)$/.exec(pathname) ?? [];
  if (deployment !== undefined && rest !== undefined)
    return { rest, deployment: decodeURIComponent(deployment) };
  // The older form of what belongs to no deployment.
  return pathname.startsWith('/openai/') ? { rest: pathname.slice('/openai'.length) } : undefined;
}

function keyIn(host: Host, headers: UpstreamRequest['headers']): string | undefined {
  const named = { openai: undefined, anthropic: headers['x-api-key'], azure: headers['api-key'] }[host];
  return typeof named === 'string' ? named : bearer(headers.authorization);
}

const bearer = (authorization?: string): string | undefined => /^Bearer (.+)$/.exec(authorization ?? '')?.[1];

/**
 * Answers as this host does: a wrong path is not found, a wrong key is refused, and what its routes demand (Azure's
 * `api-version` beside a deployment, Anthropic's `anthropic-version` and `max_tokens`) must be there.
 */
export const hosted =
  (host: Host, key: string, plan: (request: UpstreamRequest, asked: Asked) => Plan) =>
  (request: UpstreamRequest): Plan => {
    const asked = askedOf(host, request);
    if (!asked) return json(errorOf(host, 404, `${request.method} ${request.path} is not here`), 404);
    if (asked.key !== key) return json(errorOf(host, 401, 'The key is wrong'), 401);
    const missing = missingIn(host, request, asked);
    return missing ? json(errorOf(host, 400, `${missing} is missing`), 400) : plan(request, asked);
  };

function missingIn(host: Host, { headers, body }: UpstreamRequest, asked: Asked): string | undefined {
  if (host === 'azure' && asked.deployment !== undefined && asked.apiVersion === undefined)
    return 'api-version';
  if (host === 'anthropic' && headers['anthropic-version'] === undefined) return 'anthropic-version';
  if (asked.target === 'messages' && typeof body['max_tokens'] !== 'number') return 'max_tokens';
  if (asked.target !== 'models' && asked.deployment === undefined && typeof body['model'] !== 'string')
    return 'model';
  return undefined;
}

const errorOf = (host: Host, status: number, message: string): object =>
  host === 'anthropic'
    ? {
        type: 'error',
        error: { type: status === 404 ? 'not_found_error' : 'invalid_request_error', message },
      }
    : { error: { message, type: 'invalid_request_error', param: null, code: String(status) } };
