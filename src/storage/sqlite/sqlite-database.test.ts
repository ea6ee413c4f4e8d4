import { existsSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises';
import { Logger } from '@nestjs/common';
import Sqlite from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { DomainError } from '../../kernel/domain-error.js';
import type { Owner } from '../../kernel/ids.js';
import type { Committed, Work } from '../database.js';
import type { Tx } from '../tx.js';
import { openSqlite, type SqliteFiles, type SqliteOptions } from './open-sqlite.js';
import { SqliteDatabase } from './sqlite-database.js';
import type { WriteAheadLog } from './write-ahead-log.js';

let folder = '';
let files: SqliteFiles;
let database: SqliteDatabase;
let outside: Sqlite.Database;
/** FULL goes through the log that we sync. */
let synchronous: SqliteOptions['synchronous'] = 'FULL';

async function open(isStrict: boolean): Promise<void> {
  folder = mkdtempSync(join(tmpdir(), 'pullcord-units-'));
  const limits = { queueMax: 10_000, batchMs: Infinity, isStrict, checkpointPages: 100 };
  files = await openSqlite({ dataDir: folder, synchronous, entities: [], ...limits });
  database = new SqliteDatabase(files, limits);
  outside = new Sqlite(join(folder, 'pullcord.db'));
  outside.exec(`CREATE TABLE probe (n integer PRIMARY KEY, filler text)`);
  outside.exec(`CREATE TABLE late (n integer REFERENCES probe (n) DEFERRABLE INITIALLY DEFERRED)`);
}
afterEach(async () => {
  outside.close();
  await database.close();
  rmSync(folder, { recursive: true });
});

const rows = (): unknown[] => outside.prepare(`SELECT n FROM probe ORDER BY n`).pluck().all();
const add = (tx: Tx, n: number): Promise<void> => tx.insert('probe', { n });
const adds =
  (n: number): Work<unknown> =>
  async (tx) => {
    await add(tx, n);
    tx.raise('ada' as Owner, { type: 'heartbeat' } as never);
    return n;
  };
const commit = (work: Work<unknown>): Promise<Committed<unknown>> => database.commit('some_unit', work);
const outcomes = async (works: readonly Work<unknown>[]): Promise<string[]> =>
  (await Promise.allSettled(works.map(commit))).map(({ status }) => status);

describe.each(['FULL', 'NORMAL'] as const)('units that wait together, %s', (sync) => {
  beforeEach(() => {
    synchronous = sync;
    return open(true);
  });

  it('share one COMMIT: when it fails, all of them fail and nothing of them stays', async () => {
    const cannotCommit: Work<unknown> = (tx) => tx.insert('late', { n: 404 });
    const all = await Promise.allSettled([adds(1), cannotCommit, adds(2)].map(commit));
    for (const each of all)
      expect(each).toMatchObject({ status: 'rejected', reason: { message: /FOREIGN KEY/ } });
    expect(rows()).toEqual([]);
    expect(await outcomes([adds(3)])).toEqual(['fulfilled']);
    expect(rows()).toEqual([3]);
  });

  it('do not undo one another when one of them throws', async () => {
    const throws: Work<unknown> = async (tx) => {
      await add(tx, 2);
      throw new Error('no');
    };
    expect(await outcomes([adds(1), throws, adds(3)])).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect(rows()).toEqual([1, 3]);
  });

  it('are all committed, in their order, also when there are more than fit one batch', async () => {
    const order: number[] = [];
    const all = Array.from({ length: 3000 }, (_, n) => n);
    await Promise.all(
      all.map(async (n) => {
        await commit(adds(n));
        order.push(n);
      }),
    );
    expect(order).toEqual(all);
    expect(rows()).toEqual(all);
  });

  it('leave others their turn of the event loop', async () => {
    let turns = 0;
    let isDone = false;
    const count = async (): Promise<void> => {
      while (!isDone) {
        await nextTurn();
        turns++;
      }
    };
    const counting = count();
    await Promise.all(Array.from({ length: 3000 }, (_, n) => commit(adds(n))));
    isDone = true;
    await counting;
    expect(turns).toBeGreaterThanOrEqual(3000 / 512);
  });

  it('are committed before the database is closed', async () => {
    const all = [adds(1), adds(2)].map(commit);
    await database.close();
    expect(await Promise.allSettled(all)).toMatchObject([{ status: 'fulfilled' }, { status: 'fulfilled' }]);
    expect(rows()).toEqual([1, 2]);
    await open(true);
  });
});

describe('a full disk', () => {
  beforeEach(() => open(true));

  it('is storage_unavailable for the units that it hits, keeps what was committed, and passes', async () => {
    const fat: Work<unknown> = (tx) => tx.insert('probe', { n: 2, filler: 'x'.repeat(1_000_000) });
    await commit(adds(1));
    files.writer.pragma(
      `max_page_count = ${Number(files.writer.pragma('page_count', { simple: true })) + 2}`,
    );
    await expect(commit(fat)).rejects.toMatchObject({ code: 'storage_unavailable' });
    expect(rows()).toEqual([1]);
    files.writer.pragma('max_page_count = 1000000');
    await commit(fat);
    expect(rows()).toEqual([1, 2]);
  });
});

describe('a unit that awaits something else than its transaction', () => {
  const waits: Work<unknown> = async (tx) => {
    await add(tx, 2);
    await nextTurn();
  };

  it('fails in tests, alone, and says which it was', async () => {
    await open(true);
    const all = [adds(1), waits, adds(3)].map(commit);
    await expect(all[1]).rejects.toThrow('The unit some_unit awaited something that is not its transaction.');
    await Promise.allSettled(all);
    expect(rows()).toEqual([1, 3]);
  });

  it('is logged by its name in production when it takes long', async () => {
    await open(false);
    const warn = vi.spyOn(Logger.prototype, 'warn').mockReturnValue();
    await commit(async (tx) => {
      await add(tx, 1);
      await sleep(60);
    });
    expect(warn.mock.calls).toEqual([
      [expect.stringMatching(/^The unit some_unit kept every writer waiting/)],
    ]);
    warn.mockRestore();
    expect(rows()).toEqual([1]);
  });
});

describe('a COMMIT that the disk has not got yet', () => {
  let finish: (error?: Error) => void;
  const read = (): Promise<unknown[]> => database.reads.all(`SELECT n FROM probe ORDER BY n`);
  const numbers = async (): Promise<unknown[]> => (await read()).map((row) => (row as { n: number }).n);
  const turns = async (): Promise<void> => {
    for (let n = 0; n < 5; n++) await nextTurn();
  };

  beforeEach(async () => {
    synchronous = 'FULL';
    await open(true);
    await commit(adds(1));
    const sync = (): Promise<void> =>
      new Promise((resolve, reject) => (finish = (error) => (error ? reject(error) : resolve())));
    vi.spyOn(files.log as WriteAheadLog, 'sync').mockImplementation(sync);
  });
  afterEach(() => vi.restoreAllMocks());

  it('is not acknowledged, and no read sees it, until the disk has it', async () => {
    let isDone = false;
    const second = commit(adds(2)).then(() => (isDone = true));
    await turns();
    expect(rows()).toEqual([1, 2]);
    expect(isDone).toBe(false);
    expect(await numbers()).toEqual([1]);
    finish();
    await second;
    expect(await numbers()).toEqual([1, 2]);
  });

  it('keeps the next one from being committed, and those that come while it waits share that one', async () => {
    const second = commit(adds(2));
    await turns();
    const others = [commit(adds(3))];
    await turns();
    others.push(commit(adds(4)));
    await turns();
    expect(rows()).toEqual([1, 2]);
    finish();
    await second;
    await turns();
    expect(rows()).toEqual([1, 2, 3, 4]);
    expect(await numbers()).toEqual([1, 2]);
    finish();
    await Promise.all(others);
    expect(await numbers()).toEqual([1, 2, 3, 4]);
  });

  it('ends all writing when the disk cannot keep it: nobody is told that it is there, and reads go on', async () => {
    const error = vi.spyOn(Logger.prototype, 'error').mockReturnValue();
    const second = commit(adds(2));
    await turns();
    const third = commit(adds(3));
    await turns();
    finish(new Error('EIO: i/o error, fdatasync'));
    const gone = { code: 'storage_unavailable' };
    await expect(second).rejects.toMatchObject(gone);
    await expect(third).rejects.toMatchObject(gone);
    await expect(commit(adds(4))).rejects.toMatchObject(gone);
    expect(await numbers()).toEqual([1]);
    expect(error.mock.calls).toEqual([[expect.stringMatching(/^The disk did not keep .* EIO/)]]);
  });

  it('is not in what a refusal says either, until the disk has it', async () => {
    let said: unknown;
    const second = commit(adds(2));
    await turns();
    const sees: Work<unknown> = async (tx) => {
      const there = await tx.get<{ n: number }>(`SELECT max(n) AS n FROM probe`);
      throw new DomainError('sequence_mismatch', `It is at ${there?.n}.`);
    };
    const refused = commit(sees).catch((error: unknown) => (said = error));
    await turns();
    expect(said).toBeUndefined();
    finish();
    await Promise.all([second, refused]);
    expect(said).toMatchObject({ code: 'sequence_mismatch', message: 'It is at 2.' });
  });

  it('is not waited for again by a unit that changes nothing', async () => {
    await commit((tx) => tx.get(`SELECT n FROM probe`));
    await expect(commit(() => Promise.reject(new Error('no')))).rejects.toThrow('no');
    expect(files.log?.sync).not.toHaveBeenCalled();
  });

  it('leaves the log where it is when it is lost, also at the end: the next start reads what the disk has', async () => {
    vi.spyOn(Logger.prototype, 'error').mockReturnValue();
    const second = commit(adds(2));
    await turns();
    finish(new Error('EIO: i/o error, fdatasync'));
    await expect(second).rejects.toMatchObject({ code: 'storage_unavailable' });
    outside.close();
    await database.close();
    expect(existsSync(join(folder, 'pullcord.db-wal'))).toBe(true);
    vi.restoreAllMocks();
    await open(true);
  });

  it('is waited for when the database is closed', async () => {
    const second = commit(adds(2));
    await turns();
    const closed = database.close();
    finish();
    await closed;
    await expect(second).resolves.toMatchObject({ answer: 2 });
    await open(true);
  });

  it('is waited for when the database is closed, as is what comes of its answer', async () => {
    const second = commit(adds(2)).then(() => commit(adds(3)));
    await turns();
    const closed = database.close();
    finish();
    await turns();
    finish();
    await closed;
    await second;
    await open(true);
  });
});

describe('the write-ahead log', () => {
  it('is copied and begins anew when it is long, also while somebody reads', async () => {
    synchronous = 'FULL';
    await open(true);
    const write = (n: number): Promise<unknown> =>
      commit((tx) => tx.insert('probe', { n, filler: 'x'.repeat(20_000) }));
    for (let n = 0; n < 200; n++) {
      await write(n);
      await database.reads.get(`SELECT count(*) FROM probe`);
    }
    // 200 times 6 pages; the log was let grow to 100 at a time.
    expect(statSync(join(folder, 'pullcord.db-wal')).size).toBeLessThan(200 * 4096);
    expect(rows()).toHaveLength(200);
  });

  it('ends all writing when what was copied cannot be kept', async () => {
    synchronous = 'FULL';
    await open(true);
    const error = vi.spyOn(Logger.prototype, 'error').mockReturnValue();
    const lost = new Error('EIO: i/o error, fsync');
    const kept = vi.spyOn(files.log as WriteAheadLog, 'syncDatabase').mockRejectedValue(lost);
    const write = (n: number): Promise<unknown> =>
      commit((tx) => tx.insert('probe', { n, filler: 'x'.repeat(600_000) }));
    await write(1);
    await expect(write(2)).rejects.toMatchObject({ code: 'storage_unavailable' });
    await expect(write(3)).rejects.toMatchObject({ code: 'storage_unavailable' });
    expect(kept).toHaveBeenCalledTimes(1);
    expect(await database.reads.all(`SELECT n FROM probe`)).toEqual([{ n: 1 }]);
    expect(error).toHaveBeenCalledTimes(1);
    vi.restoreAllMocks();
  });

  it('grows while another process keeps an old view, and is copied once that ends', async () => {
    synchronous = 'FULL';
    await open(true);
    await commit(adds(0));
    outside.exec('BEGIN');
    expect(rows()).toEqual([0]);
    for (let n = 1; n < 300; n++) await commit(adds(n));
    expect(rows()).toEqual([0]);
    expect(await database.reads.get(`SELECT count(*) AS n FROM probe`)).toEqual({ n: 300 });
    outside.exec('COMMIT');
    for (let n = 300; n < 500; n++) await commit(adds(n));
    expect(files.log?.pages).toBeLessThan(200);
    expect(outside.pragma('integrity_check', { simple: true })).toBe('ok');
  });
});
