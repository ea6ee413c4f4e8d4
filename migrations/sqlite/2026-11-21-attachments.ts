import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Files that users attach: what each owner has, where the bytes are, and which messages refer to them. */
export class Attachments1795231200000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE attachment_files (
        sha256 text NOT NULL PRIMARY KEY,
        path text NOT NULL,
        size_bytes bigint NOT NULL,
        created_at bigint NOT NULL
      ) WITHOUT ROWID`);
    await runner.query(`
      CREATE TABLE attachments (
        id text NOT NULL PRIMARY KEY,
        owner text NOT NULL,
        sha256 text NOT NULL,
        name text NOT NULL,
        mime_type text NOT NULL,
        size_bytes bigint NOT NULL,
        created_at bigint NOT NULL,
        unreferenced_since bigint
      ) WITHOUT ROWID`);
    await runner.query(
      `CREATE UNIQUE INDEX attachments_by_content ON attachments (sha256, owner, name, mime_type)`,
    );
    await runner.query(`CREATE INDEX attachments_by_owner ON attachments (owner, created_at, id)`);
    await runner.query(`CREATE INDEX attachments_unreferenced ON attachments (unreferenced_since)`);
    await runner.query(`
      CREATE TABLE attachment_references (
        context_id text NOT NULL,
        message_id text NOT NULL,
        attachment_id text NOT NULL,
        PRIMARY KEY (context_id, message_id, attachment_id)
      ) WITHOUT ROWID`);
    await runner.query(
      `CREATE INDEX attachment_references_by_attachment ON attachment_references (attachment_id)`,
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TABLE attachment_references`);
    await runner.query(`DROP TABLE attachments`);
    await runner.query(`DROP TABLE attachment_files`);
  }
}
