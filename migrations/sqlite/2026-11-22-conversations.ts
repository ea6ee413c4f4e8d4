import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What the callers of the gateway keep with a context. */
export class Conversations1795309300000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(
      `CREATE TABLE conversations (context_id text NOT NULL PRIMARY KEY, metadata text NOT NULL) WITHOUT ROWID`,
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TABLE conversations`);
  }
}
