import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Pinned messages, and a way to the newest summary of a branch. */
export class Compression1795230700000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE pins (
        context_id text NOT NULL,
        message_id text NOT NULL,
        created_at bigint NOT NULL,
        PRIMARY KEY (context_id, message_id)
      ) WITHOUT ROWID`);
    await runner.query(
      `CREATE INDEX messages_summaries ON messages (context_id, branch, depth) WHERE kind = 'summary'`,
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP INDEX messages_summaries`);
    await runner.query(`DROP TABLE pins`);
  }
}
