import { EventScanner, type Scanned } from './event-scanner.js';

type Reader = ReadableStreamDefaultReader<Uint8Array>;

/** After `[DONE]` an upstream gets this long to end its answer by itself, so that its connection can be kept. */
const lingerMs = 1_000;
/** … and may send this much more. */
const lingerBytes = 65_536;

/**
 * The body of an event stream, in whole lines, ended at `data: [DONE]` whether or not the upstream closes, and
 * failed with `content_too_large` when one event has more than `maxEventBytes`.
 */
export function guardEvents(
  body: ReadableStream<Uint8Array>,
  maxEventBytes: number,
): ReadableStream<Uint8Array> {
  const reader = body.getReader();
  const scanner = new EventScanner(maxEventBytes);
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const { lines, isDone } = await readLines(reader, scanner);
        if (lines.length > 0) controller.enqueue(lines);
        if (isDone) controller.close();
      },
      cancel: (reason) => reader.cancel(reason),
    },
    // Nothing is read ahead: a consumer that is slow slows the upstream down.
    { highWaterMark: 0 },
  );
}

/** The next lines: at least one, but for the end. */
async function readLines(reader: Reader, scanner: EventScanner): Promise<Scanned> {
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return { lines: new Uint8Array(), isDone: true };
    const scanned = scanOrCancel(reader, scanner, value);
    if (scanned.isDone) void linger(reader);
    if (scanned.isDone || scanned.lines.length > 0) return scanned;
  }
}

function scanOrCancel(reader: Reader, scanner: EventScanner, bytes: Uint8Array): Scanned {
  try {
    return scanner.scan(bytes);
  } catch (error) {
    reader.cancel(error).catch(() => undefined);
    throw error;
  }
}

/** Reads on to the end of the answer, within limits; past them the connection is given up. Never throws. */
async function linger(reader: Reader): Promise<void> {
  const giveUp = (): void => void reader.cancel().catch(() => undefined);
  const timer = setTimeout(giveUp, lingerMs).unref();
  try {
    let left = lingerBytes;
    for (let next = await reader.read(); !next.done; next = await reader.read()) {
      left -= next.value.length;
      if (left < 0) giveUp();
    }
  } catch {
    // The answer is complete; how its connection ended no longer matters.
  } finally {
    clearTimeout(timer);
  }
}
