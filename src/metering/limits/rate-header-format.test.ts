import { describe, expect, it } from 'vitest';
import { duration, rateHeaders, type Standing } from './rate-header-format.js';

describe('a duration', () => {
  it.each([
    [-5, '0ms'],
    [119.2, '120ms'],
    [1000, '1s'],
    [1001, '2s'],
    [90_000, '1m30s'],
    [60_000, '1m0s'],
    [7_200_000, '2h0m0s'],
  ])('of %d ms is %s', (ms, text) => expect(duration(ms)).toBe(text));
});

describe('the headers', () => {
  const standing = (of: Standing['of'], limit: number, left: number): Standing => ({
    ...{ of, limit, left, resets_ms: limit },
  });

  it('say the tightest limit of each sort', () => {
    const standings = [standing('requests', 9, 2), standing('requests', 5, 1), standing('tokens', 100, 40)];
    expect(rateHeaders(standings)).toEqual({
      'x-ratelimit-limit-requests': '5',
      'x-ratelimit-remaining-requests': '1',
      'x-ratelimit-reset-requests': '5ms',
      'x-ratelimit-limit-tokens': '100',
      'x-ratelimit-remaining-tokens': '40',
      'x-ratelimit-reset-tokens': '100ms',
    });
  });

  it('are none where nothing is limited', () => expect(rateHeaders([])).toEqual({}));
});
