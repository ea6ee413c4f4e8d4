import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The time to live of a context that has one of its own, and an index of when it is over. Others cost it nothing. */
export class ContextTtl1795231150000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE contexts ADD COLUMN ttl_ms bigint`);
    await runner.query(
      `CREATE INDEX contexts_by_ttl ON contexts (updated_at + ttl_ms) WHERE ttl_ms IS NOT NULL`,
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP INDEX contexts_by_ttl`);
    await runner.query(`ALTER TABLE contexts DROP COLUMN ttl_ms`);
  }
}
