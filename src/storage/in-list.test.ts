import { expect, it } from 'vitest';
import { inList, isSome } from './in-list.js';

it('makes statements of few lengths, which say no more than was asked', () => {
  const lengths = new Set<number>();
  for (let count = 1; count <= 500; count++) {
    const items = Array.from({ length: count }, (_, n) => n);
    if (!isSome(items)) throw new Error('there are items');
    const { marks, params } = inList(items);
    expect(new Set(params)).toEqual(new Set(items));
    expect(marks.split(', ')).toHaveLength(params.length);
    lengths.add(params.length);
  }
  expect(lengths.size).toBe(10);
  expect(isSome([])).toBe(false);
});
