import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { indexWords, readWords } from './convert-text.js';

const words = (text: string): string[] => readWords(text, 1000).map(({ word }) => word);

describe('the words of a text', () => {
  it.each([
    ['A signal, then a PULL.', ['a', 'signal', 'then', 'a', 'pull']],
    ['snake_case and dotted.name/path-2', ['snake', 'case', 'and', 'dotted', 'name', 'path', '2']],
    ['Ｆｕｌｌ ｗｉｄｔｈ', ['full', 'width']],
    ['École e\u0301cole ŒUVRE ﬁn', ['ecole', 'ecole', 'œuvre', 'fin']],
    ['İstanbul ΟΔΟΣ ὀδός', ['istanbul', 'οδοσ', 'οδοσ']],
    ['Привет, МИР', ['привет', 'мир']],
    ['東京都', ['東京', '京都', '都']],
    ['js是什么', ['js', '是什', '什么', '么']],
    ['한국어를', ['한국', '국어', '어를', '를']],
    ['한국어'.normalize('NFD'), ['한국', '국어', '어']],
    ['ガラス ｶﾞﾗｽ', ['ガラ', 'ラス', 'ス', 'ガラ', 'ラス', 'ス']],
    ['🎈 — “” …', []],
    ['\u0301\u0302', []],
    ['a\ud800b', ['a', 'b']],
    ['½ ﷺ', ['12', 'صلىاللهعليهوسلم']],
  ])('of %j', (text, expected) => {
    expect(words(text)).toEqual(expected);
  });

  it('know where they are in the text as it was written', () => {
    const text = 'Über 東京 ｶﾞﾗ';
    const places = readWords(text, 10).map(({ start, end, firstEnd }) => [
      text.slice(start, end),
      text.slice(start, firstEnd),
    ]);
    expect(places).toEqual([
      ['Über', 'Über'],
      ['東京', '東'],
      ['京', '京'],
      ['ｶﾞﾗ', 'ｶﾞ'],
      ['ﾗ', 'ﾗ'],
    ]);
  });

  it('are known by their first 64 units, never by half a character', () => {
    expect(words('x'.repeat(100))).toEqual(['x'.repeat(64)]);
    expect(words(`x${'𐐨'.repeat(40)}`)).toEqual([`x${'𐐨'.repeat(31)}`]);
  });
});

describe('the words that go into an index', () => {
  it('are those of the text, however they are read', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.string({ unit: 'grapheme' })), fc.nat(30), (text, limit) => {
        expect(indexWords(text, limit)).toEqual(readWords(text, limit).map(({ word }) => word));
      }),
    );
  });

  it('have nothing in them that either index would take for more than a word', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        for (const word of indexWords(text, 1000)) expect(word).toMatch(/^[\p{L}\p{N}\p{M}]{1,64}$/u);
      }),
    );
  });

  it('are no more than the limit, and of no more text than sixteen times as many characters', () => {
    expect(indexWords('a b c d', 3)).toEqual(['a', 'b', 'c']);
    expect(indexWords('東京都庁', 3)).toEqual(['東京', '京都', '都庁']);
    expect(indexWords(`${' '.repeat(48)}late`, 3)).toEqual([]);
    expect(indexWords(`${'é'.repeat(47)} x late`, 3)).toEqual(['e'.repeat(47)]);
  });

  it('keep the places of one that is there too often, but not the word', () => {
    const found = indexWords('the end '.repeat(300), 10_000);
    expect(found).toHaveLength(600);
    expect(found.filter((word) => word === 'the')).toHaveLength(255);
    expect(found.slice(-2)).toEqual(['·', '·']);
  });

  it('fit together into the megabyte of one text, whatever characters unfold to', () => {
    const found = indexWords('ﷺ '.repeat(16_000), 16_000);
    expect(Buffer.byteLength(found.join(''))).toBeLessThan(1_000_000);
  });
});
