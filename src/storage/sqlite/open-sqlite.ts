import { existsSync } from 'node:fs';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { DataSource } from 'typeorm';
import * as migrations from '../../../migrations/sqlite/index.js';
import { StartRefused } from '../../kernel/start-refused.js';
import { heldBy } from '../driver.js';
import { migrate, type EntityClass } from '../migrate.js';
import { applicationId, refuseForeign } from './refuse-foreign.js';
import { toStorageError } from './sqlite-errors.js';
import { makeFolder, toDisk } from './to-disk.js';
import { WriteAheadLog } from './write-ahead-log.js';

export interface SqliteOptions {
  readonly dataDir: string;
  readonly synchronous: 'FULL' | 'NORMAL';
  /** Pages that the write-ahead log may hold before they are copied into the database file. */
  readonly checkpointPages: number;
  readonly entities: readonly EntityClass[];
}

export interface SqliteFiles {
  readonly writer: Sqlite.Database;
  readonly orm: DataSource;
  readonly reader: Sqlite.Database;
  /** Makes commits durable when `synchronous` is FULL. Without it they are what SQLite's NORMAL makes them. */
  readonly log: WriteAheadLog | undefined;
  /** With `isLogKept` the log stays where it is, for the next start to read: what was copied of it may not be on disk. */
  close(isLogKept: boolean): Promise<void>;
}

/**
 * Opens and migrates `pullcord.db` in the data folder. Refuses a file that cannot be read, that another program
 * made, or that a newer version wrote; never replaces or repairs one.
 */
export async function openSqlite(options: SqliteOptions): Promise<SqliteFiles> {
  const file = join(options.dataDir, 'pullcord.db');
  const lock = takeFolder(options.dataDir);
  try {
    refuseForeign(file);
    syncLeftovers(file);
    const orm = await openOrm(file, options);
    emptyLog(heldBy(orm.driver, 'databaseConnection', isConnection));
    await migrate(orm);
    const writer = heldBy(orm.driver, 'databaseConnection', isConnection);
    writer.pragma(`application_id = ${applicationId}`);
    const reader = new Sqlite(file, { readonly: true });
    const log = options.synchronous === 'FULL' ? takeOverSync(writer, file) : undefined;
    await log?.syncAll();
    return {
      writer,
      orm,
      reader,
      log,
      close: async (isLogKept) => {
        if (!isLogKept) reader.close();
        log?.release();
        await orm.destroy();
        // Whoever closes last copies the log and removes it, but a connection that cannot write leaves it there.
        if (isLogKept) reader.close();
        log?.close();
        lock.close();
      },
    };
  } catch (error) {
    lock.close();
    throw isUnavailable(error)
      ? new StartRefused(`The database ${file} cannot be written: ${(error as Error).message}.`)
      : error;
  }
}

/** A process that was killed may have written more of the log, or copied more of it, than it synced: nobody sees that before. */
function syncLeftovers(file: string): void {
  for (const left of [`${file}-wal`, file]) if (existsSync(left)) toDisk(left);
}

/**
 * Copies the log that an unclean end left, with SQLite's own syncs, and begins a new one. What stands behind a page that
 * the disk refused would be lost with it, and the kernel, which still has the page, does not try again.
 */
function emptyLog(writer: Sqlite.Database): void {
  // Somebody else may be reading an old view; then it stays, synced as it is.
  writer.pragma('wal_checkpoint(TRUNCATE)');
}

/** Migrated under SQLite's own FULL; from here on the log is synced, and copied, by us. */
function takeOverSync(writer: Sqlite.Database, file: string): WriteAheadLog {
  writer.pragma('synchronous = NORMAL');
  writer.pragma('wal_autocheckpoint = 0');
  return new WriteAheadLog(file);
}

/** The disk is full or failing, or another program holds a lock. */
const isUnavailable = (error: unknown): boolean => toStorageError(error) !== error;

async function openOrm(file: string, options: SqliteOptions): Promise<DataSource> {
  const orm = new DataSource({
    type: 'better-sqlite3',
    database: file,
    enableWAL: true,
    // Waiting for another process's lock blocks the event loop, so it is short; then the answer is 503.
    timeout: 200,
    entities: [...options.entities],
    migrations: Object.values(migrations),
    // FULL: an acknowledged write survives a power cut. NORMAL: it survives the death of the process.
    prepareDatabase: (db: Sqlite.Database) => {
      db.pragma(`synchronous = ${options.synchronous}`);
      db.pragma(`wal_autocheckpoint = ${options.checkpointPages}`);
    },
  });
  try {
    return await orm.initialize();
  } catch (error) {
    throw new StartRefused(`The database ${file} cannot be opened: ${(error as Error).message}.`);
  }
}

/**
 * One process per data folder: a second one would take the first one's runs for orphans. The lock is a SQLite
 * lock, which the operating system gives back however the process ends.
 */
function takeFolder(dataDir: string): Sqlite.Database {
  let lock: Sqlite.Database | undefined;
  try {
    makeFolder(dataDir);
    lock = new Sqlite(join(dataDir, 'pullcord.lock'), { timeout: 0 });
    lock.exec('BEGIN EXCLUSIVE');
    return lock;
  } catch (error) {
    lock?.close();
    const { code = 'unknown' } = error as { code?: string };
    if (code === 'SQLITE_BUSY')
      throw new StartRefused(`The data folder ${dataDir} is in use by another Pullcord process.`);
    throw new StartRefused(`The data folder ${dataDir} cannot be used (${code}).`);
  }
}

const isConnection = (held: unknown): held is Sqlite.Database => held instanceof Sqlite;
