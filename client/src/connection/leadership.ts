export interface Leadership {
  /** Waits for its turn. */
  standInLine(): void;
  /** Whoever holds it now loses it. */
  take(): void;
  /** Gives it up, or leaves the line. */
  resign(): void;
}

/**
 * The lead of a circle: a lock that one tab holds, and that goes to the next in line when that tab closes or crashes. A tab
 * that is frozen keeps it, which is why it can also be taken away.
 */
export function leadershipOf(
  name: string,
  /** It is ours, until `resign`; also where there are no locks. */
  won: () => void,
  /** Another tab took it away. */
  lost: () => void,
): Leadership {
  let resign: () => void = () => undefined;
  const request = (options: LockOptions, leaveLine?: () => void): void => {
    resign();
    let isOver = false;
    let release: (() => void) | undefined;
    resign = () => {
      isOver = true;
      leaveLine?.();
      release?.();
    };
    const hold = (): Promise<void> =>
      new Promise((resolve) => {
        release = resolve;
        if (isOver) resolve();
        else won();
      });
    navigator.locks.request(name, options, hold).catch(() => {
      if (isOver) return;
      isOver = true;
      if (release) lost();
      else won();
    });
  };
  return {
    standInLine() {
      const line = new AbortController();
      request({ signal: line.signal }, () => line.abort());
    },
    take: () => request({ steal: true }),
    resign: () => resign(),
  };
}
