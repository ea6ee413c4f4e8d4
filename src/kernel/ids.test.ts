import { expect, it } from 'vitest';
import { isId, newId } from './ids.js';

it('makes ids that are UUIDv7, all different, and sorted by when they were made', () => {
  const began = Date.now();
  const ids = Array.from({ length: 5_000 }, () => newId());
  expect(ids.every((id) => isId(id) && id[14] === '7')).toBe(true);
  expect(new Set(ids).size).toBe(ids.length);
  expect([...ids].sort()).toEqual(ids);
  const made = Number.parseInt(ids[0]?.replace('-', '').slice(0, 12) ?? '', 16);
  expect(made).toBeGreaterThanOrEqual(began);
});

it('makes ids whose random part tells nothing about the next one', () => {
  const ends = Array.from({ length: 1_000 }, () => newId().slice(-12));
  expect(new Set(ends).size).toBe(ends.length);
});
