// GET /search, in one line per call.
import { body } from './api.js';
import type { Caller } from './http.js';

export interface Result {
  readonly context_id: string;
  readonly context_title: string | null;
  readonly message_id: string;
  readonly branch: string;
  readonly role: string;
  readonly kind: string;
  readonly model: string | null;
  readonly created_at: string;
  readonly score: number;
  readonly snippets: readonly {
    readonly text: string;
    readonly highlights: readonly { readonly start: number; readonly end: number }[];
  }[];
}

export interface Results {
  readonly results: readonly Result[];
  readonly next_cursor: string | null;
  readonly total: number;
  readonly is_total_exact: boolean;
  readonly is_complete: boolean;
}

export const search = async (api: Caller, query: Record<string, string>): Promise<Results> =>
  body(await api.get<Results>(`/search?${new URLSearchParams(query)}`));

/** The messages that are found, at most fifty. */
export const found = async (api: Caller, query: Record<string, string>): Promise<string[]> =>
  (await search(api, { limit: '50', ...query })).results.map(({ message_id }) => message_id);
