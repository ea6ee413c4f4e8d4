import { expect, it } from 'vitest';
import { jitter } from './jitter.js';

it('moves a time by up to 20 % either way, to a whole number', () => {
  expect(jitter(1000, () => 0)).toBe(800);
  expect(jitter(1000, () => 0.5)).toBe(1000);
  expect(jitter(1000, () => 1)).toBe(1200);
  expect(jitter(1001, () => 0.3)).toBe(921);
});
