import { describe, expect, it } from 'vitest';
import { safeText } from './safe-text.js';

describe('a safe text', () => {
  it.each([
    ['plain words stay', 'plain words stay'],
    ['The model gpt-4o-mini-2024-07-18 does not exist', 'The model gpt-4o-mini-2024-07-18 does not exist'],
    ['one\n\ttwo\u0000\u001b[31m three', 'one two [31m three'],
    ['right\u202eto left', 'right to left'],
    ['see https://user:pw@host/path?key=1 now', 'see [url] now'],
    ['from postgres://u:p@db/x', 'from [url]'],
    ['key sk-proj-abc***wxyz is wrong', 'key [key] is wrong'],
    ['AIzaSyA-1234567890abc', '[key]'],
    ['Authorization: Bearer abc.def', 'Authorization: [key]'],
    ['', ''],
  ])('%j becomes %j', (text, safe) => expect(safeText(text)).toBe(safe));

  it('hides what is known to be secret, wherever it is', () => {
    expect(safeText('xhunter2x and hunter2', ['hunter2', ''])).toBe('x[key]x and [key]');
  });

  it('has at most 300 characters, none of them cut in two', () => {
    const safe = safeText('🙂'.repeat(1_000));

    expect([...safe]).toHaveLength(300);
    expect(safe).toBe(`${'🙂'.repeat(299)}…`);
  });
});
