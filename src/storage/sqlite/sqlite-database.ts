import { Logger } from '@nestjs/common';
import type Sqlite from 'better-sqlite3';
import { Database, tooManyWaiting, type Committed, type Work } from '../database.js';
import type { SqliteFiles } from './open-sqlite.js';
import { toStorageError } from './sqlite-errors.js';
import { SqliteReads, SqliteTx } from './sqlite-tx.js';

export interface WriterLimits {
  /** How many units may wait; one more is refused with `storage_unavailable`. */
  readonly queueMax: number;
  /** Units are added to a COMMIT for so many milliseconds, the last one begun to its end. */
  readonly batchMs: number;
  /** Fail a unit that awaits anything but its transaction (in tests) rather than log it. */
  readonly isStrict: boolean;
}

interface Unit {
  readonly name: string;
  readonly work: Work<unknown>;
  readonly resolve: (committed: Committed<unknown>) => void;
  readonly reject: (error: unknown) => void;
}

interface Done {
  readonly unit: Unit;
  readonly committed: Committed<unknown>;
}

/** A batch ends here even while units keep arriving, so that reads and sockets get their turn. */
const batchMaxUnits = 512;
const slowUnitMs = 50;

/**
 * The only writer of the file. Invariants:
 * - units run one after another, never interleaved: TypeORM's driver has one query runner for everyone, and two
 *   transactions begun by two requests would nest (typeorm#307, #1884);
 * - units that wait together share one COMMIT, each in a SAVEPOINT of its own, so that one's failure undoes only
 *   its own rows;
 * - a unit's promise settles after the COMMIT that made it durable, or after its rows are gone.
 */
export class SqliteDatabase extends Database {
  readonly dialect = 'sqlite';
  readonly reads: SqliteReads;
  private readonly connection: SqliteReads;
  private readonly waiting: Unit[] = [];
  private readonly logger = new Logger('storage');
  private draining: Promise<void> | undefined;

  constructor(
    private readonly files: SqliteFiles,
    private readonly limits: WriterLimits,
  ) {
    super();
    this.reads = new SqliteReads(files.reader);
    this.connection = new SqliteReads(files.writer);
  }

  private get writer(): Sqlite.Database {
    return this.files.writer;
  }

  commit<Answer>(name: string, work: Work<Answer>): Promise<Committed<Answer>> {
    if (this.waiting.length >= this.limits.queueMax) return Promise.reject(tooManyWaiting());
    return new Promise<Committed<Answer>>((resolve, reject) => {
      this.waiting.push({ name, work, resolve: resolve as Unit['resolve'], reject });
      this.draining ??= this.drain();
    });
  }

  async close(): Promise<void> {
    await this.draining;
    await this.files.close();
  }

  private async drain(): Promise<void> {
    while (this.waiting.length > 0) {
      // One turn of the event loop: every request that has already arrived joins the batch.
      await new Promise(setImmediate);
      await this.commitBatch();
    }
    this.draining = undefined;
  }

  private async commitBatch(): Promise<void> {
    try {
      this.exec('BEGIN IMMEDIATE');
    } catch (error) {
      // Another process has the lock: whoever waits is answered now rather than after as many time-outs.
      for (const unit of this.waiting.splice(0)) unit.reject(toStorageError(error));
      return;
    }
    const done: Done[] = [];
    try {
      await this.runBatch(done);
      this.exec('COMMIT');
    } catch (error) {
      // Nothing of the batch is durable: every unit of it fails, also those that had gone well.
      for (const { unit } of done) unit.reject(toStorageError(error));
      if (this.writer.inTransaction) this.exec('ROLLBACK');
      return;
    }
    for (const { unit, committed } of done) unit.resolve(committed);
  }

  private async runBatch(done: Done[]): Promise<void> {
    const until = performance.now() + this.limits.batchMs;
    for (let n = 0; n < batchMaxUnits && (n === 0 || performance.now() < until); n++) {
      const unit = this.waiting.shift();
      if (!unit) return;
      const committed = await this.runUnit(unit);
      if (committed) done.push({ unit, committed });
    }
  }

  private async runUnit(unit: Unit): Promise<Committed<unknown> | undefined> {
    const tx = new SqliteTx(this.connection, this.files.orm.manager);
    const watch = this.watch(unit.name);
    try {
      this.exec('SAVEPOINT unit');
      const answer = await unit.work(tx);
      watch.end();
      this.exec('RELEASE unit');
      return { answer, raised: tx.raised };
    } catch (error) {
      unit.reject(toStorageError(error));
      // A full disk or an I/O error ends the whole transaction by itself; then the batch is over as well.
      if (!this.writer.inTransaction) throw error;
      this.exec('ROLLBACK TO unit');
      this.exec('RELEASE unit');
      return undefined;
    }
  }

  /** Sees a unit that waits for something else than its transaction: everybody's writes would wait with it. */
  private watch(name: string): { end(): void } {
    const started = performance.now();
    let isLate = false;
    const immediate = this.limits.isStrict ? setImmediate(() => (isLate = true)) : undefined;
    return {
      end: () => {
        clearImmediate(immediate);
        if (isLate) throw new Error(`The unit ${name} awaited something that is not its transaction.`);
        const ms = performance.now() - started;
        if (ms > slowUnitMs)
          this.logger.warn(`The unit ${name} kept every writer waiting for ${Math.round(ms)} ms.`);
      },
    };
  }

  private exec(sql: string): void {
    this.connection.prepare(sql).run();
  }
}
