import { useEffect, useEffectEvent } from 'react';
import { findShortcut, type ShortcutName } from './shortcuts.js';

/** Listens for as long as the component is there. Nothing is done while a dialog or a menu is open. */
export function useShortcuts(actions: Readonly<Record<ShortcutName, () => void>>): void {
  const press = useEffectEvent((event: KeyboardEvent) => {
    if (event.defaultPrevented || event.isComposing || event.repeat) return;
    if (document.querySelector('dialog[open], :popover-open')) return;
    const { key, ctrlKey, metaKey, altKey } = event;
    const name = findShortcut({ key, ctrlKey, metaKey, altKey, isTyping: isTyping(event.target) });
    if (!name) return;
    event.preventDefault();
    actions[name]();
  });
  useEffect(() => {
    document.addEventListener('keydown', press);
    return () => document.removeEventListener('keydown', press);
  }, []);
}

const isTyping = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement &&
  (target.isContentEditable || target.matches('textarea, select, input:not([type="checkbox"])'));
