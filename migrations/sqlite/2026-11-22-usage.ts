import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What calls to models have used, by owner, day, context, model and purpose. */
export class Usage1795305600000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE usage (
        owner text NOT NULL,
        day text NOT NULL,
        context_id text NOT NULL,
        model text NOT NULL,
        purpose text NOT NULL,
        provider text NOT NULL,
        requests bigint NOT NULL,
        estimated_requests bigint NOT NULL,
        unpriced_requests bigint NOT NULL,
        prompt_tokens bigint NOT NULL,
        cached_tokens bigint NOT NULL,
        cache_write_tokens bigint NOT NULL,
        completion_tokens bigint NOT NULL,
        reasoning_tokens bigint NOT NULL,
        cost_micros bigint NOT NULL,
        PRIMARY KEY (owner, day, context_id, model, purpose)
      ) WITHOUT ROWID`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TABLE usage`);
  }
}
