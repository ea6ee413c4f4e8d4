import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Instructions that contexts name, with all that they have said. */
export class SystemPrompts1795230810000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE system_prompts (
        id text NOT NULL PRIMARY KEY,
        owner text NOT NULL,
        name text NOT NULL,
        description text,
        version integer NOT NULL,
        revision integer NOT NULL,
        created_at bigint NOT NULL,
        updated_at bigint NOT NULL
      ) WITHOUT ROWID`);
    await runner.query(`CREATE INDEX system_prompts_by_owner ON system_prompts (owner, created_at, id)`);
    await runner.query(`
      CREATE TABLE system_prompt_versions (
        prompt_id text NOT NULL,
        version integer NOT NULL,
        content text NOT NULL,
        variables text NOT NULL,
        created_at bigint NOT NULL,
        PRIMARY KEY (prompt_id, version)
      ) WITHOUT ROWID`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TABLE system_prompt_versions`);
    await runner.query(`DROP TABLE system_prompts`);
  }
}
