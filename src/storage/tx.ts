import type { EntityManager } from 'typeorm';
import type { Signal } from '../events/signals.js';
import type { Owner } from '../kernel/ids.js';

export type SqlValue = string | number | null;

/** What is only true once a unit is committed, such as what is counted of it. It does not throw. */
export type Note = () => void;

/** A row by its column names. */
export type Row = Readonly<Record<string, SqlValue>>;

/** Reads of the committed state. SQL is written once for both dialects, with `?` for each parameter. */
export interface Reads {
  all<Found>(sql: string, ...params: readonly SqlValue[]): Promise<Found[]>;
  get<Found>(sql: string, ...params: readonly SqlValue[]): Promise<Found | undefined>;
}

/**
 * One unit of work inside `storage.commit`. It sees its own writes, and nobody else sees them before the COMMIT.
 * Inside a unit nothing but its Tx may be awaited: on SQLite every other writer waits behind it.
 */
export interface Tx extends Reads {
  /** TypeORM on the same connection, for the cold paths. */
  readonly orm: EntityManager;
  /** Runs one statement and answers how many rows it changed. */
  run(sql: string, ...params: readonly SqlValue[]): Promise<number>;
  /** Adds one row. Table and column names come from the code, never from a request. */
  insert(table: string, row: Row): Promise<void>;
  /** Adds rows of one shape, in as few round trips as the dialect allows. */
  insertMany(table: string, rows: readonly Row[]): Promise<void>;
  /** Reads a row and keeps other units from changing it until this one ends (`FOR UPDATE` on PostgreSQL). */
  lock<Found>(sql: string, ...params: readonly SqlValue[]): Promise<Found | undefined>;
  /** Announces something to `owner`'s subscribers once the unit is committed; never when it is not. */
  raise(owner: Owner, signal: Signal): void;
  /** Takes note of something once the unit is committed; never when it is not. `note` must return at once. */
  whenCommitted(note: Note): void;
}
