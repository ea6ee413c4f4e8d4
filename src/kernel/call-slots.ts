/** So many at once; the others wait in line, and only so many of those. */
export class CallSlots {
  private taken = 0;
  private readonly line: (() => void)[] = [];

  constructor(
    private readonly most: number,
    private readonly mostWaiting: number,
    /** Why somebody is sent away. */
    private readonly tooMany: () => Error,
  ) {}

  /** Waits for a place, and gives what frees it. Throws `tooMany` when the line is too long; what `abort` says. */
  async take(abort: AbortSignal): Promise<() => void> {
    abort.throwIfAborted();
    if (this.taken < this.most) this.taken += 1;
    else if (this.line.length >= this.mostWaiting) throw this.tooMany();
    else await this.turn(abort);
    let isFreed = false;
    return () => {
      if (!isFreed) this.free();
      isFreed = true;
    };
  }

  private turn(abort: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const begin = (): void => {
        abort.removeEventListener('abort', leave);
        resolve();
      };
      const leave = (): void => {
        this.line.splice(this.line.indexOf(begin), 1);
        reject(abort.reason as Error);
      };
      this.line.push(begin);
      abort.addEventListener('abort', leave, { once: true });
    });
  }

  /** The place goes to whoever waits longest, or is free. */
  private free(): void {
    const next = this.line.shift();
    if (next) next();
    else this.taken -= 1;
  }
}
