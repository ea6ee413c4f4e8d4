import { describe, expect, it } from 'vitest';
import { ModelError, type ModelErrorCode } from './model-error.js';
import { nextDelay, type RetryPolicy } from './retry-policy.js';

const policy: RetryPolicy = { maxAttempts: 4, baseMs: 500, maxMs: 3_000 };

const failed = (code: ModelErrorCode, facts: { retryable?: boolean; retry_after_ms?: number } = {}) =>
  new ModelError(code, 'no', { retryable: true, ...facts });

const delay = (attempt: number, random: number, error = failed('upstream_error')) =>
  nextDelay({ attempt, error, random, policy });

describe('the retry policy', () => {
  it.each([
    { attempt: 1, random: 0, ms: 250 },
    { attempt: 1, random: 1, ms: 500 },
    { attempt: 2, random: 0, ms: 500 },
    { attempt: 2, random: 0.5, ms: 750 },
    { attempt: 3, random: 1, ms: 2_000 },
  ])('waits $ms ms after attempt $attempt when chance says $random', ({ attempt, random, ms }) => {
    expect(delay(attempt, random)).toBe(ms);
  });

  it('never waits longer than the limit, however many attempts there were', () => {
    const patient = { ...policy, maxAttempts: 100 };
    expect(nextDelay({ attempt: 60, error: failed('upstream_error'), random: 1, policy: patient })).toBe(
      3_000,
    );
    expect(nextDelay({ attempt: 99, error: failed('upstream_error'), random: 0, policy: patient })).toBe(
      1_500,
    );
  });

  it('gives up after the last attempt', () => {
    expect(delay(4, 0)).toBeUndefined();
    expect(delay(5, 0)).toBeUndefined();
  });

  it('tries only once when only one attempt is allowed', () => {
    const once = { ...policy, maxAttempts: 1 };
    expect(nextDelay({ attempt: 1, error: failed('rate_limited'), random: 0, policy: once })).toBeUndefined();
  });

  it.each<ModelErrorCode>([
    'connect_failed',
    'connect_timeout',
    'rate_limited',
    'upstream_error',
    'upstream_protocol',
  ])('tries again after %s', (code) => expect(delay(1, 0, failed(code))).toBe(250));

  it.each<ModelErrorCode>(['first_chunk_timeout', 'idle_timeout'])('does not try again after %s', (code) =>
    expect(delay(1, 0, failed(code))).toBeUndefined(),
  );

  it('does not try again what would fail again', () => {
    expect(delay(1, 0, failed('upstream_rejected', { retryable: false }))).toBeUndefined();
    expect(delay(1, 0, failed('rate_limited', { retryable: false, retry_after_ms: 10 }))).toBeUndefined();
  });

  describe('when the provider says how long to wait', () => {
    it.each([
      { asked: 0, random: 0, ms: 0 },
      { asked: 2_000, random: 0, ms: 2_000 },
      { asked: 2_000, random: 1, ms: 2_250 },
      { asked: 2_900, random: 1, ms: 3_000 },
      { asked: 3_000, random: 1, ms: 3_000 },
      { asked: 3_001, random: 0, ms: undefined },
      { asked: 86_400_000, random: 0, ms: undefined },
    ])('asked for $asked ms, waits $ms', ({ asked, random, ms }) => {
      expect(delay(1, random, failed('rate_limited', { retry_after_ms: asked }))).toBe(ms);
    });
  });
});
