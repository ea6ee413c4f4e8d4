import { describe, expect, it } from 'vitest';
import { findShortcut, shortcuts, type KeyPress } from './shortcuts.js';

const press = (key: string, more: Partial<KeyPress> = {}): KeyPress => ({
  key,
  ctrlKey: false,
  metaKey: false,
  altKey: false,
  isTyping: false,
  ...more,
});

describe('A key', () => {
  it('has one meaning', () => {
    expect(new Set(shortcuts.map(({ key }) => key)).size).toBe(shortcuts.length);
  });

  it('asks for what the list of keys says', () => {
    for (const { key, name } of shortcuts) expect(findShortcut(press(key))).toBe(name);
  });

  it('is a letter while one types, and the browser’s own with Ctrl, ⌘ or Alt', () => {
    for (const { key } of shortcuts) {
      expect(findShortcut(press(key, { isTyping: true }))).toBeUndefined();
      expect(findShortcut(press(key, { altKey: true }))).toBeUndefined();
    }
    expect(findShortcut(press('n', { ctrlKey: true }))).toBeUndefined();
    expect(findShortcut(press('t', { metaKey: true }))).toBeUndefined();
  });

  it.each([{ ctrlKey: true }, { metaKey: true }])('K with %o searches, even while one types', (held) => {
    expect(findShortcut(press('k', { ...held, isTyping: true }))).toBe('search');
  });
});
