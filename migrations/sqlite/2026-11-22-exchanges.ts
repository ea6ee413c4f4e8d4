import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Calls to models that are recorded in contexts, and what they leave beside messages and chunks. */
export class Exchanges1795309200000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE exchanges (
        run_id text NOT NULL PRIMARY KEY,
        context_id text NOT NULL,
        message_id text NOT NULL,
        after_id text,
        last_message_id text,
        dialect text NOT NULL,
        request text NOT NULL,
        history_at integer,
        raw text NOT NULL,
        created_at bigint NOT NULL
      ) WITHOUT ROWID`);
    await runner.query(`CREATE INDEX exchanges_by_context ON exchanges (context_id, run_id)`);
    await runner.query(`
      CREATE TABLE exchange_parts (
        context_id text NOT NULL,
        run_id text NOT NULL,
        position integer NOT NULL,
        after_sequence bigint NOT NULL,
        part text NOT NULL,
        PRIMARY KEY (context_id, run_id, position)
      ) WITHOUT ROWID`);
    await runner.query(`
      CREATE TABLE exchange_items (
        context_id text NOT NULL,
        message_id text NOT NULL,
        run_id text,
        is_output integer NOT NULL,
        prompt text,
        raw text,
        PRIMARY KEY (context_id, message_id)
      ) WITHOUT ROWID`);
    await runner.query(
      `CREATE INDEX exchange_items_by_run ON exchange_items (context_id, run_id, message_id)`,
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TABLE exchange_items`);
    await runner.query(`DROP TABLE exchange_parts`);
    await runner.query(`DROP TABLE exchanges`);
  }
}
