import type { Pool, PoolClient, QueryResult } from 'pg';
import type { DataSource, EntityManager, QueryRunner } from 'typeorm';
import type { Signal } from '../../events/signals.js';
import type { Owner } from '../../kernel/ids.js';
import { Database, tooManyWaiting, type Committed, type Raised, type Work } from '../database.js';
import { insertManySql, insertSql } from '../insert-sql.js';
import { unitsPerCommit } from '../commit-metrics.js';
import type { Snapshot } from '../snapshot.js';
import type { Note, Reads, Row, SqlValue, Tx } from '../tx.js';
import { isWorthAnotherTry, toStorageError } from './postgres-errors.js';
import { postgresFullText } from './postgres-full-text.js';
import { numbered, prepared, type NumberedSql } from './postgres-sql.js';

/** Without a name it is not prepared. */
type Statement = Pick<NumberedSql, 'text'> & Partial<NumberedSql>;
type Client = Pick<Pool | PoolClient, 'query'>;

export interface PostgresOptions {
  /** How many units may wait; one more is refused with `storage_unavailable`. */
  readonly queueMax: number;
  /** Opens a view on a connection beside the pool's: a slow reader of one must not keep units from theirs. */
  readonly snapshot: () => Promise<Snapshot>;
}

const tries = 3;
const rowsPerInsert = 500;

export class PostgresReads implements Reads {
  constructor(protected readonly client: Client) {}

  async all<Found>(sql: string, ...params: readonly SqlValue[]): Promise<Found[]> {
    try {
      return (await this.query(prepared(sql), params)).rows as Found[];
    } catch (error) {
      throw toStorageError(error);
    }
  }

  async get<Found>(sql: string, ...params: readonly SqlValue[]): Promise<Found | undefined> {
    return (await this.all<Found>(sql, ...params))[0];
  }

  protected query(sql: Statement, values: readonly SqlValue[]): Promise<QueryResult> {
    return this.client.query({ ...sql, values: [...values] });
  }
}

class PostgresTx extends PostgresReads implements Tx {
  readonly raised: Raised[] = [];
  readonly notes: Note[] = [];
  /** What the first statement that failed did so with. Whatever the unit makes of it, nothing can be committed now. */
  failure: unknown;

  constructor(
    client: Client,
    readonly orm: EntityManager,
  ) {
    super(client);
  }

  lock<Found>(sql: string, ...params: readonly SqlValue[]): Promise<Found | undefined> {
    return this.get<Found>(`${sql} FOR UPDATE`, ...params);
  }

  async run(sql: string, ...params: readonly SqlValue[]): Promise<number> {
    return (await this.query(prepared(sql), params)).rowCount ?? 0;
  }

  async insert(table: string, row: Row): Promise<void> {
    await this.run(insertSql(table, row), ...Object.values(row));
  }

  async insertMany(table: string, rows: readonly Row[]): Promise<void> {
    const columns = Object.keys(rows[0] ?? {});
    for (let from = 0; from < rows.length; from += rowsPerInsert) {
      const values = rows.slice(from, from + rowsPerInsert).map((row) => Object.values(row));
      // Not prepared: there would be one statement for every number of rows.
      await this.query({ text: numbered(insertManySql(table, columns, values.length)) }, values.flat());
    }
  }

  raise(owner: Owner, signal: Signal): void {
    this.raised.push({ owner, signal });
  }

  whenCommitted(note: Note): void {
    this.notes.push(note);
  }

  protected override async query(sql: Statement, values: readonly SqlValue[]): Promise<QueryResult> {
    try {
      return await super.query(sql, values);
    } catch (error) {
      this.failure ??= error;
      throw error;
    }
  }
}

/**
 * One pooled connection per unit; units on the same context wait for each other through `lock`. The pool bounds
 * how many run at once, and `queueMax` how many wait for it.
 */
export class PostgresDatabase extends Database {
  readonly dialect = 'postgres';
  readonly fullText = postgresFullText;
  readonly reads: Reads;
  private underWay = 0;

  constructor(
    private readonly orm: DataSource,
    pool: Pool,
    private readonly options: PostgresOptions,
  ) {
    super();
    this.reads = new PostgresReads(pool);
  }

  get waiting(): number {
    return this.underWay;
  }

  async commit<Answer>(_name: string, work: Work<Answer>): Promise<Committed<Answer>> {
    if (this.underWay >= this.options.queueMax) throw tooManyWaiting();
    this.underWay++;
    try {
      for (let attempt = 1; ; attempt++) {
        try {
          return await this.attempt(work);
        } catch (error) {
          if (attempt >= tries || !isWorthAnotherTry(error)) throw toStorageError(error);
        }
      }
    } finally {
      this.underWay--;
    }
  }

  snapshot(): Promise<Snapshot> {
    return this.options.snapshot();
  }

  close(): Promise<void> {
    return this.orm.destroy();
  }

  private async attempt<Answer>(work: Work<Answer>): Promise<Committed<Answer>> {
    const runner = this.orm.createQueryRunner();
    try {
      await runner.startTransaction();
      const tx = new PostgresTx((await runner.connect()) as PoolClient, runner.manager);
      const answer = await work(tx);
      // After a failed statement PostgreSQL takes a COMMIT for a ROLLBACK, and does not call it an error.
      if (tx.failure !== undefined) throw tx.failure as Error;
      await runner.commitTransaction();
      unitsPerCommit.observe(1);
      return { answer, raised: tx.raised, notes: tx.notes };
    } catch (error) {
      await rollBack(runner);
      throw error;
    } finally {
      await runner.release();
    }
  }
}

async function rollBack(runner: QueryRunner): Promise<void> {
  try {
    if (runner.isTransactionActive) await runner.rollbackTransaction();
  } catch {
    // The connection is gone, and its transaction with it; the error that brought us here is the one to report.
  }
}
