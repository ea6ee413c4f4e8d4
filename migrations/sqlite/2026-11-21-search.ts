import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Which messages can be searched for, the index of their words, and the contexts of before that are still to be indexed. */
export class Search1795230900000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE search_documents (
        id bigint NOT NULL PRIMARY KEY,
        context_id text NOT NULL,
        message_id text NOT NULL,
        created_at bigint NOT NULL
      ) WITHOUT ROWID`);
    await runner.query(
      `CREATE UNIQUE INDEX search_documents_by_message ON search_documents (context_id, message_id)`,
    );
    await runner.query(`
      CREATE VIRTUAL TABLE search_terms USING fts5 (
        tags,
        terms,
        content = '',
        contentless_delete = 1,
        tokenize = 'ascii'
      )`);
    // Every unit leaves a piece of the index. Merging many at once costs less than a few at a time, and a search looks into as many.
    await runner.query(`INSERT INTO search_terms (search_terms, rank) VALUES ('automerge', 16)`);
    await runner.query(`INSERT INTO search_terms (search_terms, rank) VALUES ('crisismerge', 64)`);
    await runner.query(`
      CREATE TABLE search_backlog (
        context_id text NOT NULL PRIMARY KEY,
        before_message text NOT NULL
      ) WITHOUT ROWID`);
    // Also of contexts that are deleted and may come back.
    await runner.query(
      `INSERT INTO search_backlog (context_id, before_message) SELECT DISTINCT context_id, 'z' FROM messages`,
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of ['search_backlog', 'search_terms', 'search_documents'])
      await runner.query(`DROP TABLE ${table}`);
  }
}
