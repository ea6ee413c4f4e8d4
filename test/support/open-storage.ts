// The storage of the suite's dialect without a server around it, and somebody who looks at the database from outside.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import pg from 'pg';
import { readSettings } from '../../src/config/read-settings.js';
import { SignalBus } from '../../src/events/signal-bus.js';
import { entities } from '../../src/entities.js';
import { Clock } from '../../src/kernel/clock.js';
import type { Owner } from '../../src/kernel/ids.js';
import type { Signal } from '../../src/events/signals.js';
import type { Database } from '../../src/storage/database.js';
import { Storage } from '../../src/storage/storage.js';
import { openDatabase } from '../../src/storage/storage.module.js';
import { dialect, freshDatabase } from './databases.js';
import type { TestServer } from './server.js';

/** A connection of its own, as another program would have one. */
export interface Outsider {
  /** Runs statements. */
  execute(sql: string): Promise<void>;
  /** The rows that are committed. */
  look<Found>(sql: string): Promise<Found[]>;
}

export class SetClock extends Clock {
  time = Date.UTC(2024, 4, 1, 12);

  now(): number {
    return this.time;
  }
}

export interface OpenStorage {
  readonly storage: Storage;
  readonly database: Database;
  readonly outsider: Outsider;
  readonly clock: SetClock;
  /** Every signal that was published for `owner`. */
  readonly published: readonly Signal[];
  close(): Promise<void>;
}

export const owner = 'local' as Owner;

export async function openStorage(env: Readonly<Record<string, string>> = {}): Promise<OpenStorage> {
  const folder = mkdtempSync(join(tmpdir(), 'pullcord-storage-'));
  const postgres = dialect === 'postgres' ? await freshDatabase() : undefined;
  const settings = readSettings({
    PULLCORD_DATA_DIR: folder,
    PULLCORD_STRICT_UNITS: 'true',
    ...(postgres && { DATABASE_URL: postgres.url }),
    ...env,
  });
  const bus = new SignalBus(settings);
  const published: Signal[] = [];
  bus.subscribeOwner(owner, ({ signal }) => published.push(signal));
  const database = await openDatabase(settings, entities);
  const clock = new SetClock();
  const outside = postgres ? outsidePostgres(postgres.url) : outsideSqlite(join(folder, 'pullcord.db'));
  return {
    storage: new Storage(database, bus, clock, settings),
    database,
    outsider: outside,
    clock,
    published,
    close: async () => {
      await outside.close();
      await database.close();
      await postgres?.drop();
      rmSync(folder, { recursive: true });
    },
  };
}

/** Somebody who looks at a running server's database from outside. */
export const outsideOf = (server: TestServer): Outsider & { close(): Promise<void> } =>
  server.env.DATABASE_URL ? outsidePostgres(server.env.DATABASE_URL) : outsideSqlite(server.databaseFile);

function outsideSqlite(file: string): Outsider & { close(): Promise<void> } {
  const db = new Sqlite(file);
  return {
    execute: async (sql) => void db.exec(sql),
    look: async <Found>(sql: string) => db.prepare(sql).all() as Found[],
    close: async () => void db.close(),
  };
}

function outsidePostgres(url: string): Outsider & { close(): Promise<void> } {
  // One connection, which a transaction can stay open on; looks that come at once take turns.
  const client = new pg.Pool({ connectionString: url, max: 1, idleTimeoutMillis: 0 });
  // The database may be dropped while a connection to it is still closing.
  client.on('connect', (connection) => connection.on('error', () => undefined));
  client.on('error', () => undefined);
  return {
    execute: async (sql) => void (await client.query(sql)),
    look: async <Found>(sql: string) => (await client.query(sql)).rows as Found[],
    close: () => client.end(),
  };
}
