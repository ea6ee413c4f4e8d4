import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Rounds of tool calls: a row for each call of a round that is open, and how many rounds a run has had. */
export class ToolRounds1795222800000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE runs ADD COLUMN depth integer NOT NULL DEFAULT 0`);
    await runner.query(`
      CREATE TABLE tool_calls (
        context_id text NOT NULL,
        run_id text NOT NULL,
        position integer NOT NULL,
        tool_call_id text NOT NULL,
        tool_name text NOT NULL,
        server_name text,
        original_name text,
        arguments text NOT NULL,
        request_message_id text NOT NULL,
        result_message_id text,
        status text NOT NULL,
        is_repeatable integer NOT NULL,
        attempts integer NOT NULL,
        ends_by bigint NOT NULL,
        decided_by text,
        outcome text,
        PRIMARY KEY (context_id, run_id, position)
      ) WITHOUT ROWID`);
    await runner.query(`CREATE INDEX tool_calls_by_end ON tool_calls (ends_by)`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TABLE tool_calls`);
    await runner.query(`ALTER TABLE runs DROP COLUMN depth`);
  }
}
