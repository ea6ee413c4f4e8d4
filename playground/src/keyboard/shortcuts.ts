// The keys that do something anywhere on the page. Pure.

export type ShortcutName = 'new' | 'search' | 'write' | 'previous' | 'next' | 'signals' | 'theme' | 'help';

export interface Shortcut {
  readonly name: ShortcutName;
  readonly key: string;
  readonly does: string;
}

export const shortcuts: readonly Shortcut[] = [
  { name: 'new', key: 'n', does: 'Begin a conversation' },
  { name: 'search', key: '/', does: 'Search' },
  { name: 'write', key: 'm', does: 'Write a message' },
  { name: 'previous', key: 'k', does: 'The conversation above' },
  { name: 'next', key: 'j', does: 'The conversation below' },
  { name: 'signals', key: 's', does: 'Show or hide signals and pulls' },
  { name: 'theme', key: 't', does: 'Another theme' },
  { name: 'help', key: '?', does: 'Show these keys' },
];

export interface KeyPress {
  readonly key: string;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  readonly altKey: boolean;
  /** Whether letters go into a field. */
  readonly isTyping: boolean;
}

/** What a key asks for; nothing while one types. Ctrl or ⌘ with K searches, even then. */
export function findShortcut(press: KeyPress): ShortcutName | undefined {
  const key = press.key.toLowerCase();
  if (press.ctrlKey !== press.metaKey && !press.altKey && key === 'k') return 'search';
  if (press.isTyping || press.ctrlKey || press.metaKey || press.altKey) return undefined;
  return shortcuts.find((shortcut) => shortcut.key === key)?.name;
}
