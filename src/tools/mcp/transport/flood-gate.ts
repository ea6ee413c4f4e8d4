/** Counts what comes, second by second. */
export class FloodGate {
  private second = 0;
  private count = 0;

  constructor(
    private readonly perSecond: number,
    private readonly now: () => number = () => performance.now(),
  ) {}

  /** Whether one more may come in this second. */
  lets(): boolean {
    const second = Math.floor(this.now() / 1000);
    this.count = second === this.second ? this.count + 1 : 1;
    this.second = second;
    return this.count <= this.perSecond;
  }
}
