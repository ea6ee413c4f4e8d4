import { describe, expect, it } from 'vitest';
import { markText } from './marked-text.js';

const shown = (text: string, ...ranges: readonly (readonly [number, number])[]): string =>
  markText({ text, highlights: ranges.map(([start, end]) => ({ start, end })) })
    .map((piece) => (piece.isMarked ? `[${piece.text}]` : piece.text))
    .join('');

describe('A snippet', () => {
  it('is marked where the words are', () => {
    expect(shown('a lease is kept', [2, 7], [11, 15])).toBe('a [lease] is [kept]');
  });

  it('is all text when nothing is marked', () => expect(shown('a lease')).toBe('a lease'));

  it('says nothing twice where ranges overlap, and nothing that it does not have', () => {
    expect(shown('a lease', [0, 4], [2, 7], [5, 99], [40, 50])).toBe('[a le][ase]');
  });
});
