import { describe, expect, it } from 'vitest';
import { contextEtag, matchesIfMatch, matchesIfNoneMatch, metadataEtag } from './etag.js';

describe('the tags of a context', () => {
  it('quote the revision', () => {
    expect(contextEtag(57)).toBe('"57"');
    expect(metadataEtag(57, null)).toBe('"57"');
  });

  it('move with the open message', () => {
    const tag = metadataEtag(57, 4);
    expect(tag).toBe('"57-4"');
    expect(metadataEtag(57, 5)).not.toBe(tag);
    expect(metadataEtag(58, 4)).not.toBe(tag);
    expect(metadataEtag(574, 0)).not.toBe(metadataEtag(57, 40));
    expect(metadataEtag(57, 0)).not.toBe(metadataEtag(57, null));
  });

  it('are strong, and match themselves', () => {
    const tag = metadataEtag(57, 4);
    expect(matchesIfMatch(tag, tag)).toBe(true);
    expect(matchesIfNoneMatch(tag, tag)).toBe(true);
  });
});

// The header, the tag we hold, and whether it matches in If-None-Match (weakly) and in If-Match (strongly).
const cases: [string, string, boolean, boolean][] = [
  // RFC 9110 §8.8.3.2
  ['W/"1"', 'W/"1"', true, false],
  ['W/"1"', 'W/"2"', false, false],
  ['W/"1"', '"1"', true, false],
  ['"1"', 'W/"1"', true, false],
  ['"1"', '"1"', true, true],
  // lists
  ['"56", "57"', '"57"', true, true],
  ['"57","56"', '"57"', true, true],
  ['"56"\t,\t W/"57"  ', '"57"', true, false],
  ['W/"57", "57"', '"57"', true, true],
  ['"56", "58"', '"57"', false, false],
  ['"5", "7"', '"57"', false, false],
  [', ,"57",,', '"57"', true, true],
  // any
  ['*', '"57"', true, true],
  [' *\t', '"57"', true, true],
  // what a tag may hold
  ['""', '""', true, true],
  ['"a,b", "57"', '"57"', true, true],
  ['"56,57"', '"57"', false, false],
  ['"W/57"', '"57"', false, false],
  ['"\xe9"', '"\xe9"', true, true],
  // malformed: none of it counts
  ['', '"57"', false, false],
  [' ', '"57"', false, false],
  [',', '"57"', false, false],
  ['57', '"57"', false, false],
  ["'57'", '"57"', false, false],
  ['"57', '"57"', false, false],
  ['57"', '"57"', false, false],
  ['"57" "58"', '"57"', false, false],
  ['"57"; "58"', '"57"', false, false],
  ['"57", 58', '"57"', false, false],
  ['"57", *', '"57"', false, false],
  ['*, "57"', '"57"', false, false],
  ['**', '"57"', false, false],
  ['"*"', '"57"', false, false],
  ['w/"57"', '"57"', false, false],
  ['W/ "57"', '"57"', false, false],
  ['W/57', '"57"', false, false],
  ['W/', '"57"', false, false],
  ['"5 7"', '"5 7"', false, false],
  ['"5\x007"', '"57"', false, false],
  ['"57"\n', '"57"', false, false],
];

describe('a conditional request', () => {
  it.each(cases)(
    'with %j, of a resource tagged %j: If-None-Match %s, If-Match %s',
    (header, etag, weakly, strongly) => {
      expect(matchesIfNoneMatch(header, etag)).toBe(weakly);
      expect(matchesIfMatch(header, etag)).toBe(strongly);
    },
  );

  it('takes as long a list as a header can hold, and finds the tag at its end', () => {
    const long = `${'"1",'.repeat(4000)}"57"`;
    expect(matchesIfMatch(long, '"57"')).toBe(true);
    expect(matchesIfMatch(`${long}!`, '"57"')).toBe(false);
  });

  it.each([
    ['blanks', `"1",${' '.repeat(200_000)}!`],
    ['blanks after a tag', `"1"${' '.repeat(200_000)}!`],
    ['commas', `${','.repeat(200_000)}!`],
    ['quotes', '"'.repeat(200_001)],
    ['an unclosed tag', `"${'x'.repeat(200_000)}`],
  ])('reads a hostile header of many %s only once', (_, header) => {
    expect(matchesIfNoneMatch(header, '"57"')).toBe(false);
    expect(matchesIfMatch(header, '"57"')).toBe(false);
  });
});
