import { describe, expect, it } from 'vitest';
import { formatMoment } from './moment-format.js';

const now = new Date('2026-03-12T14:30:00.000Z');

describe('A moment', () => {
  it.each([
    ['2026-03-12T09:05:00.000Z', '09:05'],
    ['2026-03-11T23:59:00.000Z', 'Wed'],
    ['2026-03-05T14:30:00.000Z', '5 Mar'],
    ['2025-12-31T23:59:00.000Z', '31 Dec 2025'],
  ])('%s is %s', (time, words) => expect(formatMoment(time, now, 'UTC')).toBe(words));

  it('is today where the reader is', () => {
    expect(formatMoment('2026-03-11T23:59:00.000Z', now, 'Europe/Berlin')).toBe('00:59');
  });
});
