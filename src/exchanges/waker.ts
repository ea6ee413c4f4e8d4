/**
 * Lets one waiter wait until it is woken, or for `pollMs`. A wake between `rest` and `wait` is not lost. It owns a timer
 * only while somebody waits.
 */
export class Waker {
  private isWoken = false;
  private goOn = (): void => undefined;

  constructor(
    private readonly pollMs: number,
    private readonly abort: AbortSignal,
  ) {
    abort.addEventListener('abort', this.wake);
  }

  readonly wake = (): void => {
    this.isWoken = true;
    this.goOn();
  };

  /** What woke it so far counts no more. Throws the reason of `abort`. */
  rest(): void {
    this.abort.throwIfAborted();
    this.isWoken = false;
  }

  async wait(): Promise<void> {
    if (this.isWoken || this.abort.aborted) return;
    let timer: NodeJS.Timeout | undefined;
    try {
      await new Promise<void>((resolve) => {
        this.goOn = resolve;
        timer = setTimeout(resolve, this.pollMs);
      });
    } finally {
      clearTimeout(timer);
    }
  }

  close(): void {
    this.abort.removeEventListener('abort', this.wake);
  }
}
