import { flag, longest, oneOf, url, wholeNumber } from '../kinds.js';
import { Setting } from '../setting.js';

export const synchronousModes = ['FULL', 'NORMAL'] as const;
export type SqliteSynchronous = (typeof synchronousModes)[number];

/** Where everything is kept, and how it is written. */
export class StorageSettings {
  @Setting(
    {
      env: 'DATABASE_URL',
      file: 'database_url',
      about: 'The PostgreSQL database that holds everything; unset, SQLite in the data folder does.',
      secret: true,
    },
    url('postgres:', 'postgresql:'),
  )
  readonly databaseUrl?: string;

  @Setting(
    {
      env: 'PULLCORD_SQLITE_SYNCHRONOUS',
      file: 'storage.sqlite_synchronous',
      about: 'FULL survives a power cut; NORMAL may lose the last commits in one, but not in a crash.',
    },
    oneOf(...synchronousModes),
  )
  readonly sqliteSynchronous: SqliteSynchronous = 'FULL';

  @Setting(
    {
      env: 'PULLCORD_SQLITE_CHECKPOINT_PAGES',
      file: 'storage.sqlite_checkpoint_pages',
      about:
        'How many pages (4 KB) the write-ahead log may hold before they are copied into the database file.',
    },
    wholeNumber(10, 1_000_000),
  )
  readonly sqliteCheckpointPages: number = 4000;

  @Setting(
    {
      env: 'PULLCORD_COMMIT_QUEUE_MAX',
      file: 'storage.commit_queue_max',
      about: 'How many units of work may wait for the writer; past it, 503.',
    },
    wholeNumber(1, 10_000_000),
  )
  readonly commitQueueMax: number = 10_000;

  @Setting(
    {
      env: 'PULLCORD_COMMIT_BATCH_MS',
      file: 'storage.commit_batch_ms',
      about: 'On SQLite, how long writes that wait together are added to one COMMIT before the next begins.',
    },
    wholeNumber(1, 1000),
  )
  readonly commitBatchMs: number = 4;

  @Setting(
    {
      env: 'PULLCORD_POSTGRES_POOL',
      file: 'storage.postgres_pool',
      about: 'Connections to PostgreSQL per node.',
    },
    wholeNumber(2, 1000),
  )
  readonly postgresPool: number = 10;

  @Setting(
    {
      env: 'PULLCORD_POSTGRES_LOCK_MS',
      file: 'storage.postgres_lock_ms',
      about: 'How long a unit of work may wait for a row that another one holds; past it, 503.',
    },
    wholeNumber(10, longest),
  )
  readonly postgresLockMs: number = 5_000;

  @Setting(
    {
      env: 'PULLCORD_STRICT_UNITS',
      file: 'storage.strict_units',
      about: 'Fails a unit of work that awaits anything but its transaction; for tests.',
    },
    flag,
  )
  readonly strictUnits: boolean = false;

  @Setting(
    {
      env: 'PULLCORD_IDEMPOTENCY_TTL_MS',
      file: 'storage.idempotency_ttl_ms',
      about: 'How long an Idempotency-Key is remembered.',
    },
    wholeNumber(1000, longest),
  )
  readonly idempotencyTtlMs: number = 86_400_000;

  @Setting(
    {
      env: 'PULLCORD_COMPACT_AFTER_MS',
      file: 'storage.compact_after_ms',
      about: 'How long after its end the chunks of a message are packed into fewer rows.',
    },
    wholeNumber(0, longest),
  )
  readonly compactAfterMs: number = 60_000;
}
