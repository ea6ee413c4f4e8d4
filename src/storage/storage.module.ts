import { Module, type DynamicModule } from '@nestjs/common';
import { Settings } from '../config/settings.js';
import { Database } from './database.js';
import { IdempotencyKeyEntity } from './idempotency-key.entity.js';
import type { EntityClass } from './migrate.js';
import { openSqlite } from './sqlite/open-sqlite.js';
import { SqliteDatabase } from './sqlite/sqlite-database.js';
import { KeySweeper } from './key-sweeper.js';
import { Storage } from './storage.js';

/** Gives every room the one way to read and write. */
@Module({})
export class StorageModule {
  /** `entities` are the tables of the rooms above, which this room does not know. */
  static with(entities: readonly EntityClass[]): DynamicModule {
    return {
      module: StorageModule,
      global: true,
      providers: [
        {
          provide: Database,
          inject: [Settings],
          useFactory: (settings: Settings) => openDatabase(settings, entities),
        },
        Storage,
        KeySweeper,
      ],
      exports: [Storage],
    };
  }
}

/** The database that the settings name, migrated; `entities` are the tables beside this room's own. */
export async function openDatabase(settings: Settings, rooms: readonly EntityClass[]): Promise<Database> {
  const entities = [...rooms, IdempotencyKeyEntity];
  const queueMax = settings.commitQueueMax;
  if (settings.databaseUrl) {
    // Only who uses PostgreSQL pays for its driver.
    const { openPostgres } = await import('./postgres/open-postgres.js');
    const { PostgresDatabase } = await import('./postgres/postgres-database.js');
    const { orm, pool } = await openPostgres({
      url: settings.databaseUrl,
      poolSize: settings.postgresPool,
      lockMs: settings.postgresLockMs,
      entities,
    });
    const { openPostgresSnapshot } = await import('./postgres/postgres-snapshot.js');
    const { databaseUrl: url } = settings;
    return new PostgresDatabase(orm, pool, { queueMax, snapshot: () => openPostgresSnapshot(url) });
  }
  const { dataDir, sqliteSynchronous: synchronous, sqliteCheckpointPages: checkpointPages } = settings;
  const { strictUnits: isStrict, commitBatchMs: batchMs } = settings;
  const files = await openSqlite({ dataDir, synchronous, checkpointPages, entities });
  return new SqliteDatabase(files, { queueMax, batchMs, isStrict, checkpointPages });
}
