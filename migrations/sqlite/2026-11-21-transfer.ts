import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Imports under way: what they have written of a context that is not there yet. A message's id is nobody else's, also
 * where it came from a file: chunks are found by it alone.
 */
export class Transfer1795231300000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE imports (
        id text NOT NULL PRIMARY KEY,
        lease_until bigint NOT NULL
      ) WITHOUT ROWID`);
    await runner.query(`CREATE INDEX imports_by_lease ON imports (lease_until)`);
    await runner.query(`
      CREATE TABLE imported_contexts (
        context_id text NOT NULL PRIMARY KEY,
        import_id text NOT NULL,
        context text NOT NULL
      ) WITHOUT ROWID`);
    await runner.query(`CREATE INDEX imported_contexts_by_import ON imported_contexts (import_id)`);
    await runner.query(`CREATE UNIQUE INDEX messages_by_id ON messages (id)`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP INDEX messages_by_id`);
    await runner.query(`DROP TABLE imported_contexts`);
    await runner.query(`DROP TABLE imports`);
  }
}
