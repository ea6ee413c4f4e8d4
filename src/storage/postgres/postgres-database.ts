import type { Pool, PoolClient } from 'pg';
import type { DataSource, EntityManager, QueryRunner } from 'typeorm';
import type { Signal } from '../../events/signals.js';
import type { Owner } from '../../kernel/ids.js';
import { Database, type Committed, type Raised, type Work } from '../database.js';
import { insertSql } from '../insert-sql.js';
import type { Reads, SqlValue, Tx } from '../tx.js';
import { isWorthAnotherTry, toStorageError } from './postgres-errors.js';
import { numbered } from './postgres-sql.js';

type Client = Pick<Pool | PoolClient, 'query'>;

const tries = 3;

class PostgresReads implements Reads {
  constructor(protected readonly client: Client) {}

  async all<Row>(sql: string, ...params: readonly SqlValue[]): Promise<Row[]> {
    try {
      return (await this.client.query({ ...numbered(sql), values: [...params] })).rows as Row[];
    } catch (error) {
      throw toStorageError(error);
    }
  }

  async get<Row>(sql: string, ...params: readonly SqlValue[]): Promise<Row | undefined> {
    return (await this.all<Row>(sql, ...params))[0];
  }
}

class PostgresTx extends PostgresReads implements Tx {
  readonly raised: Raised[] = [];

  constructor(
    client: Client,
    readonly orm: EntityManager,
  ) {
    super(client);
  }

  lock<Row>(sql: string, ...params: readonly SqlValue[]): Promise<Row | undefined> {
    return this.get<Row>(`${sql} FOR UPDATE`, ...params);
  }

  async run(sql: string, ...params: readonly SqlValue[]): Promise<number> {
    return (await this.client.query({ ...numbered(sql), values: [...params] })).rowCount ?? 0;
  }

  async insert(table: string, row: Readonly<Record<string, SqlValue>>): Promise<void> {
    await this.run(insertSql(table, row), ...Object.values(row));
  }

  raise(owner: Owner, signal: Signal): void {
    this.raised.push({ owner, signal });
  }
}

/**
 * One pooled connection per unit; units on the same context wait for each other through `lock`. The pool bounds
 * how many run at once, and `queueMax` how many wait for it.
 */
export class PostgresDatabase extends Database {
  readonly dialect = 'postgres';
  readonly reads: Reads;
  private underWay = 0;

  constructor(
    private readonly orm: DataSource,
    pool: Pool,
    private readonly limits: { readonly queueMax: number; readonly unavailable: () => Error },
  ) {
    super();
    this.reads = new PostgresReads(pool);
  }

  async commit<Answer>(_name: string, work: Work<Answer>): Promise<Committed<Answer>> {
    if (this.underWay >= this.limits.queueMax) throw this.limits.unavailable();
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

  close(): Promise<void> {
    return this.orm.destroy();
  }

  private async attempt<Answer>(work: Work<Answer>): Promise<Committed<Answer>> {
    const runner = this.orm.createQueryRunner();
    try {
      await runner.startTransaction();
      const tx = new PostgresTx((await runner.connect()) as PoolClient, runner.manager);
      const answer = await work(tx);
      await runner.commitTransaction();
      return { answer, raised: tx.raised };
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
