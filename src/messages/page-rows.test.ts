import { expect, it } from 'vitest';
import { fitting, pageColumns } from './page-rows.js';

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

it('reads a body with its row only where that is small', () => {
  expect(pageColumns).toMatch(/, metadata, CASE WHEN octet_length\(data\) <= 65536 THEN data END AS data, /);
});
