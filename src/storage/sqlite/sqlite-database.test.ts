import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises';
import { Logger } from '@nestjs/common';
import Sqlite from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Owner } from '../../kernel/ids.js';
import type { Committed, Work } from '../database.js';
import type { Tx } from '../tx.js';
import { openSqlite, type SqliteFiles } from './open-sqlite.js';
import { SqliteDatabase } from './sqlite-database.js';

let folder = '';
let files: SqliteFiles;
let database: SqliteDatabase;
let outside: Sqlite.Database;

async function open(isStrict: boolean): Promise<void> {
  folder = mkdtempSync(join(tmpdir(), 'pullcord-units-'));
  files = await openSqlite({ dataDir: folder, synchronous: 'NORMAL', entities: [] });
  database = new SqliteDatabase(files, { queueMax: 10_000, batchMs: Infinity, isStrict });
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

describe('units that wait together', () => {
  beforeEach(() => open(true));

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
