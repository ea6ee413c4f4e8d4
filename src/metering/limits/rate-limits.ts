import { Injectable } from '@nestjs/common';
import type { RateLimiterMemory } from 'rate-limiter-flexible';
import { Settings } from '../../config/settings.js';
import type { Owner } from '../../kernel/ids.js';
import type { CallScope } from '../call-scope.js';
import { rateHeaders, type Standing } from './rate-header-format.js';
import { RateLimited } from './rate-limited.js';

/** One limit: of a caller, or of all of them together. */
interface Counter {
  readonly of: Standing['of'];
  readonly whose: 'caller' | 'server';
  readonly limit: number;
  readonly limiter: RateLimiterMemory;
}

interface Reached {
  readonly counter: Counter;
  readonly standing: Standing;
  readonly all: readonly Standing[];
}

/**
 * How many calls and tokens there may be in a window of time, for each owner and for all. A window begins with its first
 * call. Invariants: a call is let in by all counters at once or by none, one call at a time; whoever waits gives up at the
 * caller's abort, and at most `rateMaxWaiting` wait. Each node counts for itself.
 */
@Injectable()
export class RateLimits {
  private loading: Promise<readonly Counter[]> | undefined;
  private turn: Promise<unknown> = Promise.resolve();
  private waiting = 0;

  constructor(private readonly settings: Settings) {}

  /**
   * Resolves with the headers of a call that is let in, which may be after a wait. Throws RateLimited when the wait would
   * be longer than is allowed, or too many wait; `abort.reason` when the caller aborted.
   */
  async enter({ owner, purpose }: CallScope, abort: AbortSignal): Promise<Readonly<Record<string, string>>> {
    const counters = await this.counters();
    const { rateWaitMs, rateTurnWaitMs, rateMaxWaiting } = this.settings;
    const deadline = Date.now() + (purpose === 'gateway' ? rateWaitMs : rateTurnWaitMs);
    for (;;) {
      const entry = await this.inTurn(() => tryEnter(counters, owner));
      if (!('counter' in entry)) return rateHeaders(entry);
      const { counter, standing, all } = entry;
      const isTooLate = Date.now() + standing.resets_ms > deadline;
      if (isTooLate || this.waiting >= rateMaxWaiting) throw new RateLimited(counter.whose, standing, all);
      await this.wait(standing.resets_ms, abort);
    }
  }

  /** Counts the tokens that a call has used. What goes past a limit keeps the next ones out. */
  async spend(owner: Owner, tokens: number): Promise<void> {
    if (tokens === 0) return;
    const counters = await this.counters();
    const ofTokens = counters.filter(({ of }) => of === 'tokens');
    await Promise.all(ofTokens.map((counter) => counter.limiter.penalty(keyOf(counter, owner), tokens)));
  }

  private async wait(ms: number, abort: AbortSignal): Promise<void> {
    this.waiting += 1;
    await pause(ms, abort);
    this.waiting -= 1;
    abort.throwIfAborted();
  }

  private inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
    const result = this.turn.then(work);
    this.turn = result.catch(() => undefined);
    return result;
  }

  private counters(): Promise<readonly Counter[]> {
    return (this.loading ??= openCounters(this.settings));
  }
}

async function openCounters(settings: Settings): Promise<readonly Counter[]> {
  const { rateRequests, rateTokens, rateAllRequests, rateAllTokens, rateWindowMs } = settings;
  const limits = [
    ['requests', 'caller', rateRequests],
    ['requests', 'server', rateAllRequests],
    ['tokens', 'caller', rateTokens],
    ['tokens', 'server', rateAllTokens],
  ] as const;
  if (limits.every(([, , limit]) => limit === undefined)) return [];
  // Only who sets limits pays for it.
  const { RateLimiterMemory } = await import('rate-limiter-flexible');
  return limits.flatMap(([of, whose, limit]) =>
    limit === undefined
      ? []
      : [
          {
            of,
            whose,
            limit,
            limiter: new RateLimiterMemory({ points: limit, duration: rateWindowMs / 1000 }),
          },
        ],
  );
}

/** Resolves at the abort too. */
const pause = (ms: number, abort: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    const end = (): void => {
      clearTimeout(timer);
      abort.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, Math.max(ms, 1));
    abort.addEventListener('abort', end);
    if (abort.aborted) end();
  });

const keyOf = ({ whose }: Counter, owner: Owner): string => (whose === 'caller' ? owner : '');

/** Takes a request from each counter, and says what is left; where one has nothing left, takes none and says which. */
async function tryEnter(counters: readonly Counter[], owner: Owner): Promise<readonly Standing[] | Reached> {
  const all = await Promise.all(counters.map((counter) => standingOf(counter, owner)));
  const full = all.flatMap((standing, at) =>
    standing.left > 0 ? [] : [{ standing, counter: counters[at] }],
  );
  // The last to be lifted: before that, trying again is of no use.
  const [last] = full.sort((a, b) => b.standing.resets_ms - a.standing.resets_ms);
  if (last?.counter) return { counter: last.counter, standing: last.standing, all };
  const ofRequests = counters.filter(({ of }) => of === 'requests');
  await Promise.all(ofRequests.map((counter) => counter.limiter.consume(keyOf(counter, owner))));
  return Promise.all(counters.map((counter) => standingOf(counter, owner)));
}

async function standingOf(counter: Counter, owner: Owner): Promise<Standing> {
  const { of, limit, limiter } = counter;
  const seen = await limiter.get(keyOf(counter, owner));
  // What has run out may still be there until its timer comes.
  if (!seen || seen.msBeforeNext <= 0) return { of, limit, left: limit, resets_ms: limiter.duration * 1000 };
  return { of, limit, left: Math.max(limit - seen.consumedPoints, 0), resets_ms: seen.msBeforeNext };
}
