import type { UpstreamFetch } from '../upstream/upstream-fetch.js';
import type { Session } from './exchange.js';
import type { Sessions } from './sessions.js';

/** Where Copilot is, when neither the settings nor GitHub say. */
const usualApi = 'https://api.githubcopilot.com';

export interface CopilotPlace {
  /** Undefined for the address that comes with the token. */
  readonly baseUrl: string | undefined;
  readonly headers: Readonly<Record<string, string>>;
}

export const apiOf = ({ api }: Session, baseUrl: string | undefined): string =>
  (baseUrl ?? api ?? usualApi).replace(/\/+$/, '');

/**
 * Makes requests to Copilot with the session of the moment; only the path of their URL counts. One whose token is not
 * taken is made once more, with another token.
 */
export const copilotFetch =
  (inner: UpstreamFetch, sessions: Sessions, { baseUrl, headers }: CopilotPlace): typeof globalThis.fetch =>
  async (input, init) => {
    const abort = init?.signal ?? new AbortController().signal;
    const { pathname } = new URL(input instanceof Request ? input.url : input);
    for (let isAgain = false; ; isAgain = true) {
      const session = await sessions.get(abort);
      const answer = await inner.fetch(`${apiOf(session, baseUrl)}${pathname}`, {
        ...init,
        signal: abort,
        headers: {
          ...Object.fromEntries(new Headers(init?.headers)),
          ...headersFor(typeof init?.body === 'string' ? init.body : ''),
          ...headers,
          authorization: `Bearer ${session.token}`,
        },
      });
      if (answer.status !== 401 || isAgain) return answer;
      sessions.refuse(session.token);
    }
  };

/** What Copilot wants to know of a request beside its body: whose turn it is, and whether there are images. */
export function headersFor(body: string): Record<string, string> {
  const { messages } = readBody(body);
  const roles = messages.map((message) => fieldOf(message, 'role'));
  const isAgents = roles.at(-1) === 'assistant' || roles.at(-1) === 'tool';
  const hasImages = messages.some((message) => {
    const content = fieldOf(message, 'content');
    return Array.isArray(content) && content.some((part) => fieldOf(part, 'type') === 'image_url');
  });
  return {
    'x-initiator': isAgents ? 'agent' : 'user',
    ...(hasImages && { 'copilot-vision-request': 'true' }),
  };
}

function readBody(body: string): { readonly messages: readonly unknown[] } {
  const messages = body === '' ? undefined : fieldOf(JSON.parse(body), 'messages');
  return { messages: Array.isArray(messages) ? messages : [] };
}

const fieldOf = (value: unknown, name: string): unknown =>
  typeof value === 'object' && value !== null ? new Map(Object.entries(value)).get(name) : undefined;
