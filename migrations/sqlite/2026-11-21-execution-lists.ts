import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Executions of a context are listed newest first: the index has them in that order. */
export class ExecutionLists1795231400000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP INDEX workflow_executions_by_context`);
    await runner.query(
      `CREATE INDEX workflow_executions_by_context ON workflow_executions (context_id, run_id)`,
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP INDEX workflow_executions_by_context`);
    await runner.query(`CREATE INDEX workflow_executions_by_context ON workflow_executions (context_id)`);
  }
}
