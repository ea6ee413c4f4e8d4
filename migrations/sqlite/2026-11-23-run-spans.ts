import type { MigrationInterface, QueryRunner } from 'typeorm';

/** A run belongs to the trace of the request that asked for it, whichever node executes it, and when. */
export class RunSpans1795395600000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE runs ADD COLUMN trace_parent text`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE runs DROP COLUMN trace_parent`);
  }
}
