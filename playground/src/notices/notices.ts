// Short messages at the head of the page: what was done, with a way back, or why it was not.
import { useSyncExternalStore } from 'react';
import { PullcordError } from '@pullcord/client';

export interface Notice {
  readonly id: number;
  readonly text: string;
  readonly isProblem: boolean;
  readonly action?: NoticeAction;
}

export interface NoticeAction {
  readonly label: string;
  readonly act: () => void;
}

/** How many stand there at once, and for how long each; the oldest makes way. */
const maxNotices = 3;
const shownMs = 10_000;

let notices: readonly Notice[] = [];
let lastId = 0;
const listeners = new Set<() => void>();

function set(next: readonly Notice[]): void {
  notices = next;
  for (const listener of listeners) listener();
}

export const dismiss = (id: number): void => set(notices.filter((notice) => notice.id !== id));

export function notify(text: string, action?: NoticeAction): void {
  add({ id: ++lastId, text, isProblem: false, ...(action ? { action } : {}) });
}

/** Says why something was not done. */
export function notifyProblem(what: string, error: unknown): void {
  add({ id: ++lastId, text: `${what} ${reasonOf(error)}`, isProblem: true });
}

/** Does it, and says so when it cannot be done. */
export function attempt(what: string, work: () => Promise<unknown>): void {
  work().catch((error: unknown) => notifyProblem(what, error));
}

const reasonOf = (error: unknown): string =>
  error instanceof PullcordError
    ? error.problem.detail
    : error instanceof Error
      ? error.message
      : String(error);

function add(notice: Notice): void {
  set([...notices, notice].slice(-maxNotices));
  setTimeout(() => dismiss(notice.id), shownMs);
}

export const useNotices = (): readonly Notice[] =>
  useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => notices,
  );
