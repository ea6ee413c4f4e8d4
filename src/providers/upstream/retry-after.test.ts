import { describe, expect, it } from 'vitest';
import { readRetryAfter } from './retry-after.js';

const now = Date.UTC(2025, 0, 15, 12, 0, 0);

describe('Retry-After', () => {
  it.each([
    ['2', 2_000],
    ['0', 0],
    [' 7 ', 7_000],
    ['1.5', 1_500],
    ['Wed, 15 Jan 2025 12:00:30 GMT', 30_000],
    ['Wednesday, 15-Jan-25 12:00:05 GMT', 5_000],
    ['Wed Jan 15 12:00:10 2025 GMT', 10_000],
    ['Wed, 15 Jan 2025 11:00:00 GMT', 0],
    ['-5', undefined],
    ['soon', undefined],
    ['Wed, whenever', undefined],
    ['', undefined],
    ['9'.repeat(400), undefined],
  ])('%j is %j ms', (value, ms) => {
    expect(readRetryAfter({ 'retry-after': value }, now)).toBe(ms);
  });

  it('in milliseconds is the more precise one', () => {
    expect(readRetryAfter({ 'retry-after-ms': '120', 'retry-after': '1' }, now)).toBe(120);
    expect(readRetryAfter({ 'retry-after-ms': 'x', 'retry-after': '1' }, now)).toBe(1_000);
  });

  it('may be missing', () => {
    expect(readRetryAfter({}, now)).toBeUndefined();
    expect(readRetryAfter(undefined, now)).toBeUndefined();
  });
});
