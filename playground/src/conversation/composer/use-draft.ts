import { useState } from 'react';
import { keep, readKept } from '../../kept.js';

/** What was begun to be written, for each context by itself; it is still there after a reload. */
export function useDraft(contextId: string): readonly [string, (draft: string) => void] {
  const key = `pullcord.draft.${contextId}`;
  const [draft, setDraft] = useState(() => readKept('session', key) ?? '');
  const write = (text: string): void => {
    setDraft(text);
    keep('session', key, text === '' ? undefined : text);
  };
  return [draft, write];
}
