import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The same table as on SQLite, under the same name. */
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
      )`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TABLE sessions`);
  }
}
