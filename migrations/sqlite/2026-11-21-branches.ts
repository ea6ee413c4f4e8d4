import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Branches with a config of their own, branches that borrow messages of others, branches that are hidden because others
 * still hang on them, and what has left a pool.
 */
export class Branches1795230600000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE branches ADD COLUMN config text NOT NULL DEFAULT '{}'`);
    await runner.query(`ALTER TABLE branches ADD COLUMN deleted_at bigint`);
    await runner.query(`ALTER TABLE branches ADD COLUMN first_user_depth integer`);
    await runner.query(`
      UPDATE branches SET first_user_depth = (
        WITH RECURSIVE line (id, parent_branch, fork_depth, upto) AS (
          SELECT b.id, b.parent_branch, b.fork_depth, b.head_depth FROM branches b
          WHERE b.context_id = branches.context_id AND b.id = branches.id
          UNION ALL
          SELECT b.id, b.parent_branch, b.fork_depth, line.fork_depth
          FROM line JOIN branches b ON b.context_id = branches.context_id AND b.id = line.parent_branch
        )
        SELECT min(m.depth) FROM line
        JOIN messages m ON m.context_id = branches.context_id AND m.branch = line.id AND m.depth <= line.upto
        WHERE m.role = 'user'
      )`);
    await runner.query(`
      CREATE TABLE branch_parts (
        context_id text NOT NULL,
        branch text NOT NULL,
        depth integer NOT NULL,
        length integer NOT NULL,
        source_branch text NOT NULL,
        source_depth integer NOT NULL,
        PRIMARY KEY (context_id, branch, depth)
      ) WITHOUT ROWID`);
    await runner.query(`
      CREATE TABLE removed_messages (
        context_id text NOT NULL,
        revision bigint NOT NULL,
        id text NOT NULL,
        PRIMARY KEY (context_id, revision)
      ) WITHOUT ROWID`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TABLE removed_messages`);
    await runner.query(`DROP TABLE branch_parts`);
    for (const column of ['first_user_depth', 'deleted_at', 'config'])
      await runner.query(`ALTER TABLE branches DROP COLUMN ${column}`);
  }
}
