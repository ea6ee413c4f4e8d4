import type { PullEnded } from '../activity.js';
import type { Patience } from '../calls/patience.js';
import type { PullsUntil } from '../calls/pulls.js';
import { pullLoop, type PullLoop } from './pull-loop.js';
import { extend, nothing, type StreamedText } from './streamed-text.js';

export interface ChunkReader {
  /** How long a pull is to be held for a newer chunk; 0 while signals tell of them. */
  waitMs(): number;
  pullStarted(messageId: string, from: number): PullEnded;
  /** There is more text, or a pull has worked out again; when it is whole, the final message is there to be pulled. */
  pulled(isWhole: boolean): void;
  /** It did not work out, and is tried again later. */
  failed(error: unknown): void;
}

/** Follows the chunks of one streaming message: the second cursor. */
export interface ChunkSync {
  streamed(): StreamedText;
  /** Goes on from where it was; does nothing while it runs. */
  start(): void;
  stop(): void;
  /** The server is at this sequence. */
  announce(sequence: number): void;
  /** Pulls in any case: signals may have been missed. */
  want(): void;
}

export function chunkSync(
  messageId: string,
  pulls: PullsUntil,
  reader: ChunkReader,
  patience: Patience,
): ChunkSync {
  let streamed = nothing;
  /** The sequence that the server is known to be at. */
  let known = 0;
  let isWhole = false;
  let loop: PullLoop | undefined;

  const pull = async (abort: AbortSignal): Promise<void> => {
    const announced = known;
    const { sequence } = streamed;
    const end = reader.pullStarted(messageId, sequence);
    try {
      const page = await pulls(abort).chunks(messageId, sequence, reader.waitMs());
      streamed = extend(streamed, page.chunks);
      isWhole = page.status !== 'streaming' && !page.has_more;
      // What was announced before was committed before: the page had it, or it never was.
      if (page.has_more) known = Math.max(known, page.current_sequence);
      else if (known === announced) known = streamed.sequence;
      end(streamed.sequence, page.chunks.length);
    } catch (error) {
      end(sequence, 0, error);
      throw error;
    }
    reader.pulled(isWhole);
  };
  const isBehind = (): boolean => !isWhole && (known > streamed.sequence || reader.waitMs() > 0);
  const want = (): void => {
    if (!isWhole) loop?.want();
  };

  return {
    want,
    streamed: () => streamed,
    start() {
      loop ??= pullLoop({ pull, isBehind, failed: reader.failed }, patience);
      want();
    },
    stop() {
      loop?.stop();
      loop = undefined;
    },
    announce(sequence) {
      known = Math.max(known, sequence);
      loop?.wake();
    },
  };
}
