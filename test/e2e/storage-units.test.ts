// storage.commit and storage.commitOnce on a real database, with somebody who looks on from another connection.
import { setImmediate as nextTurn } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DomainError } from '../../src/kernel/domain-error.js';
import type { Owner } from '../../src/kernel/ids.js';
import type { Tx } from '../../src/storage/tx.js';
import { dialect } from '../support/databases.js';
import { openStorage, owner, type OpenStorage } from '../support/open-storage.js';
import { contextUpdated } from '../support/sample-signals.js';

interface ProbeRow {
  readonly n: number;
  readonly unit: number;
}

let opened: OpenStorage;
const open = async (env: Readonly<Record<string, string>> = {}): Promise<void> => {
  opened = await openStorage(env);
  await opened.outsider.execute(`CREATE TABLE probe (n integer NOT NULL PRIMARY KEY, unit integer NOT NULL)`);
};
afterEach(() => opened.close());

const committed = (): Promise<ProbeRow[]> => opened.outsider.look<ProbeRow>(`SELECT * FROM probe ORDER BY n`);
const add = (tx: Tx, n: number, unit = n): Promise<void> => tx.insert('probe', { n, unit });
const addOne = (n: number): Promise<number> =>
  opened.storage.commit('add_one', async (tx) => {
    await add(tx, n);
    return n;
  });
const codes = (settled: readonly PromiseSettledResult<unknown>[]): unknown[] =>
  settled.flatMap((each) =>
    each.status === 'fulfilled' ? [] : [each.reason instanceof DomainError ? each.reason.code : each.reason],
  );

describe('100 units at once, of which every other one fails', () => {
  const units = Array.from({ length: 100 }, (_, unit) => unit);
  const isGood = (unit: number): boolean => unit % 2 === 0;
  const rowsOf = (unit: number): ProbeRow[] => [1, 2, 3].map((row) => ({ n: unit * 10 + row, unit }));
  beforeEach(() => open());

  /** Adds three rows, with as many chances as a unit has for others to come in between. */
  async function fill(unit: number, look: () => Promise<void>): Promise<number> {
    return opened.storage.commit(`unit_${unit}`, async (tx) => {
      for (const row of rowsOf(unit)) {
        await tx.insert('probe', { ...row });
        await look();
        for (let turn = 0; turn < 3; turn++) await tx.get(`SELECT count(*) AS n FROM probe`);
      }
      tx.raise(owner, contextUpdated(unit));
      if (!isGood(unit)) throw new Error(`unit ${unit} fails`);
      return unit;
    });
  }

  it('leave exactly the rows of those that succeed, and each is answered with its own result', async () => {
    const settled = await Promise.allSettled(units.map((unit) => fill(unit, () => Promise.resolve())));
    expect(settled).toEqual(
      units.map((unit) =>
        isGood(unit)
          ? { status: 'fulfilled', value: unit }
          : { status: 'rejected', reason: new Error(`unit ${unit} fails`) },
      ),
    );
    expect(await committed()).toEqual(units.filter(isGood).flatMap(rowsOf));
  });

  it('show an outside reader whole units that have succeeded, and nothing else', async () => {
    const views: (readonly ProbeRow[])[] = [];
    await Promise.allSettled(units.map((unit) => fill(unit, async () => void views.push(await committed()))));
    expect(views).toHaveLength(300);
    for (const view of views)
      expect(view).toEqual([...new Set(view.map(({ unit }) => unit))].filter(isGood).flatMap(rowsOf));
  });

  it('show a unit its own rows before anybody else sees them', async () => {
    const seen = await opened.storage.commit('look_at_own', async (tx) => {
      await add(tx, 1);
      const sql = `SELECT n FROM probe`;
      return {
        own: await tx.all(sql),
        reads: await opened.storage.reads.all(sql),
        outsider: await opened.outsider.look(sql),
      };
    });
    expect(seen).toEqual({ own: [{ n: 1 }], reads: [], outsider: [] });
    expect(await opened.storage.reads.all(`SELECT n FROM probe`)).toEqual([{ n: 1 }]);
  });

  it('signal what the successful ones raised, when it can be read already', async () => {
    const unsignalled: unknown[] = [];
    await Promise.allSettled(
      units.map(async (unit) => {
        await fill(unit, () => Promise.resolve());
        // Answered: then it was published before.
        if (!opened.published.some(({ revision }) => revision === unit)) unsignalled.push(unit);
      }),
    );
    const revisions = opened.published.map(({ revision }) => revision);
    // On SQLite units are committed in the order in which they came; on PostgreSQL in one that only it knows.
    const ordered = dialect === 'sqlite' ? revisions : revisions.toSorted((a, b) => a - b);
    expect(ordered).toEqual(units.filter(isGood));
    expect(unsignalled).toEqual([]);
  });
});

describe('a unit', () => {
  beforeEach(() => open());

  it('waits for those that hold its row: no update is lost, and each is signalled once', async () => {
    await addOne(0);
    await Promise.all(
      Array.from({ length: 30 }, () =>
        opened.storage.commit('advance', async (tx) => {
          const row = await tx.lock<ProbeRow>(`SELECT * FROM probe WHERE n = ?`, 0);
          const revision = (row?.unit ?? 0) + 1;
          await tx.run(`UPDATE probe SET unit = ? WHERE n = ?`, revision, 0);
          tx.raise(owner, contextUpdated(revision));
        }),
      ),
    );
    expect(await committed()).toEqual([{ n: 0, unit: 30 }]);
    expect(new Set(opened.published.map(({ revision }) => revision)).size).toBe(30);
  });

  it('that cannot be committed fails, and leaves and signals nothing', async () => {
    await opened.outsider.execute(
      `CREATE TABLE late (n integer REFERENCES probe (n) DEFERRABLE INITIALLY DEFERRED)`,
    );
    const failing = opened.storage.commit('commit_fails', async (tx) => {
      await add(tx, 1);
      await tx.insert('late', { n: 404 });
      tx.raise(owner, contextUpdated(1));
    });
    await expect(failing).rejects.toThrow(/foreign key/i);
    expect(await committed()).toEqual([]);
    expect(opened.published).toEqual([]);
    expect(await addOne(2)).toBe(2);
  });

  it('that goes on after a failed statement never counts as committed when it is not', async () => {
    const careless = opened.storage.commit('careless', async (tx) => {
      await add(tx, 1);
      await add(tx, 1).catch(() => undefined);
      tx.raise(owner, contextUpdated(1));
    });
    const isCommitted = await careless.then(
      () => true,
      () => false,
    );
    expect(await committed()).toEqual(isCommitted ? [{ n: 1, unit: 1 }] : []);
    expect(opened.published).toHaveLength(isCommitted ? 1 : 0);
  });

  it('that meets another program’s lock is refused with storage_unavailable, and is welcome afterwards', async () => {
    await opened.close();
    await open({ PULLCORD_POSTGRES_LOCK_MS: '200' });
    await opened.outsider.execute(
      dialect === 'sqlite' ? `BEGIN IMMEDIATE` : `BEGIN; LOCK TABLE probe IN ACCESS EXCLUSIVE MODE`,
    );
    const waiting = await Promise.allSettled([1, 2, 3].map(addOne));
    expect(codes(waiting)).toEqual(['storage_unavailable', 'storage_unavailable', 'storage_unavailable']);
    await opened.outsider.execute(`ROLLBACK`);
    expect(await addOne(4)).toBe(4);
    expect(await committed()).toEqual([{ n: 4, unit: 4 }]);
  });

  it('is refused once as many wait as may', async () => {
    await opened.close();
    await open({ PULLCORD_COMMIT_QUEUE_MAX: '5' });
    const settled = await Promise.allSettled([1, 2, 3, 4, 5, 6, 7].map(addOne));
    expect(settled.map(({ status }) => status).slice(0, 5)).toEqual(Array(5).fill('fulfilled'));
    expect(codes(settled)).toEqual(['storage_unavailable', 'storage_unavailable']);
    expect((await committed()).map(({ n }) => n)).toEqual([1, 2, 3, 4, 5]);
    expect(await addOne(8)).toBe(8);
  });
});

describe('commitOnce', () => {
  beforeEach(() => open());
  const key = { owner, key: 'k', fingerprint: 'f' };
  let made = 0;
  /** Each time that it really runs it adds a row of its own. */
  const once = (more: Partial<typeof key> = {}): Promise<{ n: number }> =>
    opened.storage.commitOnce('once', { ...key, ...more }, async (tx) => {
      const n = ++made;
      await add(tx, n);
      tx.raise(owner, contextUpdated(n));
      return { n };
    });
  const keys = (): Promise<unknown[]> => opened.outsider.look(`SELECT * FROM idempotency_keys`);
  beforeEach(() => (made = 0));

  it('runs 10 at once with the same key as one, which answers all', async () => {
    const answers = await Promise.all(Array.from({ length: 10 }, () => once()));
    expect(new Set(answers.map(({ n }) => n)).size).toBe(1);
    expect(await committed()).toHaveLength(1);
    expect(opened.published).toHaveLength(1);
  });

  it('refuses another request with the same key, and does nothing', async () => {
    await once();
    await expect(once({ fingerprint: 'other' })).rejects.toMatchObject({ code: 'idempotency_key_reused' });
    expect(await committed()).toHaveLength(1);
    expect(opened.published).toHaveLength(1);
  });

  it('keeps the keys of owners apart', async () => {
    const [one, two] = [await once(), await once({ owner: 'other' as Owner })];
    expect(one).not.toEqual(two);
  });

  it('records nothing of a unit that failed: the next one with the key runs', async () => {
    let isFirst = true;
    const failOnce = (): Promise<number> =>
      opened.storage.commitOnce('fail_once', key, async (tx) => {
        await add(tx, ++made);
        if (isFirst) {
          isFirst = false;
          throw new DomainError('context_busy', 'Not now.');
        }
        return made;
      });
    const settled = await Promise.allSettled([failOnce(), failOnce(), failOnce()]);
    expect(codes(settled)).toEqual(['context_busy']);
    expect(await committed()).toHaveLength(1);
    expect(await keys()).toHaveLength(1);
  });

  it('forgets a key when its time is over, and not before', async () => {
    const ttl = 86_400_000;
    const first = await once();
    opened.clock.time += ttl - 1;
    expect(await opened.storage.forgetOldKeys()).toBe(0);
    expect(await once()).toEqual(first);
    opened.clock.time += 1;
    expect(await once({ fingerprint: 'another request by now' })).not.toEqual(first);
    opened.clock.time += ttl;
    expect(await opened.storage.forgetOldKeys()).toBe(1);
    expect(await keys()).toEqual([]);
  });

  it('answers a repeat with what was answered, whatever JSON it is', async () => {
    const say = (said: unknown): Promise<unknown> =>
      opened.storage.commitOnce('say', { ...key, key: JSON.stringify(said) }, () => Promise.resolve(said));
    for (const said of [null, 0, '', 'NUL \u0000 and half a pair \ud83c', { deep: [1, { er: true }] }])
      expect([await say(said), await say(said)]).toEqual([said, said]);
    await nextTurn();
    expect(opened.published).toEqual([]);
  });
});
