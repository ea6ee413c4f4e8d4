// Light, dark, or as the reader's system has it; remembered in this browser.
import { useSyncExternalStore } from 'react';
import { keep, readKept } from '../kept.js';

export type Theme = 'system' | 'light' | 'dark';

const key = 'pullcord.theme';
const order: readonly Theme[] = ['system', 'light', 'dark'];
const listeners = new Set<() => void>();

const keptTheme = (): Theme => {
  const kept = readKept('local', key);
  return order.find((each) => each === kept) ?? 'system';
};

let theme = keptTheme();
const readTheme = (): Theme => theme;

/** Sets what the style sheet goes by. Called once before anything is drawn, so that nothing flashes. */
export function applyTheme(): void {
  if (theme === 'system') delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
}

function setTheme(next: Theme): void {
  theme = next;
  applyTheme();
  for (const listener of listeners) listener();
}

/** System, light, dark, and round again. */
export function nextTheme(): void {
  setTheme(order[(order.indexOf(theme) + 1) % order.length] ?? 'system');
  keep('local', key, theme);
}

/** Follows what another tab chooses, too. */
function onTheme(listener: () => void): () => void {
  const heard = (event: StorageEvent): void => {
    if (event.key === key) setTheme(keptTheme());
  };
  listeners.add(listener);
  window.addEventListener('storage', heard);
  return () => {
    listeners.delete(listener);
    window.removeEventListener('storage', heard);
  };
}

export const useTheme = (): Theme => useSyncExternalStore(onTheme, readTheme);
