import { expect, it } from 'vitest';
import { isDeeperThan } from './json-depth.js';

const lists = (levels: number): string => '['.repeat(levels) + ']'.repeat(levels);

it.each([
  ['5', 0, false],
  [lists(3), 3, false],
  [lists(4), 3, true],
  ['{"a":{"b":[{}]}}', 4, false],
  ['{"a":{"b":[{}]}}', 3, true],
  [`[${lists(2)},${lists(2)},{},{}]`, 3, false],
  ['["[[[[", "{{{{"]', 1, false],
  ['["\\"[[[[", "\\\\"]', 1, false],
  [`["\\\\", ${lists(2)}]`, 2, true],
  ['["ż[[', 1, false],
])('%s is looked at for more than %i levels', (json, most, expected) => {
  expect(isDeeperThan(Buffer.from(json), most)).toBe(expected);
});
