import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { makeWords, splitWords } from './split-words.js';

describe('words', () => {
  it.each([
    ['', []],
    ['one', ['one']],
    ['one two\n\nthree ', ['one', ' two', '\n\nthree', ' ']],
    ['x'.repeat(50), ['x'.repeat(24), 'x'.repeat(24), 'xx']],
    ['🙂'.repeat(25), ['🙂'.repeat(24), '🙂']],
    [' '.repeat(30), [' '.repeat(24), ' '.repeat(6)]],
  ])('of %j are %j', (text, words) => expect(splitWords(text)).toEqual(words));

  it('joined are the text, and no piece is long, whatever the text', () => {
    const text = fc.string({ unit: 'binary', maxLength: 200 });
    fc.assert(
      fc.property(fc.oneof(text, fc.stringMatching(/^[ \n\tab🙂]*$/u)), (whole) => {
        const pieces = splitWords(whole);

        expect(pieces.join('')).toBe(whole);
        expect(pieces.filter((piece) => [...piece].length > 48)).toEqual([]);
      }),
    );
  });

  it.each([0, 1, 9, 10, 11, 100, 101, 1_000])('can be made: %i of them', (count) => {
    expect(splitWords(makeWords(count))).toHaveLength(count);
  });

  it('are made into sentences and paragraphs', () => {
    expect(makeWords(3)).toBe('A small river.');
    expect(makeWords(12)).toMatch(/^A [a-z ]+\. [A-Z][a-z]+ [a-z]+\.$/);
    expect(makeWords(250).split('\n\n')).toHaveLength(3);
  });
});
