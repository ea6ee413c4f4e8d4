import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Deleted contexts that can still come back, and a line for each deletion. */
export class DeletedContexts1795231100000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE deleted_contexts (
        id text NOT NULL PRIMARY KEY,
        owner text NOT NULL,
        context text NOT NULL,
        reason text NOT NULL,
        deleted_at bigint NOT NULL,
        purge_at bigint NOT NULL
      ) WITHOUT ROWID`);
    await runner.query(`CREATE INDEX deleted_contexts_by_time ON deleted_contexts (owner, deleted_at, id)`);
    await runner.query(`CREATE INDEX deleted_contexts_by_purge ON deleted_contexts (purge_at)`);
    await runner.query(`
      CREATE TABLE audit_log (
        id text NOT NULL PRIMARY KEY,
        owner text NOT NULL,
        actor text NOT NULL,
        action text NOT NULL,
        context_id text,
        facts text NOT NULL,
        created_at bigint NOT NULL
      ) WITHOUT ROWID`);
    await runner.query(`CREATE INDEX audit_log_by_owner ON audit_log (owner, id)`);
    await runner.query(`CREATE INDEX audit_log_by_age ON audit_log (created_at)`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TABLE audit_log`);
    await runner.query(`DROP TABLE deleted_contexts`);
  }
}
