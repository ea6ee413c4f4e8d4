import type { Patience } from '../calls/patience.js';

export interface PullOfCursor {
  /** Brings the cursor up to date, once. */
  pull(abort: AbortSignal): Promise<void>;
  /** Whether the server is known to be further than the cursor. */
  isBehind(): boolean;
  /** It did not work out, and is tried again later. */
  failed(error: unknown): void;
}

interface Waiting {
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/**
 * One cursor's pulls: never two at once, and one more whenever something was announced meanwhile. What fails is tried
 * again for as long as it takes, ever less often. Ends with `stop`, which also ends the pull that is under way.
 */
export class PullLoop {
  private isWanted = false;
  private running: Promise<void> | undefined;
  private waiting: Waiting[] = [];
  private readonly ended = new AbortController();

  constructor(
    private readonly cursor: PullOfCursor,
    private readonly patience: Patience,
  ) {}

  /** Pulls once more, whatever is known. */
  want(): void {
    this.isWanted = true;
    this.wake();
  }

  /** Pulls if the cursor is behind. */
  wake(): void {
    if (!this.running && this.isDue()) this.running = this.run().finally(() => (this.running = undefined));
  }

  /** Pulls, and tells how the first pull that has begun after this went. */
  now(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.waiting.push({ resolve, reject });
      this.want();
    });
  }

  stop(): void {
    this.ended.abort();
    this.tell(({ resolve }) => resolve());
  }

  private isDue(): boolean {
    return !this.ended.signal.aborted && (this.isWanted || this.cursor.isBehind());
  }

  private async run(): Promise<void> {
    // Not within the call that has announced something: what else it announces belongs to the same pull.
    await Promise.resolve();
    for (let failures = 0; this.isDue();) {
      const asked = this.waiting.splice(0);
      this.isWanted = false;
      try {
        await this.cursor.pull(this.ended.signal);
        failures = 0;
        for (const { resolve } of asked) resolve();
      } catch (error) {
        for (const { reject } of asked) reject(error);
        if (this.ended.signal.aborted) return;
        this.isWanted = true;
        this.cursor.failed(error);
        await this.patience.pause(++failures, error, this.ended.signal);
      }
    }
  }

  private tell(how: (waiting: Waiting) => void): void {
    for (const waiting of this.waiting.splice(0)) how(waiting);
  }
}
