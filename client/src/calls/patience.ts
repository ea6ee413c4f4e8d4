import { PullcordError, type Problem } from '../problem.js';
import { retryDelayMs } from '../retry-policy.js';

/** Tries of one command. By then about half a minute has passed; the page may send it again with the same key. */
const maxTries = 8;

/** How everything that failed waits before it is tried again: never long once the server is known to be back. */
export class Patience {
  private readonly waiting = new Set<() => void>();

  constructor(private readonly maxDelayMs: number) {}

  /** Whoever waits need not wait any longer. */
  hasten(): void {
    for (const go of [...this.waiting]) go();
  }

  /** Waits as long as so many failures in a row make it wait, or as the server has asked. */
  pause(failures: number, error: unknown, abort?: AbortSignal): Promise<void> {
    const asked = error instanceof PullcordError ? error.retryAfterMs : 0;
    return new Promise((resolve) => {
      const go = (): void => {
        clearTimeout(timer);
        this.waiting.delete(go);
        abort?.removeEventListener('abort', go);
        resolve();
      };
      const timer = setTimeout(go, Math.max(asked, retryDelayMs(failures, this.maxDelayMs)));
      this.waiting.add(go);
      abort?.addEventListener('abort', go);
      if (abort?.aborted) go();
    });
  }

  /** Tries a request that may be repeated until it is answered, or refused for good, or was tried often enough. */
  async insist<Answer>(request: () => Promise<Answer>): Promise<Answer> {
    for (let failures = 1; ; failures++) {
      try {
        return await request();
      } catch (error) {
        const mayPass = error instanceof PullcordError && isPassing(error.problem);
        if (!mayPass || failures >= maxTries || error.retryAfterMs > this.maxDelayMs) throw error;
        await this.pause(failures, error);
      }
    }
  }
}

const passing: readonly number[] = [0, 408, 429, 502, 503, 504];

/** Whether the same request may be answered otherwise a little later. Pure. */
export const isPassing = ({ status }: Problem): boolean => passing.includes(status);
