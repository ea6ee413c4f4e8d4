import { Logger } from '@nestjs/common';
import type Sqlite from 'better-sqlite3';
import { syncSeconds, unitsPerCommit } from '../commit-metrics.js';
import { Database, tooManyWaiting, unavailable, type Committed, type Work } from '../database.js';
import type { SqliteFiles } from './open-sqlite.js';
import type { Snapshot } from '../snapshot.js';
import { toStorageError } from './sqlite-errors.js';
import { sqliteFullText } from './sqlite-full-text.js';
import { openSqliteSnapshot } from './sqlite-snapshot.js';
import { SqliteReads, SqliteTx } from './sqlite-tx.js';
import type { WriteAheadLog } from './write-ahead-log.js';

export interface WriterLimits {
  /** How many units may wait; one more is refused with `storage_unavailable`. */
  readonly queueMax: number;
  /** Units are added to a COMMIT for so many milliseconds, the last one begun to its end. */
  readonly batchMs: number;
  /** Fail a unit that awaits anything but its transaction (in tests) rather than log it. */
  readonly isStrict: boolean;
  /** Pages that the write-ahead log may hold before they are copied into the database file. */
  readonly checkpointPages: number;
}

interface Unit {
  readonly name: string;
  readonly work: Work<unknown>;
  readonly resolve: (committed: Committed<unknown>) => void;
  readonly reject: (error: unknown) => void;
}

/** A unit that has run, and how its promise settles once the disk has what it did, and what it saw. */
interface Done {
  readonly unit: Unit;
  readonly settle: () => void;
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
 * - a unit's promise settles after the COMMIT that made it durable, or after its rows are gone; a refusal waits like
 *   an answer, because it says what other units have done (a repeated append hears that its chunk is there);
 * - with a WriteAheadLog a COMMIT is durable once the log is synced, and that is waited for off the event loop: the
 *   next batch runs meanwhile, but is committed afterwards, and reads stay at the moment before the COMMIT until then;
 * - when a sync fails nobody can say what the disk holds: nothing more is written until the next start reads it.
 */
export class SqliteDatabase extends Database {
  readonly dialect = 'sqlite';
  readonly fullText = sqliteFullText;
  readonly reads: SqliteReads;
  private readonly connection: SqliteReads;
  private readonly queue: Unit[] = [];
  private readonly logger = new Logger('storage');
  private draining: Promise<void> | undefined;
  /** Settles the last batch; never rejects. */
  private syncing: Promise<void> | undefined;
  private lastBatch = { units: 0, ended: 0 };
  private hasLostSync = false;
  private checkpointAt: number;

  constructor(
    private readonly files: SqliteFiles,
    private readonly limits: WriterLimits,
  ) {
    super();
    this.reads = new SqliteReads(files.reader);
    this.connection = new SqliteReads(files.writer);
    this.checkpointAt = limits.checkpointPages;
  }

  private get writer(): Sqlite.Database {
    return this.files.writer;
  }

  get waiting(): number {
    return this.queue.length;
  }

  commit<Answer>(name: string, work: Work<Answer>): Promise<Committed<Answer>> {
    if (this.queue.length >= this.limits.queueMax) return Promise.reject(tooManyWaiting());
    if (this.hasLostSync) return Promise.reject(unavailable());
    return new Promise<Committed<Answer>>((resolve, reject) => {
      this.queue.push({ name, work, resolve: resolve as Unit['resolve'], reject });
      this.draining ??= this.drain();
    });
  }

  override refuseWhenLost(): void {
    if (this.hasLostSync) throw unavailable();
  }

  /** A refusal is a rejection, as on PostgreSQL. */
  async snapshot(): Promise<Snapshot> {
    return openSqliteSnapshot(this.writer.name);
  }

  async close(): Promise<void> {
    do {
      await this.draining;
      await this.syncing;
      // Whoever was answered just now may have come again.
    } while (this.draining);
    await this.files.close(this.hasLostSync);
  }

  private async drain(): Promise<void> {
    while (this.queue.length > 0) {
      // One turn of the event loop: every request that has already arrived joins the batch.
      await new Promise(setImmediate);
      await this.checkpoint();
      await this.commitBatch();
    }
    this.draining = undefined;
  }

  private async commitBatch(): Promise<void> {
    try {
      this.refuseWhenLost();
      this.exec('BEGIN IMMEDIATE');
    } catch (error) {
      // Another process has the lock: whoever waits is answered now rather than after as many time-outs.
      for (const unit of this.queue.splice(0)) unit.reject(toStorageError(error));
      return;
    }
    const done: Done[] = [];
    const changesBefore = this.changes();
    try {
      await this.runBatch(done);
      if (this.syncing) {
        await this.syncing;
        this.refuseWhenLost();
        // Whoever came in the meantime.
        await this.runBatch(done);
      }
      await this.gather(done);
      if (this.changes() === changesBefore) {
        // Nothing to wait for: all that was seen is durable.
        this.exec('COMMIT');
        for (const { settle } of done) settle();
        return;
      }
      this.commitUnseen();
      unitsPerCommit.observe(done.length);
    } catch (error) {
      // Nothing of the batch is durable: every unit of it fails, also those that had gone well.
      for (const { unit } of done) unit.reject(toStorageError(error));
      if (this.writer.inTransaction) this.exec('ROLLBACK');
      return;
    }
    if (this.files.log) this.syncing = this.sync(this.files.log, done);
    else for (const { settle } of done) settle();
  }

  /** Rows changed on this connection since it was opened, also those that were taken back. */
  private changes(): number {
    return (this.connection.prepare('SELECT total_changes() AS n').get() as { n: number }).n;
  }

  /**
   * On a slow disk whoever has just been answered is given the time to come again: otherwise two halves of the same
   * clients take turns, each waiting for the other's sync.
   */
  private async gather(done: Done[]): Promise<void> {
    const { log } = this.files;
    if (!log?.isSlow || done.length >= this.lastBatch.units) return;
    const ms = Math.min(this.limits.batchMs, log.lastMs / 2) - (performance.now() - this.lastBatch.ended);
    if (ms < 0.5) return;
    await new Promise((resolve) => setTimeout(resolve, ms));
    await this.runBatch(done);
  }

  /** Commits, and keeps the readers at what was durable before; without a log of ours a COMMIT is seen at once. */
  private commitUnseen(): void {
    if (!this.files.log) return this.exec('COMMIT');
    this.reads.prepare('BEGIN').run();
    try {
      // The first read fixes what the later ones see.
      this.reads.prepare('SELECT 1 FROM sqlite_schema LIMIT 1').get();
      this.exec('COMMIT');
    } catch (error) {
      this.reads.prepare('COMMIT').run();
      throw error;
    }
  }

  private async sync(log: WriteAheadLog, done: readonly Done[]): Promise<void> {
    try {
      await log.sync();
    } catch (error) {
      this.loseSync(error);
      for (const { unit } of done) unit.reject(unavailable());
      return;
    }
    syncSeconds.observe(log.lastMs / 1000);
    this.syncing = undefined;
    this.lastBatch = { units: done.length, ended: performance.now() };
    this.reads.prepare('COMMIT').run();
    for (const { settle } of done) settle();
  }

  /** The log begins anew once it was copied whole. Between two batches, as nothing may be written meanwhile. */
  private async checkpoint(): Promise<void> {
    const { log } = this.files;
    if (!log || this.hasLostSync) return;
    let pages = 0;
    try {
      pages = log.pages;
      if (pages < this.checkpointAt) return;
      await this.syncing;
      if (this.hasLostSync) return;
      // Keeps other processes from writing as well.
      this.exec('BEGIN IMMEDIATE');
      await this.copyLog(log);
      pages = log.pages;
    } catch (error) {
      // What could not be copied stays in the log, where it is as good.
      this.logger.warn(`The write-ahead log could not be copied: ${(error as Error).message}.`);
    }
    if (this.writer.inTransaction) this.exec('ROLLBACK');
    // A reader in another process may have kept some of it from being copied: it is tried again as much later.
    this.checkpointAt = pages + this.limits.checkpointPages;
  }

  private async copyLog(log: WriteAheadLog): Promise<void> {
    try {
      // Also what another process has written: no page may be in the database file before it is in the log.
      await log.sync();
    } catch (error) {
      return this.loseSync(error);
    }
    log.copy();
    await log.syncDatabase().catch((error: unknown) => this.loseSync(error));
  }

  private loseSync(error: unknown): void {
    this.hasLostSync = true;
    this.logger.error(
      `The disk did not keep what was written: ${(error as Error).message}. Nothing more is written; restart when the disk is well.`,
    );
  }

  private async runBatch(done: Done[]): Promise<void> {
    const until = performance.now() + this.limits.batchMs;
    for (let n = 0; n < batchMaxUnits && (n === 0 || performance.now() < until); n++) {
      const unit = this.queue.shift();
      if (!unit) return;
      done.push({ unit, settle: await this.runUnit(unit) });
    }
  }

  private async runUnit(unit: Unit): Promise<() => void> {
    const tx = new SqliteTx(this.connection, this.files.orm.manager);
    const watch = this.watch(unit.name);
    try {
      this.exec('SAVEPOINT unit');
      const answer = await unit.work(tx);
      watch.end();
      this.exec('RELEASE unit');
      return () => unit.resolve({ answer, raised: tx.raised, notes: tx.notes });
    } catch (error) {
      // A full disk or an I/O error ends the whole transaction by itself; then the batch is over as well.
      if (!this.writer.inTransaction) {
        unit.reject(toStorageError(error));
        throw error;
      }
      this.exec('ROLLBACK TO unit');
      this.exec('RELEASE unit');
      return () => unit.reject(toStorageError(error));
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
