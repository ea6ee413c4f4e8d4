import { expect, it } from 'vitest';
import type { MessageId } from '../kernel/ids.js';
import { fitting, padded } from './message-texts.js';

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

it('asks for every number of ids with few statements', () => {
  const ids = (count: number) => Array.from({ length: count }, (_, n) => `id ${n}` as MessageId);
  const lengths = Array.from({ length: 201 }, (_, count) => padded(ids(count)).length);
  expect([...new Set(lengths)]).toEqual([0, 1, 2, 4, 8, 16, 32, 64, 128, 256]);
  expect(padded(ids(5))).toEqual([...ids(5), 'id 4', 'id 4', 'id 4']);
});
