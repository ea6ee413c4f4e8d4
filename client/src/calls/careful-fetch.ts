import type { Settings } from '../settings.js';

/**
 * A fetch that gives its token along, and asks for it anew once when it is refused; and that does not wait longer than
 * `requestTimeoutMs` for an answer, its body included. A stream of events is handed through as it comes.
 */
export const carefulFetch =
  (settings: Settings): typeof globalThis.fetch =>
  async (input, init) => {
    const request = new Request(input, init);
    const again = settings.canTokenChange ? request.clone() : undefined;
    const token = await settings.token();
    const response = await fetchWhole(settings, request, token);
    if (response.status !== 401 || !again) return response;
    const newToken = await settings.token();
    return newToken === token ? response : fetchWhole(settings, again, newToken);
  };

async function fetchWhole(
  { fetch, requestTimeoutMs }: Settings,
  request: Request,
  token: string | undefined,
): Promise<Response> {
  const late = new AbortController();
  const giveUp = (): void => late.abort(request.signal.reason);
  const timer = setTimeout(() => late.abort(new Error('The answer took too long.')), requestTimeoutMs);
  request.signal.addEventListener('abort', giveUp);
  if (request.signal.aborted) giveUp();
  try {
    if (token) request.headers.set('authorization', `Bearer ${token}`);
    const response = await fetch(new Request(request, { signal: late.signal }));
    return isStream(response) ? response : await readWhole(response);
  } finally {
    clearTimeout(timer);
    request.signal.removeEventListener('abort', giveUp);
  }
}

const isStream = ({ headers }: Response): boolean =>
  headers.get('content-type')?.startsWith('text/event-stream') ?? false;

async function readWhole(response: Response): Promise<Response> {
  const { status, statusText, headers } = response;
  const bytes = await response.arrayBuffer();
  return new Response(bytes.byteLength > 0 ? bytes : null, { status, statusText, headers });
}
