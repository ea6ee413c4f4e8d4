import type { FullText, Match, Phrase, Wanted } from '../full-text.js';

const quoted = ({ words, isPrefix }: Phrase): string => `"${words.join(' ')}"${isPrefix ? ' *' : ''}`;

/** A query as FTS5 takes it (sqlite.org/fts5.html#full_text_query_syntax). */
function query({ tags, all, none }: Wanted): string {
  const tagged = tags.length > 0 ? [`{tags} : (${tags.map((tag) => `"${tag}"`).join(' AND ')})`] : [];
  const worded = all.length > 0 ? [`{terms} : (${all.map(quoted).join(' AND ')})`] : [];
  const without = none.length > 0 ? ` NOT {terms} : (${none.map(quoted).join(' OR ')})` : '';
  return `(${[...tagged, ...worded].join(' AND ')})${without}`;
}

/** `search_terms` is a table of FTS5 that holds the index alone. Its tokenizer divides at spaces: the words are ready. */
export const sqliteFullText: FullText = {
  add: async (tx, id, { tags, words }) => {
    // A number is bound as a float, which FTS5 takes for no rowid.
    const sql = `INSERT INTO search_terms (rowid, tags, terms) VALUES (CAST(? AS bigint), ?, ?)`;
    await tx.run(sql, id, tags.join(' '), words.join(' '));
  },
  match: (wanted): Match => ({
    column: `-bm25(search_terms, 0.0, 1.0) AS score`,
    condition: { sql: 'search_terms MATCH ?', params: [query(wanted)] },
    score: { sql: 'score', params: [] },
  }),
};
