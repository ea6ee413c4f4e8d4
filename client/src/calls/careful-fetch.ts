import type { Settings } from '../settings.js';

/** Sends a request with the token, and gives the answer once all of it is here; streams at once. */
export type CarefulFetch = (
  url: string,
  init: RequestInit & { readonly headers: Readonly<Record<string, string>> },
) => Promise<Response>;

/** The slowest way that something big may take to the server: 16 kB in a second. */
const leastBytesPerMs = 16;

/**
 * Asks for the token anew once when it is refused, and does not wait longer than `requestTimeoutMs` for an answer, its
 * body and the token included, and for as long again as what is sent may take to get there.
 */
export const carefulFetch =
  ({ fetch, token, canTokenChange, requestTimeoutMs }: Settings): CarefulFetch =>
  async (url, init) => {
    const { signal } = init;
    const late = new AbortController();
    const ended = new Promise<never>((_, reject) =>
      late.signal.addEventListener('abort', () => reject(new Error('It took too long, or was given up.'))),
    );
    const giveUp = (): void => late.abort();
    const timer = setTimeout(giveUp, requestTimeoutMs + sizeOf(init.body) / leastBytesPerMs);
    signal?.addEventListener('abort', giveUp);
    if (signal?.aborted) giveUp();

    const send = async (bearer: string | undefined): Promise<Response> => {
      const headers = { ...init.headers, ...(bearer && { authorization: `Bearer ${bearer}` }) };
      const response = await fetch(url, { ...init, headers, signal: late.signal });
      const isStream = response.headers.get('content-type')?.startsWith('text/event-stream');
      return isStream ? response : readWhole(response);
    };
    const sendWithToken = async (): Promise<Response> => {
      const bearer = await token();
      const response = await send(bearer);
      const other = response.status === 401 && canTokenChange ? await token() : bearer;
      return other === bearer ? response : send(other);
    };
    try {
      // A token function that never comes back must not keep it either.
      return await Promise.race([sendWithToken(), ended]);
    } finally {
      clearTimeout(timer);
      signal?.removeEventListener('abort', giveUp);
    }
  };

/** About how many bytes it has. */
function sizeOf(body: BodyInit | null | undefined): number {
  if (typeof body === 'string') return body.length;
  if (body instanceof Blob) return body.size;
  return body instanceof FormData ? [...body.values()].reduce((sum, value) => sum + sizeOf(value), 0) : 0;
}

async function readWhole(response: Response): Promise<Response> {
  const bytes = await response.arrayBuffer();
  return new Response(bytes.byteLength > 0 ? bytes : null, response);
}
