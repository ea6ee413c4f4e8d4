import { useCallback, useEffect, useState } from 'react';
import { PullcordError } from '@pullcord/client';
import { searchMessages, type SearchResult } from '@pullcord/client/api';
import { usePullcord } from '@pullcord/client/react';

export interface SearchView {
  readonly status: 'searching' | 'found' | 'failed';
  readonly results: readonly SearchResult[];
  readonly total: number;
  readonly problem?: string;
  readonly nextCursor: string | null;
}

const fresh: SearchView = { status: 'searching', results: [], total: 0, nextCursor: null };

/** What is found for the words, as they are now; and how to get the next page of it. */
export function useSearch(words: string): SearchView & { readonly more: () => void } {
  const { api: client } = usePullcord();
  const [view, setView] = useState(fresh);
  const [cursor, setCursor] = useState<string>();
  useEffect(() => {
    setView(fresh);
    setCursor(undefined);
  }, [words]);
  useEffect(() => {
    const abort = new AbortController();
    const query = { q: words, ...(cursor ? { cursor } : {}) };
    searchMessages({ client, query, signal: abort.signal })
      .then(({ data }) => {
        if (abort.signal.aborted) return;
        setView((before) => ({
          status: 'found',
          results: cursor ? [...before.results, ...data.results] : data.results,
          total: data.total,
          nextCursor: data.next_cursor,
        }));
      })
      .catch((error: unknown) => {
        if (abort.signal.aborted) return;
        setView((before) => ({ ...before, status: 'failed', problem: reasonOf(error) }));
      });
    return () => abort.abort();
  }, [client, words, cursor]);
  const more = useCallback(() => setCursor(view.nextCursor ?? undefined), [view.nextCursor]);
  return { ...view, more };
}

const reasonOf = (error: unknown): string =>
  error instanceof PullcordError ? error.problem.detail : 'The search did not get through.';
