import { expect, it } from 'vitest';
import { LineCutter } from './line-cutter.js';

it.each([1, 2, 3, 100])('gives the same lines in pieces of %d bytes', (size) => {
  const bytes = Buffer.from('one\n\nzwölf 🙂\nrest');
  const cutter = new LineCutter(1000);
  const lines: string[] = [];
  for (let at = 0; at < bytes.length; at += size)
    for (const { text } of cutter.push(bytes.subarray(at, at + size))) lines.push(text);
  expect(lines).toEqual(['one', '', 'zwölf 🙂']);
});

it('keeps no more of a line than it may, and says how much it did not', () => {
  const cutter = new LineCutter(4);
  expect([...cutter.push(Buffer.from('abcdef'))]).toEqual([]);
  expect(cutter.isTooLong).toBe(true);
  expect([...cutter.push(Buffer.from('gh\nabcd\n'))]).toEqual([
    { text: 'abcd', leftOut: 4 },
    { text: 'abcd', leftOut: 0 },
  ]);
  expect(cutter.isTooLong).toBe(false);
});
