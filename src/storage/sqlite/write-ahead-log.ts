import { closeSync, fdatasync, fdatasyncSync, fsync, openSync } from 'node:fs';
import { promisify } from 'node:util';
import Sqlite from 'better-sqlite3';

const toDisk = promisify(fdatasync);
const allToDisk = promisify(fsync);

/** A sync that takes less does not hold the event loop up. */
const quickMs = 1;
/** While the disk is slow, one sync in so many finds out whether it still is. */
const probeEvery = 200;

interface LogSize {
  /** Pages in the log. */
  readonly log: number;
  /** How many of them are in the database file as well. */
  readonly checkpointed: number;
}

/**
 * What `synchronous = FULL` does, but not on the event loop: SQLite syncs in the thread that commits, and a disk takes
 * from a fifth of a millisecond to many. Here the writer itself is `NORMAL`, which writes its log and does not sync
 * it; the log is then synced by Node's thread pool. Invariants, which the caller keeps:
 *
 * - nobody hears of a commit, and no read sees it, before a `sync` that began after it has resolved;
 * - nothing is written between a `copy` and the end of the `syncDatabase` that follows: the log may begin anew only
 *   once the pages that it held are on disk in the database file (sqlite.org/wal.html, "Checkpointing").
 */
export class WriteAheadLog {
  /** How long the last sync took, in milliseconds. */
  lastMs = 0;
  isSlow = false;
  private syncs = 0;
  private readonly log: number;
  private readonly database: number;
  private readonly checkpointer: Sqlite.Database;
  private readonly size: Sqlite.Statement;
  private readonly checkpoint: Sqlite.Statement;

  /** `file` is the database; its log must be there, as it is while somebody has the database open. */
  constructor(file: string) {
    this.log = openSync(`${file}-wal`, 'r+');
    this.database = openSync(file, 'r+');
    this.checkpointer = new Sqlite(file, { timeout: 0 });
    this.checkpointer.pragma('synchronous = OFF');
    this.size = this.checkpointer.prepare('PRAGMA wal_checkpoint(NOOP)');
    this.checkpoint = this.checkpointer.prepare('PRAGMA wal_checkpoint(PASSIVE)');
  }

  /**
   * Resolves once all that is committed survives a power cut. When it rejects, nobody can say what does. A disk that
   * is quick is waited for on the spot: that takes less than to ask another thread and to hear from it.
   */
  async sync(): Promise<void> {
    this.syncs += 1;
    const began = performance.now();
    const isOnTheSpot = !this.isSlow || this.syncs % probeEvery === 0;
    if (isOnTheSpot) fdatasyncSync(this.log);
    else await toDisk(this.log);
    this.lastMs = performance.now() - began;
    // What the pool takes says as much of the loop as of the disk, so only the other kind tells that it is quick.
    if (isOnTheSpot) this.isSlow = this.lastMs > quickMs;
  }

  /** Pages that are in the log alone. */
  get pages(): number {
    const { log, checkpointed } = this.size.get() as LogSize;
    return log - checkpointed;
  }

  /** Copies the log into the database file, as far as readers permit. What it copies must have been synced. */
  copy(): void {
    this.checkpoint.get();
  }

  /** Before anybody reads or writes: whatever was done until now survives a power cut. */
  async syncAll(): Promise<void> {
    await this.sync();
    await this.syncDatabase();
  }

  /** Resolves once what was copied is on disk. */
  syncDatabase(): Promise<void> {
    return allToDisk(this.database);
  }

  /** Before the other connections are closed: the last of them removes the log. */
  release(): void {
    this.checkpointer.close();
    closeSync(this.log);
  }

  /** After them: closing any descriptor of a file ends the locks that the process has on it (POSIX fcntl). */
  close(): void {
    closeSync(this.database);
  }
}
