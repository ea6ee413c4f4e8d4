import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The same tables as on SQLite, under the same names. */
export class FirstSchema1795219200000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE contexts (
        id text NOT NULL PRIMARY KEY,
        owner text NOT NULL,
        title text,
        title_folded text,
        title_source text,
        config text NOT NULL,
        state_type text NOT NULL,
        state text NOT NULL,
        is_archived integer NOT NULL,
        active_branch text NOT NULL,
        revision bigint NOT NULL,
        created_at bigint NOT NULL,
        updated_at bigint NOT NULL
      )`);
    await runner.query(`CREATE INDEX contexts_by_activity ON contexts (owner, is_archived, updated_at, id)`);
    await runner.query(`CREATE INDEX contexts_by_state ON contexts (owner, state_type, updated_at, id)`);
    await runner.query(`
      CREATE TABLE branches (
        context_id text NOT NULL,
        id text NOT NULL,
        name text NOT NULL,
        parent_branch text,
        fork_depth integer NOT NULL,
        head_message_id text,
        head_depth integer NOT NULL,
        created_at bigint NOT NULL,
        PRIMARY KEY (context_id, id)
      )`);
    await runner.query(`
      CREATE TABLE messages (
        context_id text NOT NULL,
        id text NOT NULL,
        branch text NOT NULL,
        depth integer NOT NULL,
        parent_id text,
        role text NOT NULL,
        kind text NOT NULL,
        status text NOT NULL,
        revision bigint NOT NULL,
        created_at bigint NOT NULL,
        final_sequence bigint,
        finish_reason text,
        metadata text NOT NULL,
        data text NOT NULL,
        PRIMARY KEY (context_id, id)
      )`);
    await runner.query(`CREATE UNIQUE INDEX messages_by_revision ON messages (context_id, revision)`);
    await runner.query(`CREATE UNIQUE INDEX messages_by_place ON messages (context_id, branch, depth)`);
    await runner.query(`
      CREATE TABLE open_streams (
        message_id text NOT NULL PRIMARY KEY,
        context_id text NOT NULL,
        run_id text,
        sequence bigint NOT NULL,
        bytes bigint NOT NULL,
        started_at bigint NOT NULL,
        appended_at bigint NOT NULL
      )`);
    await runner.query(`CREATE UNIQUE INDEX open_streams_by_context ON open_streams (context_id)`);
    await runner.query(`
      CREATE TABLE chunks (
        message_id text NOT NULL,
        sequence bigint NOT NULL,
        kind text NOT NULL,
        tool_call_id text,
        delta text NOT NULL,
        created_at bigint NOT NULL,
        PRIMARY KEY (message_id, sequence)
      )`);
    await runner.query(`
      CREATE TABLE chunk_blocks (
        message_id text NOT NULL,
        first_sequence bigint NOT NULL,
        last_sequence bigint NOT NULL,
        chunks text NOT NULL,
        PRIMARY KEY (message_id, first_sequence)
      )`);
    await runner.query(`
      CREATE TABLE compactions (
        message_id text NOT NULL PRIMARY KEY,
        due_at bigint NOT NULL
      )`);
    await runner.query(`CREATE INDEX compactions_by_due ON compactions (due_at)`);
    await runner.query(`
      CREATE TABLE runs (
        id text NOT NULL PRIMARY KEY,
        context_id text NOT NULL,
        branch text NOT NULL,
        kind text NOT NULL,
        status text NOT NULL,
        message_id text,
        model text,
        input text,
        lease_owner text,
        lease_until bigint NOT NULL,
        error text,
        created_at bigint NOT NULL,
        ended_at bigint
      )`);
    await runner.query(`CREATE INDEX runs_by_context ON runs (context_id, status, id)`);
    await runner.query(`CREATE INDEX runs_by_status ON runs (status, lease_until, id)`);
    await runner.query(`
      CREATE TABLE idempotency_keys (
        owner text NOT NULL,
        key text NOT NULL,
        fingerprint text NOT NULL,
        answer text,
        created_at bigint NOT NULL,
        PRIMARY KEY (owner, key)
      )`);
    await runner.query(`CREATE INDEX idempotency_keys_by_age ON idempotency_keys (created_at)`);
  }

  async down(runner: QueryRunner): Promise<void> {
    const tables = [
      'idempotency_keys',
      'runs',
      'compactions',
      'chunk_blocks',
      'chunks',
      'open_streams',
      'messages',
      'branches',
      'contexts',
    ];
    for (const table of tables) await runner.query(`DROP TABLE ${table}`);
  }
}
