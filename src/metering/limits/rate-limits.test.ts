import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Settings } from '../../config/settings.js';
import type { Owner } from '../../kernel/ids.js';
import type { CallPurpose, CallScope } from '../call-scope.js';
import { RateLimited } from './rate-limited.js';
import { RateLimits } from './rate-limits.js';

const limitsOf = (settings: Partial<Settings>): RateLimits =>
  new RateLimits(Object.assign(new Settings(), { rateWindowMs: 60_000 }, settings));
const scope = (owner = 'ada', purpose: CallPurpose = 'gateway'): CallScope => ({
  ...{ owner: owner as Owner, context_id: null, purpose },
});
const never = new AbortController().signal;

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const outcome = (entering: Promise<unknown>): Promise<unknown> =>
  entering.then(
    () => 'let in',
    (error: unknown) => error,
  );

describe('without limits', () => {
  it('everybody is let in, and nothing is said of it', async () => {
    const limits = limitsOf({});
    for (let n = 0; n < 100; n++) expect(await limits.enter(scope(), never)).toEqual({});
  });
});

describe('with a limit of requests', () => {
  it('a caller is refused after them until the window is over, and others are not', async () => {
    const limits = limitsOf({ rateRequests: 2 });
    expect(await limits.enter(scope(), never)).toEqual({
      'x-ratelimit-limit-requests': '2',
      'x-ratelimit-remaining-requests': '1',
      'x-ratelimit-reset-requests': '1m0s',
    });
    await limits.enter(scope(), never);
    await vi.advanceTimersByTimeAsync(20_000);
    const refused = await outcome(limits.enter(scope(), never));
    expect(refused).toBeInstanceOf(RateLimited);
    expect(refused).toMatchObject({
      ...{ code: 'rate_limited', retryable: true, retry_after_ms: 40_000 },
      message: 'The caller’s limit of 2 requests is reached; it is lifted in 40s.',
      headers: { 'x-ratelimit-remaining-requests': '0', 'x-ratelimit-reset-requests': '40s' },
    });
    expect(await outcome(limits.enter(scope('bob'), never))).toBe('let in');
    await vi.advanceTimersByTimeAsync(40_000);
    expect(await outcome(limits.enter(scope(), never))).toBe('let in');
  });

  it('of all together, a refused call takes nothing from its caller', async () => {
    const limits = limitsOf({ rateAllRequests: 1, rateRequests: 2, rateWindowMs: 1000 });
    await limits.enter(scope('bob'), never);
    expect(await outcome(limits.enter(scope(), never))).toMatchObject({
      message: 'The server’s limit of 1 requests is reached; it is lifted in 1s.',
    });
    await vi.advanceTimersByTimeAsync(1000);
    expect(await limits.enter(scope(), never)).toMatchObject({ 'x-ratelimit-remaining-requests': '0' });
  });

  it('as many are let in as may be, however many come at once', async () => {
    const limits = limitsOf({ rateRequests: 3, rateAllRequests: 5 });
    const entering = Array.from({ length: 20 }, (_, n) => outcome(limits.enter(scope(`${n % 2}`), never)));
    const outcomes = await Promise.all(entering);
    expect(outcomes.filter((one) => one === 'let in')).toHaveLength(5);
  });
});

describe('with a limit of tokens', () => {
  it('those that were used keep the next call out, also where they went past it', async () => {
    const limits = limitsOf({ rateTokens: 100 });
    expect(await limits.enter(scope(), never)).toMatchObject({ 'x-ratelimit-remaining-tokens': '100' });
    await limits.spend('ada' as Owner, 60);
    expect(await limits.enter(scope(), never)).toMatchObject({ 'x-ratelimit-remaining-tokens': '40' });
    await limits.spend('ada' as Owner, 60);
    expect(await outcome(limits.enter(scope(), never))).toMatchObject({
      message: 'The caller’s limit of 100 tokens is reached; it is lifted in 1m0s.',
    });
    expect(await outcome(limits.enter(scope('bob'), never))).toBe('let in');
    await vi.advanceTimersByTimeAsync(60_000);
    expect(await outcome(limits.enter(scope(), never))).toBe('let in');
  });
});

describe('a call that may wait', () => {
  it('is let in when the window is over', async () => {
    const limits = limitsOf({ rateRequests: 1, rateWaitMs: 60_000 });
    await limits.enter(scope(), never);
    const waiting = outcome(limits.enter(scope(), never));
    await vi.advanceTimersByTimeAsync(60_000);
    expect(await waiting).toBe('let in');
  });

  it('is refused at once when that is later than it may wait', async () => {
    const limits = limitsOf({ rateRequests: 1, rateWaitMs: 59_999 });
    await limits.enter(scope(), never);
    expect(await outcome(limits.enter(scope(), never))).toBeInstanceOf(RateLimited);
  });

  it('of a turn waits as long as turns may', async () => {
    const limits = limitsOf({ rateRequests: 1, rateWaitMs: 0, rateTurnWaitMs: 60_000 });
    await limits.enter(scope(), never);
    const waiting = outcome(limits.enter(scope('ada', 'answer'), never));
    await vi.advanceTimersByTimeAsync(60_000);
    expect(await waiting).toBe('let in');
  });

  it('gives up when its caller does, and makes room for another', async () => {
    const limits = limitsOf({ rateRequests: 1, rateWaitMs: 60_000, rateMaxWaiting: 1 });
    await limits.enter(scope(), never);
    const gone = new AbortController();
    const waiting = outcome(limits.enter(scope(), gone.signal));
    await vi.advanceTimersByTimeAsync(0);
    expect(await outcome(limits.enter(scope(), never))).toBeInstanceOf(RateLimited);
    gone.abort(new Error('gone'));
    expect(await waiting).toMatchObject({ message: 'gone' });
    const next = outcome(limits.enter(scope(), never));
    await vi.advanceTimersByTimeAsync(60_000);
    expect(await next).toBe('let in');
  });
});
