import { expect, it } from 'vitest';
import { inBatches } from './in-batches.js';
import { fitting } from './message-texts.js';

const mebibyte = 1024 * 1024;
const sizes = (...mebibytes: readonly number[]) => mebibytes.map((size) => ({ bytes: size * mebibyte }));

it.each([
  [[], 0],
  [[1, 2, 3], 3],
  [[8, 8], 2],
  [[8, 8, 0.001], 2],
  [[15, 2, 1], 1],
  // What is larger than an answer may be is an answer by itself.
  [[32], 1],
  [[32, 1], 1],
  [[1, 32, 1], 1],
])('of messages of %j MiB the first %i fit into one answer', (mebibytes, count) => {
  expect(fitting(sizes(...mebibytes))).toEqual(sizes(...mebibytes.slice(0, count)));
});

it('puts any number of ids into statements of a bounded size, each id once', () => {
  const ids = Array.from({ length: 700 }, (_, n) => n);
  const batches = inBatches(ids);
  expect(batches.map(({ length }) => length)).toEqual([256, 256, 188]);
  expect(batches.flat()).toEqual(ids);
  expect(inBatches([])).toEqual([]);
});
