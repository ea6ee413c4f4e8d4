import type { UIMessageChunk } from 'ai';

/** What the server says last: without it, the connection broke. */
const done = '[DONE]';
/** A turn's largest event is an answer of PULLCORD_MAX_ANSWER_BYTES at once; who sends more is no server of ours. */
const maxEvent = 67_108_864;

/**
 * The chunks in a stream of events. True in the end when the server has said all; throws where it breaks, and where nothing
 * is heard for `silenceLimitMs`, or nobody listens any more.
 */
export async function* readChunks(
  body: ReadableStream<Uint8Array>,
  silenceLimitMs: number,
  gone: AbortSignal,
): AsyncGenerator<UIMessageChunk, boolean> {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  /** What has come of an event that is not whole yet; joined once, when it is. */
  let pieces: string[] = [];
  let size = 0;
  try {
    for (;;) {
      const { value, done: isOver } = await heard(reader.read(), silenceLimitMs, gone);
      if (isOver) return false;
      const piece = decoder.decode(value, { stream: true });
      if (piece === '') continue;
      const isEnd = `${pieces.at(-1)?.at(-1) ?? ''}${piece}`.includes('\n\n');
      pieces.push(piece);
      size += piece.length;
      const events = isEnd ? pieces.join('').split('\n\n') : [];
      if (isEnd) {
        pieces = [events.pop() ?? ''];
        size = pieces[0]?.length ?? 0;
      }
      if (size > maxEvent) throw new TypeError('network error: an event without an end');
      for (const event of events) {
        const data = dataOf(event);
        if (data === done) return true;
        if (data !== '') yield JSON.parse(data) as UIMessageChunk;
      }
    }
  } finally {
    void reader.cancel().catch(() => undefined);
  }
}

/** Its lines of data; comments, which are signs of life, have none. */
const dataOf = (event: string): string =>
  event
    .split('\n')
    .flatMap((line) => (line.startsWith('data:') ? line.slice(5).trimStart() : []))
    .join('\n');

async function heard<Answer>(answer: Promise<Answer>, limitMs: number, gone: AbortSignal): Promise<Answer> {
  let end = (): void => undefined;
  const ended = new Promise<never>((_, reject) => {
    const fail = (why: string) => (): void => reject(new TypeError(`network error: ${why}`));
    const left = fail('nobody listens');
    const timer = setTimeout(fail('nothing was heard'), limitMs);
    gone.addEventListener('abort', left);
    end = () => {
      clearTimeout(timer);
      gone.removeEventListener('abort', left);
    };
    if (gone.aborted) left();
  });
  try {
    return await Promise.race([answer, ended]);
  } finally {
    end();
  }
}
