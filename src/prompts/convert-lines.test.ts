import { expect, it } from 'vitest';
import { convertToLines } from './convert-lines.js';

it.each([
  ['all of a text', 'a\nb\n', undefined, { text: 'a\nb\n', line_count: 2 }],
  ['a text without a last line end', 'a\nb', [2, 2], { text: 'b', line_range: [2, 2], line_count: 2 }],
  [
    'lines with the ends that they have',
    'a\r\nb\r\nc',
    [1, 2],
    { text: 'a\r\nb\r\n', line_range: [1, 2], line_count: 3 },
  ],
  ['empty lines', '\n\n\n', [2, 2], { text: '\n', line_range: [2, 2], line_count: 3 }],
  ['as many lines as there are', 'a\nb\n', [2, 9], { text: 'b\n', line_range: [2, 2], line_count: 2 }],
  ['no line after the last line end', 'a\n', [2, 2], undefined],
  ['an empty text', '', undefined, { text: '', line_count: 0 }],
  ['no line of an empty text', '', [1, 1], undefined],
] as const)('gives %s', (_, text, range, excerpt) => {
  expect(convertToLines(text, range)).toEqual(excerpt);
});
