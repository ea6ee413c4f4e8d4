import { describe, expect, it } from 'vitest';
import { retryAfterMs, retryDelayMs } from './retry-policy.js';

describe('retryDelayMs', () => {
  it('is about 500 ms at first, doubles, and stays below the longest wait', () => {
    const halves = [1, 2, 3, 4, 5, 6, 7, 100].map((failures) => retryDelayMs(failures, 30_000, 0.5));
    expect(halves).toEqual([500, 1000, 2000, 4000, 8000, 15_000, 15_000, 15_000]);
  });

  it('may be anything from nothing to its bound, so that those who fell together come back apart', () => {
    expect(retryDelayMs(3, 30_000, 0)).toBe(0);
    expect(retryDelayMs(3, 30_000, 0.9999)).toBe(4000);
  });
});

describe('retryAfterMs', () => {
  const now = Date.UTC(2026, 0, 1);
  it.each([
    ['seconds', '7', 7_000],
    ['a date', 'Thu, 01 Jan 2026 00:00:09 GMT', 9_000],
    ['a date gone by', 'Thu, 01 Jan 2025 00:00:00 GMT', 0],
    ['more than five minutes', '86400', 300_000],
    ['nothing that can be read', 'soon', 0],
  ])('reads %s', (_, value, ms) => {
    expect(retryAfterMs(new Headers({ 'retry-after': value }), now)).toBe(ms);
  });

  it('is 0 without the header', () => {
    expect(retryAfterMs(new Headers(), now)).toBe(0);
  });
});
