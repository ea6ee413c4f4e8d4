import type { Patience } from '../calls/patience.js';
import type { Pulls } from '../calls/pulls.js';
import { PullLoop } from './pull-loop.js';
import { extend, nothing, type StreamedText } from './streamed-text.js';

export interface ChunkReader {
  /** How long a pull is to be held for a newer chunk; 0 while signals tell of them. */
  readonly waitMs: number;
  /** A pull has begun; the function tells of its end. */
  pulling(messageId: string, from: number): (to: number, count: number, error?: unknown) => void;
  /** There is more text. */
  changed(): void;
  /** No more chunks will come: the final message is there to be pulled. */
  ended(): void;
  /** It did not work out, and is tried again later. */
  failed(error: unknown): void;
}

/** Follows the chunks of one streaming message: the second cursor. */
export class ChunkSync {
  streamed: StreamedText = nothing;
  /** The sequence that the server is known to be at. */
  private known = 0;
  private isWhole = false;
  private readonly loop: PullLoop;

  constructor(
    private readonly messageId: string,
    private readonly pulls: Pulls,
    private readonly reader: ChunkReader,
    patience: Patience,
  ) {
    this.loop = new PullLoop(
      {
        pull: (abort) => this.pull(abort),
        isBehind: () => !this.isWhole && (this.known > this.streamed.sequence || reader.waitMs > 0),
        failed: (error) => reader.failed(error),
      },
      patience,
    );
  }

  /** The server is at this sequence. */
  announce(sequence: number): void {
    this.known = Math.max(this.known, sequence);
    this.loop.wake();
  }

  /** Pulls in any case: signals may have been missed. */
  want(): void {
    if (!this.isWhole) this.loop.want();
  }

  stop(): void {
    this.loop.stop();
  }

  private async pull(abort: AbortSignal): Promise<void> {
    const announced = this.known;
    const { sequence } = this.streamed;
    const pulled = this.reader.pulling(this.messageId, sequence);
    try {
      const page = await this.pulls.chunks(this.messageId, sequence, this.reader.waitMs, abort);
      this.streamed = extend(this.streamed, page.chunks);
      this.isWhole = page.status !== 'streaming' && !page.has_more;
      // What was announced before was committed before: the page had it, or it never was.
      if (page.has_more) this.known = Math.max(this.known, page.current_sequence);
      else if (this.known === announced) this.known = this.streamed.sequence;
      pulled(this.streamed.sequence, page.chunks.length);
    } catch (error) {
      pulled(sequence, 0, error);
      throw error;
    }
    if (this.streamed.sequence > sequence) this.reader.changed();
    if (this.isWhole) this.reader.ended();
  }
}
