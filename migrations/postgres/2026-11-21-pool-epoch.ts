import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Tells the messages of a pool that are kept at hand from others that had the same ids. */
export class PoolEpoch1795230000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE contexts ADD COLUMN pool_epoch bigint NOT NULL DEFAULT 0`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE contexts DROP COLUMN pool_epoch`);
  }
}
