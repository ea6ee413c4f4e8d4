// Whether the tab that leads is still there. Pure: time comes in as an argument, in milliseconds.

/**
 * `ask`: nothing was heard for a while, which is nothing bad when nothing happens. `gone`: it was asked, in vain. `join`: nobody
 * looked for so long that more than an answer may have been missed.
 */
export type Verdict = 'present' | 'ask' | 'gone' | 'join';

/** Browsers let timers of hidden pages ring once a minute, which with the default of 5 s is 12 times as long. */
const longestThrottle = 18;

export class LeaderWatch {
  private heardAt: number;
  private askedAt: number | undefined;
  private lookedAt: number;

  constructor(
    /** After how long a silence it is asked; an answer is awaited for twice as long. */
    private readonly askAfterMs: number,
    now: number,
  ) {
    this.heardAt = this.lookedAt = now;
  }

  heard(now: number): void {
    this.heardAt = now;
    this.askedAt = undefined;
  }

  /** To be called every `askAfterMs` or oftener. */
  look(now: number): Verdict {
    const sinceLook = now - this.lookedAt;
    this.lookedAt = now;
    if (sinceLook > longestThrottle * this.askAfterMs) return this.ask(now, 'join');
    // Whoever looks late may have an answer that it has not read yet.
    if (sinceLook > 2 * this.askAfterMs) this.askedAt = undefined;
    if (this.askedAt !== undefined) return now - this.askedAt < 2 * this.askAfterMs ? 'present' : 'gone';
    if (now - this.heardAt < this.askAfterMs) return 'present';
    return this.ask(now, 'ask');
  }

  private ask(now: number, verdict: 'ask' | 'join'): Verdict {
    this.askedAt = now;
    return verdict;
  }
}
