import type { NewChunk } from '../streaming/chunk-kinds.js';

/** Chunks that may wait for the COMMIT under way; past it the model is read no further. */
const maxWaiting = 1000;

/**
 * Takes chunks as fast as the model gives them and writes them in as few units as the storage allows: whatever
 * comes while one unit is being committed goes into the next. Invariants: chunks are written in the order in which
 * they came, one unit at a time; at most `maxWaiting` wait; after a failure nothing more is written.
 */
export class ChunkWriter<Piece = NewChunk> {
  private waiting: Piece[] = [];
  private writing: Promise<void> | undefined;
  private failure: unknown;

  /** `write` commits chunks; `onFailure` hears once that it could not, while nobody may be adding anything. */
  constructor(
    private readonly write: (chunks: readonly Piece[]) => Promise<void>,
    private readonly onFailure: (error: unknown) => void,
  ) {}

  /** Resolves at once, or when there is room again. Rejects once a write has failed. */
  async add(chunk: Piece): Promise<void> {
    this.waiting.push(chunk);
    this.writing ??= this.drain();
    if (this.waiting.length >= maxWaiting) await this.writing;
    this.throwFailure();
  }

  /** Resolves when everything that was added is committed. */
  async flush(): Promise<void> {
    await this.writing;
    this.throwFailure();
  }

  private async drain(): Promise<void> {
    try {
      while (this.waiting.length > 0 && this.failure === undefined) await this.write(this.waiting.splice(0));
    } catch (error) {
      this.failure = error;
      this.waiting = [];
      this.onFailure(error);
    } finally {
      this.writing = undefined;
    }
  }

  private throwFailure(): void {
    if (this.failure !== undefined) throw this.failure as Error;
  }
}
