import type { MigrationInterface, QueryRunner } from 'typeorm';

/** A turn keeps the model that it began with, whatever its context is changed to. */
export class AnsweringModels1795230800000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE runs ADD COLUMN answering_model text`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE runs DROP COLUMN answering_model`);
  }
}
