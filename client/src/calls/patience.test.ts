import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { networkProblem, PullcordError } from '../problem.js';
import { createPatience } from './patience.js';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const refusal = (status: number, retryAfterMs = 0): PullcordError =>
  new PullcordError(networkProblem('no', status), retryAfterMs);

const isOver = async (promise: Promise<unknown>): Promise<boolean> => {
  let over = false;
  void promise.then(() => (over = true));
  await vi.advanceTimersByTimeAsync(0);
  return over;
};

describe('a pause', () => {
  it('is never longer than the limit, but for what the server asks for', async () => {
    const patience = createPatience(1_000);
    const short = patience.pause(20, new Error('reset'));
    await vi.advanceTimersByTimeAsync(1_000);
    expect(await isOver(short)).toBe(true);
    const asked = patience.pause(1, refusal(429, 5_000));
    await vi.advanceTimersByTimeAsync(4_999);
    expect(await isOver(asked)).toBe(false);
    await vi.advanceTimersByTimeAsync(1);
    expect(await isOver(asked)).toBe(true);
  });

  it('ends at once when the server is known to be back, and when nobody wants to know any more', async () => {
    const patience = createPatience(1_000);
    const [one, other] = [patience.pause(1, refusal(429, 5_000)), patience.pause(1, refusal(429, 5_000))];
    patience.hasten();
    expect(await isOver(Promise.all([one, other]))).toBe(true);
    const abort = new AbortController();
    const left = patience.pause(1, refusal(429, 5_000), abort.signal);
    abort.abort();
    expect(await isOver(left)).toBe(true);
    expect(vi.getTimerCount()).toBe(0);
  });
});

describe('insisting', () => {
  /** Fails with each of these, and then works out; gives how often it was tried, and what came of it. */
  async function insist(...errors: readonly unknown[]) {
    let tries = 0;
    const outcome = createPatience(1_000)
      .insist(() =>
        tries < errors.length ? Promise.reject(errors[tries++] as Error) : Promise.resolve(++tries),
      )
      .then(
        () => 'done',
        (error: unknown) => error,
      );
    await vi.advanceTimersByTimeAsync(60_000);
    return [await outcome, tries];
  }

  it('tries again what may pass, at most eight times', async () => {
    expect(await insist(refusal(0), refusal(503, 900), refusal(429))).toEqual(['done', 4]);
    const refusals = Array.from({ length: 9 }, () => refusal(0));
    expect(await insist(...refusals)).toEqual([refusals[7], 8]);
  });

  it('takes a refusal for one, and does not wait longer than it may', async () => {
    const [conflict, busy] = [refusal(409), refusal(503, 2_000)];
    expect(await insist(conflict)).toEqual([conflict, 1]);
    expect(await insist(busy)).toEqual([busy, 1]);
    const defect = new TypeError('a defect');
    expect(await insist(defect)).toEqual([defect, 1]);
  });
});
