import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { convertQuery } from './convert-query.js';
import { mapToSnippets } from './map-to-snippets.js';

/** The snippets with what is highlighted between brackets. */
const marked = (text: string, query: string): string[] =>
  mapToSnippets(text, convertQuery(query).all, 10_000).map((snippet) => {
    let line = '';
    let at = 0;
    for (const { start, end } of snippet.highlights) {
      line += `${snippet.text.slice(at, start)}[${snippet.text.slice(start, end)}]`;
      at = end;
    }
    return line + snippet.text.slice(at);
  });

const filling = 'Nothing to see here. '.repeat(20);

describe('snippets', () => {
  it.each([
    ['The lease runs out.', 'LEASE', 'The [lease] runs out.'],
    ['The lease runs out.', '"lease runs"', 'The [lease runs] out.'],
    ['The lease runs out.', 'lease runs', 'The [lease] [runs] out.'],
    ['Connections connect.', 'con*', '[Connections] [connect].'],
    ['わたしは東京都に住む', '東京', 'わたしは[東京]都に住む'],
    ['わたしは東京都に住む', '東京都', 'わたしは[東京都]に住む'],
    ['黒猫と猫', '猫', '黒[猫]と[猫]'],
    ['E\u0301cole fermée', 'ecole fermee', '[E\u0301cole] [fermée]'],
    ['one\ntwo\tthree', 'two', 'one [two] three'],
    ['not here', 'lease', 'not here'],
    ['🎈 lease 🎈', 'lease', '🎈 [lease] 🎈'],
  ])('of %j for %s', (text, query, expected) => {
    expect(marked(text, query)).toEqual([expected]);
  });

  it('show the piece that has most of it, and mark where text is left out', () => {
    const [first, ...others] = marked(`lease. ${filling}A lease runs out. ${filling}`, 'lease runs');
    expect(first).toMatch(/^\[lease\]\. Nothing .+…$/);
    expect(others).toHaveLength(1);
    expect(others[0]).toMatch(/^….*A \[lease\] \[runs\] out\. .+…$/);
  });

  it('are three at most, in the order of the text, and the beginning where there is nothing', () => {
    const text = Array.from({ length: 9 }, (_, n) => `lease${n % 2 ? ' twice' : ''} ${n} ${filling}`).join(
      '',
    );
    const found = marked(text, 'lease twice');
    expect(found.map((line) => /\[twice\] (\d)/.exec(line)?.[1])).toEqual(['1', '3', '5']);
    expect(marked(filling, 'lease')).toEqual([expect.stringMatching(/^Nothing .+…$/)]);
    expect(marked('', 'lease')).toEqual([]);
  });

  it('never cut a character, nor highlight what is not there', () => {
    const texts = fc.array(fc.constantFrom('lease', ' ', '🎈', '東', '京', '\n', 'x'.repeat(40), '-'), {
      maxLength: 200,
    });
    fc.assert(
      fc.property(texts, (parts) => {
        for (const { text, highlights } of mapToSnippets(
          parts.join(''),
          convertQuery('lease 東京').all,
          1000,
        )) {
          expect(text).not.toMatch(/\p{Cs}/u);
          expect(text.length).toBeLessThanOrEqual(185);
          let last = -1;
          for (const { start, end } of highlights) {
            expect(start).toBeGreaterThan(last);
            expect(end).toBeGreaterThan(start);
            expect(end).toBeLessThanOrEqual(text.length);
            last = end;
          }
        }
      }),
    );
  });
});
