import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What the devices of an owner share: open tabs, the state of the interface, preferences. */
export class Sessions1795231000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE sessions (
        owner text NOT NULL PRIMARY KEY,
        tabs text NOT NULL,
        active_context_id text,
        ui_state text NOT NULL,
        preferences text NOT NULL,
        revision bigint NOT NULL,
        updated_at bigint NOT NULL
      ) WITHOUT ROWID`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TABLE sessions`);
  }
}
