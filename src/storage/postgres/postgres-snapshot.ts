import pg from 'pg';
import * as migrations from '../../../migrations/postgres/index.js';
import { StartRefused } from '../../kernel/start-refused.js';
import { migrationNames, refuseOtherSchema, type Snapshot } from '../snapshot.js';
import { PostgresReads } from './postgres-database.js';
import { reasonOf } from './postgres-errors.js';

const bigint = 20;

/** Numbers as the server reads them: a bigint of ours is never past the safe integers. */
const types: pg.CustomTypesConfig = {
  getTypeParser: (oid: number, format?: 'text' | 'binary'): unknown =>
    oid === bigint ? Number : pg.types.getTypeParser(oid, format),
};

/** A view of a PostgreSQL database: one transaction that only reads. */
export async function openPostgresSnapshot(url: string): Promise<Snapshot> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5000, types });
  // A connection that is lost while nobody waits for an answer: the next query says so.
  client.on('error', () => undefined);
  try {
    await client.connect();
  } catch (error) {
    throw new StartRefused(`PostgreSQL at DATABASE_URL cannot be reached: ${reasonOf(error)}.`);
  }
  try {
    await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
    refuseOtherSchema(await appliedNames(client), migrationNames(migrations));
  } catch (error) {
    await client.end();
    throw error;
  }
  return { reads: new PostgresReads(client), integrity: () => [], close: () => client.end() };
}

async function appliedNames(client: pg.Client): Promise<string[]> {
  const found = await client.query<{ has: boolean }>(`SELECT to_regclass('migrations') IS NOT NULL AS has`);
  if (!found.rows[0]?.has) return [];
  const { rows } = await client.query<{ name: string }>(`SELECT name FROM migrations`);
  return rows.map((row) => row.name);
}
