import type { Patience } from '../calls/patience.js';
import type { Pulls } from '../calls/pulls.js';
import type { PullEnded } from '../activity.js';
import { PullLoop } from './pull-loop.js';
import { extend, nothing, type StreamedText } from './streamed-text.js';

export interface ChunkReader {
  /** How long a pull is to be held for a newer chunk; 0 while signals tell of them. */
  waitMs(): number;
  pullStarted(messageId: string, from: number): PullEnded;
  /** There is more text, or a pull has worked out again. */
  pulled(): void;
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
  private loop: PullLoop | undefined;

  constructor(
    private readonly messageId: string,
    private readonly pulls: Pulls,
    private readonly reader: ChunkReader,
    private readonly patience: Patience,
  ) {}

  /** Goes on from where it was; does nothing while it runs. */
  start(): void {
    if (this.loop) return;
    this.loop = new PullLoop(
      {
        pull: (abort) => this.pull(abort),
        isBehind: () => !this.isWhole && (this.known > this.streamed.sequence || this.reader.waitMs() > 0),
        failed: (error) => this.reader.failed(error),
      },
      this.patience,
    );
    this.want();
  }

  stop(): void {
    this.loop?.stop();
    this.loop = undefined;
  }

  /** The server is at this sequence. */
  announce(sequence: number): void {
    this.known = Math.max(this.known, sequence);
    this.loop?.wake();
  }

  /** Pulls in any case: signals may have been missed. */
  want(): void {
    if (!this.isWhole) this.loop?.want();
  }

  private async pull(abort: AbortSignal): Promise<void> {
    const announced = this.known;
    const { sequence } = this.streamed;
    const end = this.reader.pullStarted(this.messageId, sequence);
    try {
      const page = await this.pulls.chunks(this.messageId, sequence, this.reader.waitMs(), abort);
      this.streamed = extend(this.streamed, page.chunks);
      this.isWhole = page.status !== 'streaming' && !page.has_more;
      // What was announced before was committed before: the page had it, or it never was.
      if (page.has_more) this.known = Math.max(this.known, page.current_sequence);
      else if (this.known === announced) this.known = this.streamed.sequence;
      end(this.streamed.sequence, page.chunks.length);
    } catch (error) {
      end(sequence, 0, error);
      throw error;
    }
    this.reader.pulled();
    if (this.isWhole) this.reader.ended();
  }
}
