import { Pool } from 'pg';
import { DataSource } from 'typeorm';
import * as migrations from '../../../migrations/postgres/index.js';
import { StartRefused } from '../../kernel/start-refused.js';
import { heldBy } from '../driver.js';
import { migrate, type EntityClass } from '../migrate.js';

export interface PostgresOptions {
  readonly url: string;
  readonly poolSize: number;
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
  });
  try {
    await orm.initialize();
  } catch (error) {
    throw new StartRefused(`PostgreSQL at DATABASE_URL cannot be reached: ${(error as Error).message}.`);
  }
  await migrateAlone(orm);
  return { orm, pool: heldBy(orm.driver, 'master', isPool) };
}

async function migrateAlone(orm: DataSource): Promise<void> {
  const runner = orm.createQueryRunner();
  try {
    await runner.query(`SELECT pg_advisory_lock(${migrationLock})`);
    await migrate(orm);
  } finally {
    await runner.query(`SELECT pg_advisory_unlock(${migrationLock})`);
    await runner.release();
  }
}

const isPool = (held: unknown): held is Pool => held instanceof Pool;
