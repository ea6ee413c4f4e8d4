import { PullcordError, type Problem } from '../problem.js';
import { retryDelayMs } from '../retry-policy.js';

/** Tries of one command. By then about half a minute has passed; the page may send it again with the same key. */
const maxTries = 8;

/** How everything that failed waits before it is tried again: never long once the server is known to be back. */
export interface Patience {
  /** Whoever waits need not wait any longer. */
  hasten(): void;
  /** Waits as long as so many failures in a row make it wait, or as the server has asked. */
  pause(failures: number, error: unknown, abort?: AbortSignal): Promise<void>;
  /** Tries a request that may be repeated until it is answered, or refused for good, or was tried often enough. */
  insist<Answer>(request: () => Promise<Answer>): Promise<Answer>;
}

export function createPatience(maxDelayMs: number): Patience {
  const waiting = new Set<() => void>();

  const pause = (failures: number, error: unknown, abort?: AbortSignal): Promise<void> =>
    new Promise((resolve) => {
      const go = (): void => {
        clearTimeout(timer);
        waiting.delete(go);
        abort?.removeEventListener('abort', go);
        resolve();
      };
      const timer = setTimeout(go, Math.max(askedMs(error), retryDelayMs(failures, maxDelayMs)));
      waiting.add(go);
      abort?.addEventListener('abort', go);
      if (abort?.aborted) go();
    });

  return {
    pause,
    hasten: () => [...waiting].forEach((go) => go()),
    async insist(request) {
      for (let failures = 1; ; failures++) {
        try {
          return await request();
        } catch (error) {
          const mayPass = error instanceof PullcordError && isPassing(error.problem);
          if (!mayPass || failures >= maxTries || askedMs(error) > maxDelayMs) throw error;
          await pause(failures, error);
        }
      }
    },
  };
}

const askedMs = (error: unknown): number => (error instanceof PullcordError ? error.retryAfterMs : 0);

const passing: readonly number[] = [0, 408, 429, 502, 503, 504];

/** Whether the same request may be answered otherwise a little later. Pure. */
export const isPassing = ({ status }: Problem): boolean => passing.includes(status);
