/**
 * The lead of a circle: a lock that one tab holds, and that goes to the next in line when that tab closes or crashes. A tab
 * that is frozen keeps it, which is why it can also be taken away.
 */
export class Leadership {
  /** Ends the standing in line, or the lead. */
  private leave: (() => void) | undefined;

  constructor(
    private readonly name: string,
    private readonly events: {
      /** It is ours, until `resign`. */
      won(): void;
      /** Another tab took it away. */
      lost(): void;
      /** There are no locks here. */
      failed(): void;
    },
  ) {}

  standInLine(): void {
    const line = new AbortController();
    this.request({ signal: line.signal }, () => line.abort());
  }

  /** Whoever holds it now loses it. */
  take(): void {
    this.request({ steal: true }, () => undefined);
  }

  resign(): void {
    this.leave?.();
    this.leave = undefined;
  }

  private request(options: LockOptions, leaveLine: () => void): void {
    this.resign();
    let isOver = false;
    let isWon = false;
    let release: () => void = () => undefined;
    const hold = (): Promise<void> =>
      new Promise((resolve) => {
        release = resolve;
        if (isOver) return resolve();
        isWon = true;
        this.events.won();
      });
    this.leave = () => {
      isOver = true;
      leaveLine();
      release();
    };
    navigator.locks.request(this.name, options, hold).catch(() => {
      if (isOver) return;
      isOver = true;
      if (isWon) this.events.lost();
      else this.events.failed();
    });
  }
}
