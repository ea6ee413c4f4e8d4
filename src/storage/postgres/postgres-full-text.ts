import type { FullText, Match, Phrase, Wanted } from '../full-text.js';

/** Tags are among the words of a text; no word begins so. */
const tagged = (tag: string): string => `'#${tag}'`;

function phrased({ words, isPrefix }: Phrase): string {
  const chain = words.map((word) => `'${word}'`).join(' <-> ');
  return `(${chain}${isPrefix ? ':*' : ''})`;
}

/** A query as `tsquery` takes it (PostgreSQL §8.11.2). */
const query = ({ tags, all, none }: Wanted): string =>
  [...tags.map(tagged), ...all.map(phrased), ...none.map((phrase) => `!${phrased(phrase)}`)].join(' & ');

/** The tags count for nothing in the score; without words there is none. */
const scored = (all: readonly Phrase[]): string => (all.length > 0 ? all.map(phrased).join(' & ') : `'#'`);

/** Each word with its places, as `tsvector` takes them: no parser of PostgreSQL's divides them again. */
function vector(tags: readonly string[], words: readonly string[]): string {
  const places = new Map<string, number[]>();
  for (const [index, word] of words.entries()) {
    const known = places.get(word);
    if (known) known.push(index + 1);
    else places.set(word, [index + 1]);
  }
  return [...tags.map(tagged), ...[...places].map(([word, at]) => `'${word}':${at.join()}`)].join(' ');
}

/** `search_terms` is a table of a number and a `tsvector`, with a GIN index. */
export const postgresFullText: FullText = {
  add: async (tx, id, { tags, words }) => {
    await tx.run(`INSERT INTO search_terms (rowid, terms) VALUES (?, ?::tsvector)`, id, vector(tags, words));
  },
  match: (wanted): Match => ({
    column: 'search_terms.terms AS terms',
    condition: { sql: 'search_terms.terms @@ ?::tsquery', params: [query(wanted)] },
    // Divided by the logarithm of the length, and only for those that are ranked.
    score: { sql: 'ts_rank(terms, ?::tsquery, 1)', params: [scored(wanted.all)] },
  }),
};
