import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { code, folded, plain, quoted } from './safe-format.js';

/** What could begin HTML, outside of the code that surely is code. */
const tag = /<[a-z/!?]/i;

describe('a text in a document', () => {
  it('keeps code in a fence as it was written, and ends it with the text', () => {
    expect(quoted('Look:\n```html\n<b>&amp;</b>')).toBe('> Look:\n> ```html\n> <b>&amp;</b>\n> ```');
  });

  it('is no HTML outside of code', () => {
    expect(quoted('<script>x</script> a < b')).toBe('> &lt;script>x&lt;/script> a < b');
    expect(quoted('&lt;b&gt;')).toBe('> &amp;lt;b&amp;gt;');
    expect(quoted('`<b>`')).toBe('> `&lt;b>`');
  });

  it.each([
    ['a fence in a list', '- a\n  ```\nx\n```\n<script>\n```\n<script>'],
    ['a fence in a quote', '> ```\n```\n<script>'],
    ['a fence with backticks in its words', '``` a`b\n<script>'],
    ['a shorter end', '````\n```\n````\n<script>'],
    ['another end', '~~~\n```\n~~~\n<script>'],
    ['lines that end otherwise', '```\r<script>\r```\r<script>'],
  ])('has no way out by %s', (_, text) => {
    const lines = quoted(text).split('\n');
    expect(lines.at(-1)).not.toMatch(tag);
    expect(lines.every((line) => line.startsWith('>'))).toBe(true);
  });

  it('stays in its quote, whatever it is', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom('`', '~', '<', 'b', '\n', ' ', '-', '>', '&', '\r') }),
        (text) => {
          for (const line of quoted(text).split('\n')) expect(line).toMatch(/^>/);
        },
      ),
    );
  });

  it('runs no script by a link', () => {
    expect(quoted('[x](javascript:alert(1))')).toBe('> [x](unsafe-javascript:alert(1))');
    expect(quoted('[x](java&#115;cript:alert(1))')).toBe('> [x](java&amp;#115;cript:alert(1))');
  });
});

it('puts code into a fence that is longer than any inside', () => {
  expect(code('```\n````x', 'ts')).toBe('`````ts\n```\n````x\n`````');
  expect(code('a', 'ts\n```')).toBe('```\na\n```');
});

it('shows a title as it is', () => {
  expect(plain('# *a* <b>\n[c](d)')).toBe('\\# \\*a\\* &lt;b\\> \\[c\\]\\(d\\)');
  expect(folded('</summary><script>', 'x')).toContain('<summary>&lt;/summary&gt;&lt;script&gt;</summary>');
});
