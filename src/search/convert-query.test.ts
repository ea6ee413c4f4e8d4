import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { convertQuery } from './convert-query.js';

const shown = (text: string): string => {
  const { all, none } = convertQuery(text);
  const phrase = ({ words, isPrefix }: { words: readonly string[]; isPrefix: boolean }): string =>
    words.join(' ') + (isPrefix ? '*' : '');
  return [...all.map(phrase), ...none.map((each) => `-${phrase(each)}`)].join(' | ');
};

describe('a query', () => {
  it.each([
    ['lease', 'lease'],
    ['Lease  RUNS', 'lease | runs'],
    ['lease lease', 'lease'],
    ['"lease runs" out', 'lease runs | out'],
    ['“lease runs” out', 'lease runs | out'],
    ['"lease runs', 'lease runs'],
    ['lease "', 'lease'],
    ['""', ''],
    ['-draft lease', 'lease | -draft'],
    ['-"two words" lease', 'lease | -two words'],
    ['lease - runs', 'lease | runs'],
    ['well-known', 'well known'],
    ['snake_case', 'snake case'],
    ['user@example.com', 'user example com'],
    ['con*', 'con*'],
    ['"lease run"*', 'lease run*'],
    ['"lease run*"', 'lease run'],
    ['co*', 'co'],
    ['*', ''],
    ['**con', 'con'],
    ['東京都', '東京 京都'],
    ['東京', '東京'],
    ['猫', '猫*'],
    ['js是', 'js 是*'],
    ['東京js', '東京 京 js'],
    ['AND OR NOT NEAR', 'and | or | not | near'],
    [`title:x ^y (z) '; DROP TABLE`, 'title x | y | z | drop | table'],
  ])('of %j', (text, expected) => {
    expect(shown(text)).toBe(expected);
  });

  it('without a letter or a digit is told from none at all', () => {
    expect(['?!', '-*', '"…"'].map((text) => convertQuery(text).isWordless)).toEqual([true, true, true]);
    expect(['', '  ', '-a', 'a'].map((text) => convertQuery(text).isWordless)).toEqual([
      false,
      false,
      false,
      false,
    ]);
  });

  it('can be of any text, and its words are words', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (text) => {
        const { all, none } = convertQuery(text);
        for (const { words } of [...all, ...none]) {
          expect(words.length).toBeGreaterThan(0);
          for (const word of words) expect(word).toMatch(/^[\p{L}\p{N}\p{M}]{1,64}$/u);
        }
      }),
    );
  });
});
