import { Pool, type ClientBase } from 'pg';
import { DataSource } from 'typeorm';
import * as migrations from '../../../migrations/postgres/index.js';
import { StartRefused } from '../../kernel/start-refused.js';
import { heldBy } from '../driver.js';
import { migrate, type EntityClass } from '../migrate.js';
import { reasonOf } from './postgres-errors.js';

export interface PostgresOptions {
  readonly url: string;
  readonly poolSize: number;
  /** How long a unit waits for a row that another one holds. */
  readonly lockMs: number;
  readonly entities: readonly EntityClass[];
}

/** Only one node migrates at a time; the number is ours alone ("Pull" in ASCII). */
const migrationLock = 0x50756c6c;

export async function openPostgres(options: PostgresOptions): Promise<{ orm: DataSource; pool: Pool }> {
  const orm = new DataSource({
    type: 'postgres',
    url: options.url,
    poolSize: options.poolSize,
    parseInt8: true,
    connectTimeoutMS: 5000,
    applicationName: 'pullcord',
    entities: [...options.entities],
    migrations: Object.values(migrations),
    // A connection that dies while idle is replaced by the pool; the next unit that needs one reports the failure.
    poolErrorHandler: () => undefined,
    extra: { onConnect: (client: ClientBase) => limitWaits(client, options.lockMs) },
  });
  try {
    await orm.initialize();
  } catch (error) {
    throw new StartRefused(`PostgreSQL at DATABASE_URL cannot be reached: ${reasonOf(error)}.`);
  }
  await migrateAlone(orm, options.lockMs);
  return { orm, pool: heldBy(orm.driver, 'master', isPool) };
}

/**
 * No unit waits for ever for another's rows, and a node that vanished in the middle of a unit (its connection can
 * outlive it for hours) does not keep them. Not as startup parameters, which connection poolers refuse.
 */
async function limitWaits(client: ClientBase, lockMs: number): Promise<void> {
  // One that is cut while it is being closed has no other listener left, and would end the process.
  client.on('error', () => undefined);
  await client.query(`SET lock_timeout = ${lockMs}; SET idle_in_transaction_session_timeout = ${lockMs}`);
}

async function migrateAlone(orm: DataSource, lockMs: number): Promise<void> {
  const runner = orm.createQueryRunner();
  try {
    // However long another node takes to migrate.
    await runner.query(`SET lock_timeout = 0`);
    await runner.query(`SELECT pg_advisory_lock(${migrationLock})`);
    await migrate(orm);
  } finally {
    await runner.query(`SELECT pg_advisory_unlock(${migrationLock})`);
    await runner.query(`SET lock_timeout = ${lockMs}`);
    await runner.release();
  }
}

const isPool = (held: unknown): held is Pool => held instanceof Pool;
