import { ToolError } from './tool-source.js';

export type StopCause = 'timeout' | 'cancelled';

export interface StopLimits {
  readonly timeoutMs: number;
  /** How long a stopped call may take to end before it is left to itself. */
  readonly graceMs: number;
}

/**
 * Ends one call in time.
 *
 * Invariants: stopped at most once, for the cause that came first; the timers and the listener live no longer than the
 * call is waited for; a call that ignores its abort holds nobody up.
 */
export class CallStop {
  /** Why the call was stopped; undefined while it was not. */
  cause?: StopCause;
  private readonly controller = new AbortController();

  constructor(private readonly limits: StopLimits) {}

  /** Waits for the call. Throws what it throws; a ToolError when it was stopped and did not end in time. */
  async run<Output>(call: (abort: AbortSignal) => Promise<Output>, cancel?: AbortSignal): Promise<Output> {
    const { timeoutMs, graceMs } = this.limits;
    let giveUp = (_: Error): void => undefined;
    const givenUp = new Promise<never>((_, reject) => (giveUp = reject));
    let grace: NodeJS.Timeout | undefined;
    const stop = (cause: StopCause): void => {
      if (this.cause) return;
      this.cause = cause;
      const reason = stopped(cause, timeoutMs);
      grace = setTimeout(() => giveUp(reason), graceMs);
      this.controller.abort(reason);
    };
    const onCancel = (): void => stop('cancelled');
    const timer = setTimeout(() => stop('timeout'), timeoutMs);
    cancel?.addEventListener('abort', onCancel, { once: true });
    try {
      return await Promise.race([call(this.controller.signal), givenUp]);
    } finally {
      clearTimeout(timer);
      clearTimeout(grace);
      cancel?.removeEventListener('abort', onCancel);
    }
  }
}

export const stopped = (cause: StopCause, timeoutMs: number): ToolError =>
  cause === 'timeout'
    ? new ToolError('timeout', `The tool did not finish within ${timeoutMs} ms.`)
    : new ToolError('cancelled', 'The call was cancelled.');
