import type { ContextView } from '@pullcord/client';
import { useEffect, useState } from 'react';
import { keep, readKept } from '../../kept.js';
import { keepUnsent, readUnsent } from './unsent.js';

/** The contexts that this page has shown: what they send from then on is in its own memory. */
const shown = new Set<string>();

/**
 * What was begun to be written, for each context by itself. After a reload it is still there, behind what was on its way to
 * the server and did not arrive.
 */
export function useDraft(view: ContextView): readonly [string, (draft: string) => void] {
  const key = `pullcord.draft.${view.id}`;
  const [draft, setDraft] = useState(() => {
    const begun = readKept('session', key) ?? '';
    const unsent = shown.has(view.id) ? [] : readUnsent(view);
    return [...unsent, ...(begun === '' ? [] : [begun])].join('\n\n');
  });
  const write = (text: string): void => {
    setDraft(text);
    keep('session', key, text === '' ? undefined : text);
  };
  // In this order, so that what was put back is never kept nowhere.
  useEffect(() => {
    shown.add(view.id);
    write(draft);
  }, []);
  useEffect(() => keepUnsent(view), [view.id, view.outgoing]);
  return [draft, write];
}
