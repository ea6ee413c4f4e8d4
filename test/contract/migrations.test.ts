// The schema: its two ladders, the entities that speak of it, and the indexes that every pull goes by.
import 'reflect-metadata';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { DataSource, QueryRunner } from 'typeorm';
import { afterAll, describe, expect, it } from 'vitest';
import * as postgresMigrations from '../../migrations/postgres/index.js';
import * as sqliteMigrations from '../../migrations/sqlite/index.js';
import { entities } from '../../src/entities.js';
import { IdempotencyKeyEntity } from '../../src/storage/idempotency-key.entity.js';
import { openPostgres } from '../../src/storage/postgres/open-postgres.js';
import { openSqlite } from '../../src/storage/sqlite/open-sqlite.js';
import { freshDatabase } from '../support/databases.js';

const ladders = { sqlite: sqliteMigrations, postgres: postgresMigrations };
const all = [...entities, IdempotencyKeyEntity];
const closings: (() => Promise<void>)[] = [];
afterAll(async () => {
  for (const close of closings) await close();
});

async function migrated(dialect: keyof typeof ladders): Promise<DataSource> {
  if (dialect === 'sqlite') {
    const dataDir = mkdtempSync(join(tmpdir(), 'pullcord-ladder-'));
    const files = await openSqlite({ dataDir, synchronous: 'NORMAL', checkpointPages: 1000, entities: all });
    closings.push(async () => {
      await files.close(false);
      rmSync(dataDir, { recursive: true });
    });
    return files.orm;
  }
  const { url, drop } = await freshDatabase();
  const { orm } = await openPostgres({ url, poolSize: 2, lockMs: 5000, entities: all });
  closings.push(async () => {
    await orm.destroy();
    await drop();
  });
  return orm;
}

const withRunner = async <Answer>(
  orm: DataSource,
  work: (runner: QueryRunner) => Promise<Answer>,
): Promise<Answer> => {
  const runner = orm.createQueryRunner();
  try {
    return await work(runner);
  } finally {
    await runner.release();
  }
};

/** Every table with its columns, in a form that both dialects share. */
const shapeOf = (orm: DataSource): Promise<Record<string, string[]>> =>
  withRunner(orm, async (runner) => {
    const names = [...all.map((entity) => orm.getMetadata(entity).tableName), 'migrations'];
    const tables = await runner.getTables(names);
    return Object.fromEntries(
      tables.map((table) => [
        table.name.replace(/^public\./, ''),
        table.columns.map(({ name, isNullable }) => `${name}${isNullable ? '?' : ''}`).sort(),
      ]),
    );
  });

describe('the migrations', () => {
  it('have the same dated names in both folders, and every file is listed', () => {
    const filesOf = (dialect: string): string[] =>
      readdirSync(fileURLToPath(new URL(`../../migrations/${dialect}`, import.meta.url)))
        .filter((name) => name !== 'index.ts')
        .sort();
    expect(filesOf('postgres')).toEqual(filesOf('sqlite'));
    expect(filesOf('sqlite').filter((name) => !/^\d{4}-\d\d-\d\d-[a-z0-9-]+\.ts$/.test(name))).toEqual([]);
    expect(Object.keys(ladders.postgres)).toEqual(Object.keys(ladders.sqlite));
    expect(Object.keys(ladders.sqlite)).toHaveLength(filesOf('sqlite').length);
  });

  it('make the same tables on both dialects', async () => {
    const [sqlite, postgres] = [
      await shapeOf(await migrated('sqlite')),
      await shapeOf(await migrated('postgres')),
    ];
    const ours = ({ migrations: _, ...tables }: Record<string, string[]>): Record<string, string[]> => tables;
    expect(Object.keys(ours(sqlite)).length).toBe(all.length);
    expect(ours(postgres)).toEqual(ours(sqlite));
  });
});

describe.each(['sqlite', 'postgres'] as const)('the ladder of %s', (dialect) => {
  it('goes up from an empty database, and down again to one', async () => {
    const orm = await migrated(dialect);
    const count = Object.keys(ladders[dialect]).length;
    const applied = async (): Promise<number> =>
      (await withRunner(orm, (runner) => runner.query(`SELECT name FROM migrations`))).length;
    expect(await applied()).toBe(count);
    for (let n = 0; n < count; n++) await orm.undoLastMigration();
    expect(await applied()).toBe(0);
    expect(Object.keys(await shapeOf(orm))).toEqual(['migrations']);
    await orm.runMigrations();
    expect(await applied()).toBe(count);
  });

  it('leads to what the entities say: there is nothing left to change', async () => {
    const orm = await migrated(dialect);
    const { upQueries } = await orm.driver.createSchemaBuilder().log();
    expect(upQueries.map(({ query }) => query)).toEqual([]);
  });
});
