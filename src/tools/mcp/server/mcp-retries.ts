export interface RetryLimits {
  /** The wait after the first failure, before jitter; it doubles from there. */
  readonly baseMs: number;
  /** The longest wait. */
  readonly maxMs: number;
}

/** When a server that failed may be started again. A time is milliseconds of any clock that does not go back. */
export class McpRetries {
  private failures = 0;
  private next = 0;

  constructor(
    private readonly limits: RetryLimits,
    private readonly random: () => number = Math.random,
  ) {}

  get hasFailed(): boolean {
    return this.failures > 0;
  }

  /** The wait has got as long as it gets: nobody should count on the server. */
  get isGivenUp(): boolean {
    return this.hasFailed && this.backoff() >= this.limits.maxMs;
  }

  /** How many milliseconds are left to wait; 0 when it may be started. */
  wait(now: number): number {
    return this.hasFailed ? Math.max(0, this.next - now) : 0;
  }

  /** It failed now, after it had run for so long: one that ran for as long as the longest wait begins anew. */
  fail(now: number, ranMs: number): void {
    if (ranMs >= this.limits.maxMs) this.failures = 0;
    this.failures += 1;
    // Half of the wait is chance, so that what failed together does not come back together.
    this.next = now + this.backoff() * (0.5 + 0.5 * this.random());
  }

  private backoff(): number {
    return Math.min(this.limits.maxMs, this.limits.baseMs * 2 ** (this.failures - 1));
  }
}
