import type { Settings } from '../settings.js';

/**
 * A fetch that gives its token along, and asks for it anew once when it is refused; and that does not wait longer than
 * `requestTimeoutMs` for an answer, its body and the token included. A stream of events is handed through as it comes.
 */
export const carefulFetch =
  (settings: Settings): typeof globalThis.fetch =>
  async (input, init) => {
    const request = new Request(input, init);
    const late = new AbortController();
    const giveUp = (): void => late.abort(request.signal.reason);
    const timer = setTimeout(
      () => late.abort(new Error('The answer took too long.')),
      settings.requestTimeoutMs,
    );
    request.signal.addEventListener('abort', giveUp);
    if (request.signal.aborted) giveUp();
    try {
      // A token function that never comes back must not keep it either.
      return await Promise.race([fetchWhole(settings, request, late.signal), rejection(late.signal)]);
    } finally {
      clearTimeout(timer);
      request.signal.removeEventListener('abort', giveUp);
    }
  };

async function fetchWhole(settings: Settings, request: Request, signal: AbortSignal): Promise<Response> {
  const again = settings.canTokenChange ? request.clone() : undefined;
  const token = await settings.token();
  const response = await settings.fetch(withToken(request, token, signal));
  if (response.status !== 401 || !again) return isStream(response) ? response : readWhole(response);
  const newToken = await settings.token();
  if (newToken === token) return readWhole(response);
  await response.body?.cancel();
  return readWhole(await settings.fetch(withToken(again, newToken, signal)));
}

function withToken(request: Request, token: string | undefined, signal: AbortSignal): Request {
  if (token) request.headers.set('authorization', `Bearer ${token}`);
  return new Request(request, { signal });
}

const isStream = ({ headers }: Response): boolean =>
  headers.get('content-type')?.startsWith('text/event-stream') ?? false;

async function readWhole(response: Response): Promise<Response> {
  const { status, statusText, headers } = response;
  const bytes = await response.arrayBuffer();
  return new Response(bytes.byteLength > 0 ? bytes : null, { status, statusText, headers });
}

const rejection = (abort: AbortSignal): Promise<never> =>
  new Promise((_, reject) => {
    const fail = (): void =>
      reject(abort.reason instanceof Error ? abort.reason : new Error('It was given up.'));
    if (abort.aborted) fail();
    abort.addEventListener('abort', fail, { once: true });
  });
