import type { Patience } from '../calls/patience.js';

export interface PullOfCursor {
  /** Brings the cursor up to date, once. */
  pull(abort: AbortSignal): Promise<void>;
  /** Whether the server is known to be further than the cursor. */
  isBehind?(): boolean;
  /** It did not work out, and is tried again later. */
  failed(error: unknown): void;
}

/**
 * One cursor's pulls: never two at once, and one more whenever something was announced meanwhile. What fails is tried
 * again for as long as it takes, ever less often. Ends with `stop`, which also ends the pull that is under way.
 */
export interface PullLoop {
  /** Pulls once more, whatever is known. */
  want(): void;
  /** Pulls if the cursor is behind. */
  wake(): void;
  /** Pulls, and tells how the first pull that has begun after this went. */
  now(): Promise<void>;
  stop(): void;
}

interface Waiting {
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

export function pullLoop({ pull, isBehind, failed }: PullOfCursor, patience: Patience): PullLoop {
  const ended = new AbortController();
  const { signal } = ended;
  let waiting: Waiting[] = [];
  let isWanted = false;
  let isRunning = false;

  const isDue = (): boolean => !signal.aborted && (isWanted || isBehind?.() === true);

  const pullOnce = async (failures: number): Promise<number> => {
    const asked = waiting;
    waiting = [];
    isWanted = false;
    try {
      await pull(signal);
      for (const { resolve } of asked) resolve();
      return 0;
    } catch (error) {
      for (const { reject } of asked) reject(error);
      if (signal.aborted) return 0;
      isWanted = true;
      failed(error);
      await patience.pause(failures + 1, error, signal);
      return failures + 1;
    }
  };
  const wake = async (): Promise<void> => {
    if (isRunning || !isDue()) return;
    isRunning = true;
    // Not within the call that has announced something: what else it announces belongs to the same pull.
    await Promise.resolve();
    for (let failures = 0; isDue();) failures = await pullOnce(failures);
    isRunning = false;
  };
  const want = (): void => {
    isWanted = true;
    void wake();
  };

  return {
    want,
    wake: () => void wake(),
    now: () =>
      new Promise((resolve, reject) => {
        waiting.push({ resolve, reject });
        want();
      }),
    stop() {
      ended.abort();
      for (const { resolve } of waiting) resolve();
    },
  };
}
