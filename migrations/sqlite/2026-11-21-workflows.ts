import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What executions of workflows remember. */
export class Workflows1795226400000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE workflow_executions (
        run_id text NOT NULL PRIMARY KEY,
        context_id text NOT NULL,
        workflow_id text NOT NULL,
        workflow text NOT NULL,
        input text NOT NULL,
        message_id text NOT NULL,
        is_paused integer NOT NULL,
        result text,
        created_at bigint NOT NULL,
        updated_at bigint NOT NULL
      ) WITHOUT ROWID`);
    await runner.query(`CREATE INDEX workflow_executions_by_context ON workflow_executions (context_id)`);
    await runner.query(`
      CREATE TABLE workflow_steps (
        run_id text NOT NULL,
        path text NOT NULL,
        step_id text NOT NULL,
        kind text NOT NULL,
        status text NOT NULL,
        attempts integer NOT NULL,
        output text,
        error text,
        started_at bigint NOT NULL,
        ended_at bigint,
        PRIMARY KEY (run_id, path)
      ) WITHOUT ROWID`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TABLE workflow_steps`);
    await runner.query(`DROP TABLE workflow_executions`);
  }
}
