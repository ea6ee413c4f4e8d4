import { mkdirSync, existsSync, openSync, readSync, closeSync } from 'node:fs';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { DataSource } from 'typeorm';
import * as migrations from '../../../migrations/sqlite/index.js';
import { StartRefused } from '../../kernel/start-refused.js';
import { heldBy } from '../driver.js';
import { migrate, type EntityClass } from '../migrate.js';
import { toStorageError } from './sqlite-errors.js';

/** "Pull" in ASCII: marks our files in the header, so that another program's database is never migrated. */
const applicationId = 0x50756c6c;

export interface SqliteOptions {
  readonly dataDir: string;
  readonly synchronous: 'FULL' | 'NORMAL';
  readonly entities: readonly EntityClass[];
}

export interface SqliteFiles {
  readonly writer: Sqlite.Database;
  readonly orm: DataSource;
  readonly reader: Sqlite.Database;
  close(): Promise<void>;
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
    const orm = await openOrm(file, options);
    await migrate(orm);
    const writer = heldBy(orm.driver, 'databaseConnection', isConnection);
    writer.pragma(`application_id = ${applicationId}`);
    const reader = new Sqlite(file, { readonly: true });
    return {
      writer,
      orm,
      reader,
      close: async () => {
        reader.close();
        await orm.destroy();
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
    prepareDatabase: (db: Sqlite.Database) => void db.pragma(`synchronous = ${options.synchronous}`),
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
    mkdirSync(dataDir, { recursive: true, mode: 0o700 });
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

/** Refuses a file that is no database, that cannot be read, or that is another program's; a missing one is fine. */
export function refuseForeign(file: string): void {
  if (!existsSync(file)) return;
  let db: Sqlite.Database | undefined;
  try {
    if (!hasSqliteHeader(file))
      throw new StartRefused(`The file ${file} is not a SQLite database; it was left as it is.`);
    db = new Sqlite(file, { readonly: true });
    const mark = db.pragma('application_id', { simple: true });
    const tables = db
      .prepare(`SELECT name FROM sqlite_master WHERE type = 'table'`)
      .pluck()
      .all() as string[];
    const isNew = mark === 0 && tables.length === 0;
    if (isNew || mark === applicationId || isBegunByUs(tables)) return touch(db, tables);
  } catch (error) {
    if (error instanceof StartRefused) throw error;
    throw new StartRefused(
      `The database ${file} cannot be read: ${(error as Error).message}. It was left as it is.`,
    );
  } finally {
    db?.close();
  }
  throw new StartRefused(`The database ${file} belongs to another program; it was left as it is.`);
}

/** A first start that was killed after its migrations and before the mark was set. */
const isBegunByUs = (tables: readonly string[]): boolean =>
  tables.includes('migrations') && tables.includes('open_streams');

/** Reads a row of every table, to find damage before anything is written. */
function touch(db: Sqlite.Database, tables: readonly string[]): void {
  for (const table of tables) db.prepare(`SELECT * FROM "${table}" LIMIT 1`).get();
}

function hasSqliteHeader(file: string): boolean {
  const header = Buffer.alloc(16);
  const fd = openSync(file, 'r');
  try {
    const read = readSync(fd, header, 0, 16, 0);
    return read === 0 || header.toString('latin1') === 'SQLite format 3\0';
  } finally {
    closeSync(fd);
  }
}

const isConnection = (held: unknown): held is Sqlite.Database => held instanceof Sqlite;
