import { fetch, type Dispatcher } from 'undici';
import { guardEvents } from './guard-events.js';

/** More than this of an error's body is not read. */
const maxErrorBytes = 65_536;

/** A fetch over `dispatcher` whose bodies are bounded: events by guardEvents, errors by 64 KiB. */
export const upstreamFetch =
  (dispatcher: Dispatcher, maxEventBytes: number): typeof globalThis.fetch =>
  async (input, init) => {
    const { status, statusText, headers, body, ok } = await fetch(
      input instanceof Request ? input.url : input,
      {
        dispatcher,
        method: init?.method,
        // Compressed events come late: a compressor waits for more.
        headers: { ...Object.fromEntries(new Headers(init?.headers)), 'accept-encoding': 'identity' },
        body: typeof init?.body === 'string' ? init.body : undefined,
        signal: init?.signal,
      },
    );
    const bounded = body && (ok ? guardEvents(body, maxEventBytes) : await readAtMost(body, maxErrorBytes));
    return new Response(bounded, { status, statusText, headers: { ...Object.fromEntries(headers) } });
  };

async function readAtMost(body: ReadableStream<Uint8Array>, maxBytes: number): Promise<Uint8Array> {
  const pieces: Uint8Array[] = [];
  let bytes = 0;
  // Leaving the loop cancels the body.
  for await (const piece of body) {
    pieces.push(piece);
    bytes += piece.length;
    if (bytes >= maxBytes) break;
  }
  return Buffer.concat(pieces).subarray(0, maxBytes);
}
