// A purge from within: what each of its units removes, and that it goes on from wherever it was broken off.
import 'reflect-metadata';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { readSettings } from '../../src/config/read-settings.js';
import { createApp } from '../../src/create-app.js';
import { createLogger } from '../../src/http/request-logger.js';
import { Database, type Committed, type Work } from '../../src/storage/database.js';
import type { SqlValue, Tx } from '../../src/storage/tx.js';
import {
  act,
  appendDeltas,
  appendText,
  beginStream,
  body,
  createContext,
  finalize,
  reaches,
} from '../support/api.js';
import { dialect, freshDatabase } from '../support/databases.js';
import { caller, type Caller } from '../support/http.js';

const most = 5;
/** The tables whose rows the limit counts. */
const own = ['compactions', 'chunks', 'chunk_blocks', 'messages', 'branches'];
const folder = mkdtempSync(join(tmpdir(), 'pullcord-purge-'));
let app: NestFastifyApplication;
let database: Database;
let api: Caller;
let drop: (() => Promise<void>) | undefined;
/** The rows that each unit of a purge has removed of each table. */
const units: Map<string, number>[] = [];
/** The unit of a purge that is to fail at its end. */
let failing = Infinity;

/** Counts what a unit removes. */
const counting = (tx: Tx, removed: Map<string, number>): Tx =>
  new Proxy(tx, {
    get: (target, name) => {
      const member: unknown = Reflect.get(target, name);
      if (name !== 'run') return typeof member === 'function' ? (member.bind(target) as unknown) : member;
      return async (sql: string, ...params: readonly SqlValue[]): Promise<number> => {
        const count = await target.run(sql, ...params);
        const table = /^DELETE FROM (\w+)/.exec(sql)?.[1];
        if (table && count > 0) removed.set(table, (removed.get(table) ?? 0) + count);
        return count;
      };
    },
  });

beforeAll(async () => {
  const postgres = dialect === 'postgres' ? await freshDatabase() : undefined;
  drop = postgres?.drop;
  const settings = readSettings({
    PULLCORD_DATA_DIR: folder,
    PULLCORD_PURGE_BATCH_ROWS: String(most),
    PULLCORD_COMPACT_AFTER_MS: '3600000',
    // Nobody but the tests purges.
    PULLCORD_RETENTION_SWEEP_MS: '3600000',
    ...(postgres && { DATABASE_URL: postgres.url }),
  });
  app = await createApp(settings, createLogger('silent'));
  database = app.get(Database, { strict: false });
  const commit = database.commit.bind(database);
  const watched = <Answer>(name: string, work: Work<Answer>): Promise<Committed<Answer>> => {
    if (name !== 'purge_context') return commit(name, work);
    const removed = new Map<string, number>();
    return commit(name, async (tx) => {
      const answer = await work(counting(tx, removed));
      if (units.length === failing) throw new Error('The power is gone.');
      units.push(removed);
      return answer;
    });
  };
  Object.defineProperty(database, 'commit', { value: watched });
  await app.listen(0, '127.0.0.1');
  api = caller({ url: await app.getUrl() });
});
afterAll(async () => {
  await app.close();
  await drop?.();
  rmSync(folder, { recursive: true });
});

/** A context with more of everything than one unit removes. */
async function largeContext(): Promise<string> {
  const { id } = await createContext(api);
  await act(api, id, 'send_message', { content: '/echo One', model: 'scripted/fast' });
  await reaches(api, id, 'awaiting_user');
  for (let n = 0; n < 12; n++) await appendText(api, id, `Message ${n}`);
  const stream = await beginStream(api, id);
  await appendDeltas(api, stream, ...Array<string>(23).fill('x'));
  await finalize(api, stream);
  return id;
}

const countIn = async (table: string, id: string): Promise<number> => {
  const sql = `SELECT count(*) AS n FROM ${table} WHERE context_id = ?`;
  return (await database.reads.get<{ n: number }>(sql, id))?.n ?? 0;
};

it('removes no more rows in one unit than the setting allows', async () => {
  const id = await largeContext();
  const other = await largeContext();
  units.length = 0;
  body(await api.delete(`/contexts/${id}?purge=true`), 204);
  const totals = units.map((unit) => {
    // What follows messages goes with them, and is as bounded as they are.
    const rows = [...unit].filter(([table]) => own.includes(table));
    return rows.reduce((sum, [, count]) => sum + count, 0);
  });
  expect(Math.max(...totals)).toBe(most);
  expect(totals.length).toBeGreaterThanOrEqual(Math.ceil((23 + 15) / most));
  for (const table of ['messages', 'branches', 'runs']) {
    expect(await countIn(table, id), table).toBe(0);
    expect(await countIn(table, other), table).toBeGreaterThan(0);
  }
});

it('goes on after any unit that it was broken off in, and never lets the context come back half', async () => {
  const id = await largeContext();
  units.length = 0;
  for (failing = 0; failing < 4; failing++) {
    expect((await api.delete(`/contexts/${id}?purge=true`)).status).toBe(500);
    expect((await api.get(`/contexts/${id}`)).status).toBe(404);
    expect((await api.post(`/contexts/${id}/actions/undelete`)).status).toBe(404);
  }
  failing = Infinity;
  body(await api.delete(`/contexts/${id}?purge=true`), 204);
  for (const table of ['messages', 'branches', 'runs']) expect(await countIn(table, id), table).toBe(0);
});
