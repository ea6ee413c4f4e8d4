import { createParser } from 'eventsource-parser';
import type { Signal } from '../generated/types.gen.js';
import { networkProblem, PullcordError, readProblem } from '../problem.js';
import { retryAfterMs } from '../retry-policy.js';
import type { Settings } from '../settings.js';

/** An event is 1,024 bytes at most (protocol 3.3). */
const maxBufferSize = 65_536;

export interface StreamReader {
  /** The head of the answer is here, hence the server has subscribed: what is pulled from now on misses nothing. */
  opened(): void;
  signal(signal: Signal): void;
  /** What the server asks to wait before the next connection, in milliseconds. */
  retry(ms: number): void;
  /** Any bytes at all. */
  heard(): void;
}

/** Reads one stream to its end; throws when it is refused, breaks or says what no server of ours says. */
export async function readStream(
  { baseUrl, fetch, token }: Settings,
  reader: StreamReader,
  abort: AbortSignal,
): Promise<void> {
  const bearer = await token();
  abort.throwIfAborted();
  const response = await fetch(`${baseUrl}/events`, {
    signal: abort,
    cache: 'no-store',
    headers: { accept: 'text/event-stream', ...(bearer && { authorization: `Bearer ${bearer}` }) },
  });
  if (!response.ok) throw new PullcordError(await readProblem(response), retryAfterMs(response.headers));
  if (!response.body || !response.headers.get('content-type')?.startsWith('text/event-stream'))
    throw new PullcordError(networkProblem('No stream of signals answered.'));
  abort.throwIfAborted();
  reader.opened();
  await readEvents(response.body, reader, abort);
}

async function readEvents(
  body: ReadableStream<Uint8Array>,
  { heard, retry, signal: hear }: StreamReader,
  abort: AbortSignal,
): Promise<void> {
  const decoder = new TextDecoder();
  const parser = createParser({
    maxBufferSize,
    onError: (error) => {
      // What it does not know it passes over, as it should; but it would never end to keep this.
      if (error.type === 'max-buffer-size-exceeded') throw error;
    },
    onRetry: retry,
    onEvent: ({ event, data }) => {
      if (event !== 'signal') return;
      const signal = JSON.parse(data) as Signal;
      if (signal.type !== 'heartbeat' && !abort.aborted) hear(signal);
    },
  });
  const source = body.getReader();
  for (;;) {
    const { done, value } = await source.read();
    if (done || abort.aborted) return;
    heard();
    parser.feed(decoder.decode(value, { stream: true }));
  }
}
