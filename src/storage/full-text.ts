import type { SqlValue, Tx } from './tx.js';

/** Words that stand one after the other; most phrases are a single one. The last may be the beginning of a word. */
export interface Phrase {
  readonly words: readonly string[];
  readonly isPrefix: boolean;
}

/** What a text must have to be found: a tag or a phrase at least. Words and tags are letters, digits and marks alone. */
export interface Wanted {
  readonly tags: readonly string[];
  readonly all: readonly Phrase[];
  readonly none: readonly Phrase[];
}

export interface Fragment {
  readonly sql: string;
  readonly params: readonly SqlValue[];
}

/** Parts of a SELECT from `search_terms`, whose `rowid` is the text's number. */
export interface Match {
  /** What the score is made of: a column in the query that has the condition. */
  readonly column: string;
  readonly condition: Fragment;
  /** Higher is better; outside of that query, from its column. */
  readonly score: Fragment;
}

/** The index that each dialect has for texts. Which texts there are, what a word is, and what tags say is up to its room. */
export interface FullText {
  add(
    tx: Tx,
    id: number,
    text: { readonly tags: readonly string[]; readonly words: readonly string[] },
  ): Promise<void>;
  match(wanted: Wanted): Match;
}

/** Removes texts; `ids` selects their numbers. The same on both dialects. */
export const removeTexts = (ids: string): string => `DELETE FROM search_terms WHERE rowid IN (${ids})`;
