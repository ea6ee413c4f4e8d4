import type Sqlite from 'better-sqlite3';
import type { EntityManager } from 'typeorm';
import type { Signal } from '../../events/signals.js';
import type { Owner } from '../../kernel/ids.js';
import type { Raised } from '../database.js';
import { insertSql } from '../insert-sql.js';
import type { Note, Reads, Row, SqlValue, Tx } from '../tx.js';

/** Reads through one better-sqlite3 connection; each SQL text is prepared once. */
export class SqliteReads implements Reads {
  private readonly statements = new Map<string, Sqlite.Statement>();

  constructor(private readonly db: Sqlite.Database) {}

  // better-sqlite3 is synchronous: the promise is settled at once, and a failure is a rejection as on PostgreSQL.
  async all<Found>(sql: string, ...params: readonly SqlValue[]): Promise<Found[]> {
    return this.prepare(sql).all(...params) as Found[];
  }

  async get<Found>(sql: string, ...params: readonly SqlValue[]): Promise<Found | undefined> {
    return this.prepare(sql).get(...params) as Found | undefined;
  }

  prepare(sql: string): Sqlite.Statement {
    let statement = this.statements.get(sql);
    if (!statement) {
      statement = this.db.prepare(sql);
      this.statements.set(sql, statement);
    }
    return statement;
  }
}

/** A unit's view of the writer connection. SQLite has one writer at a time, so `lock` is a plain read. */
export class SqliteTx implements Tx {
  readonly raised: Raised[] = [];
  readonly notes: Note[] = [];

  constructor(
    private readonly connection: SqliteReads,
    readonly orm: EntityManager,
  ) {}

  all<Found>(sql: string, ...params: readonly SqlValue[]): Promise<Found[]> {
    return this.connection.all(sql, ...params);
  }

  get<Found>(sql: string, ...params: readonly SqlValue[]): Promise<Found | undefined> {
    return this.connection.get(sql, ...params);
  }

  lock<Found>(sql: string, ...params: readonly SqlValue[]): Promise<Found | undefined> {
    return this.connection.get(sql, ...params);
  }

  async run(sql: string, ...params: readonly SqlValue[]): Promise<number> {
    return this.connection.prepare(sql).run(...params).changes;
  }

  async insert(table: string, row: Row): Promise<void> {
    this.connection.prepare(insertSql(table, row)).run(...Object.values(row));
  }

  async insertMany(table: string, rows: readonly Row[]): Promise<void> {
    const [first] = rows;
    if (!first) return;
    const statement = this.connection.prepare(insertSql(table, first));
    for (const row of rows) statement.run(...Object.values(row));
  }

  raise(owner: Owner, signal: Signal): void {
    this.raised.push({ owner, signal });
  }

  whenCommitted(note: Note): void {
    this.notes.push(note);
  }
}
