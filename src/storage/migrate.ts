import type { DataSource } from 'typeorm';
import { StartRefused } from '../kernel/start-refused.js';

// A class with any constructor: TypeORM makes entities without arguments.
export type EntityClass = new () => object;

/** Brings the schema up to date. A database written by a newer version is refused before anything is touched. */
export async function migrate(orm: DataSource): Promise<void> {
  const runner = orm.createQueryRunner();
  try {
    if (await runner.hasTable('migrations')) await refuseNewer(orm, await appliedNames());
  } finally {
    await runner.release();
  }
  await orm.runMigrations({ transaction: 'all' });

  async function appliedNames(): Promise<string[]> {
    const rows = (await runner.query(`SELECT name FROM migrations`)) as { name: string }[];
    return rows.map((row) => row.name);
  }
}

async function refuseNewer(orm: DataSource, applied: readonly string[]): Promise<void> {
  const known = new Set(orm.migrations.map((migration) => migration.name ?? migration.constructor.name));
  const unknown = applied.find((name) => !known.has(name));
  if (unknown)
    throw new StartRefused(
      `The database was written by a newer version (migration ${unknown} is unknown here).`,
    );
}
