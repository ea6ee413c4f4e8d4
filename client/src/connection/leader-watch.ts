// Whether the tab that leads is still there. Pure: time comes in as an argument, in milliseconds.

/**
 * `ask`: nothing was heard for a while, which is nothing bad when nothing happens. `gone`: it was asked, in vain. `join`: nobody
 * looked for so long that more than an answer may have been missed.
 */
export type Verdict = 'present' | 'ask' | 'gone' | 'join';

/** Browsers let timers of hidden pages ring once a minute, which with the default of 5 s is 12 times as long. */
const longestThrottle = 18;

export interface LeaderWatch {
  heard(now: number): void;
  /** To be called every `askAfterMs` or oftener. */
  look(now: number): Verdict;
}

/** Asks after a silence of `askAfterMs`, and awaits the answer for twice as long. */
export function watchLeader(askAfterMs: number, now: number): LeaderWatch {
  let heardAt = now;
  let lookedAt = now;
  let askedAt: number | undefined;
  return {
    heard(at) {
      heardAt = at;
      askedAt = undefined;
    },
    look(at) {
      const sinceLook = at - lookedAt;
      lookedAt = at;
      const hasSlept = sinceLook > longestThrottle * askAfterMs;
      // Whoever looks late may have an answer that it has not read yet.
      if (sinceLook > 2 * askAfterMs) askedAt = undefined;
      if (askedAt !== undefined) return at - askedAt < 2 * askAfterMs ? 'present' : 'gone';
      if (!hasSlept && at - heardAt < askAfterMs) return 'present';
      askedAt = at;
      return hasSlept ? 'join' : 'ask';
    },
  };
}
