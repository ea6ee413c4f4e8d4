/** Works while somebody looks, and `lingerMs` longer: who leaves often comes back at once. */
export class Attention {
  private watchers = 0;
  private stop: (() => void) | undefined;
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly start: () => () => void,
    private readonly lingerMs: number,
  ) {}

  get isPaid(): boolean {
    return this.stop !== undefined;
  }

  /** Somebody looks, until the function that this gives is called. */
  pay(): () => void {
    clearTimeout(this.timer);
    this.watchers++;
    this.stop ??= this.start();
    let isOver = false;
    return () => {
      if (isOver) return;
      isOver = true;
      if (--this.watchers === 0) this.timer = setTimeout(() => this.end(), this.lingerMs);
    };
  }

  /** At once, whoever looks. */
  end(): void {
    clearTimeout(this.timer);
    const stop = this.stop;
    this.stop = undefined;
    stop?.();
  }
}
