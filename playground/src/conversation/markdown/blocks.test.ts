import { describe, expect, it } from 'vitest';
import { noBlocks, readBlocks } from './blocks.js';

const documents = [
  '# Title\n\nText with *emphasis* and\na second line.\n\nSetext\n===\n\n---\n\nEnd.',
  '1. one\n\n2. two\n\n   - inner\n\n     ```js\n     code\n\n     more\n     ```\n\n3. three\n\nAfter.',
  '- a\n- b\n\n* c\n\n**bold** first\n\n> quote\ngoes on\n\n> another\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n| x',
  'See [one] and [two].\n\nMore.\n\nStill more.\n\n[one]: https://example.org/1\n\n[two]: https://example.org/2\n\nEnd [one].',
  '```\nopen\n\n# not a heading\n\n- not a list\n```\n\n    indented\n\n    code\n\n<div>\nhtml\n\n</div>\n\nEnd.',
  'Windows\r\nlines\r\n\r\n- one\r\n- two\r\n\r\nEnd.',
];

describe('reading blocks', () => {
  it.each(documents)('reads a text that grows as it reads the whole: %j', (text) => {
    for (const step of [1, 3, 17]) {
      let read = noBlocks;
      for (let end = step; end < text.length + step; end += step) {
        read = readBlocks(read, text.slice(0, end));
        expect(read.blocks).toEqual(readBlocks(noBlocks, text.slice(0, end)).blocks);
      }
    }
  });

  it('gives back the same blocks where nothing can change any more, and reads only the rest', () => {
    const paragraphs = Array.from({ length: 50 }, (_, index) => `Paragraph ${index}.`);
    const before = readBlocks(noBlocks, paragraphs.join('\n\n'));
    const after = readBlocks(before, `${paragraphs.join('\n\n')}\n\nOne more.`);

    const same = after.blocks.filter((block, index) => block === before.blocks[index]);
    expect(same.length).toBeGreaterThanOrEqual(before.blocks.length - 3);
    expect(after.blocks.at(-1)?.raw).toBe('One more.');
  });

  it('begins anew with a text that does not go on from the one before', () => {
    const before = readBlocks(noBlocks, '# One\n\nTwo.\n\nThree.');
    const after = readBlocks(before, 'Something else.');

    expect(after.blocks.map(({ raw }) => raw)).toEqual(['Something else.']);
  });

  it('loses nothing of a text that nests deeper than can be read', () => {
    const text = `${'>'.repeat(100_000)} deep`;

    expect(
      readBlocks(noBlocks, text)
        .blocks.map(({ raw }) => raw)
        .join(''),
    ).toBe(text);
  });
});
