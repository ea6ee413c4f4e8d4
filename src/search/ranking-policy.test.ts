import { expect, it } from 'vitest';
import { rank } from './ranking-policy.js';

it('ranks the best first, and the newest of those that are as good', () => {
  const ranked = rank([
    { id: 1, score: 4 },
    { id: 2, score: 2 },
    { id: 3, score: 2.001 },
    { id: 4, score: 2 },
  ]);
  expect(ranked).toEqual([
    { id: 1, relative: 1 },
    { id: 4, relative: 0.5 },
    { id: 3, relative: 0.5 },
    { id: 2, relative: 0.5 },
  ]);
});

it('ranks what has no score by its time', () => {
  const ranked = rank([
    { id: 1, score: 0 },
    { id: 2, score: -0 },
  ]);
  expect(ranked).toEqual([
    { id: 2, relative: 0 },
    { id: 1, relative: 0 },
  ]);
});
