// Another program takes the database's lock and keeps it: an administrator with the sqlite3 shell open.
import Sqlite from 'better-sqlite3';
import { afterEach, beforeEach, expect, it } from 'vitest';
import {
  act,
  appendDeltas,
  beginStream,
  createContext,
  getMetadata,
  pullChunks,
  refusal,
} from '../support/api.js';
import { findingsIn } from '../support/copies.js';
import { caller, type Caller } from '../support/http.js';
import { startServer, type TestServer } from '../support/server.js';
import { until } from '../support/until.js';
import { allChunks, settled, streamOf } from '../support/whole-pulls.js';

let server: TestServer;
let api: Caller;
let other: Sqlite.Database;
beforeEach(async () => {
  server = await startServer({ dialect: 'sqlite', env: { PULLCORD_RUN_LEASE_MS: '600' } });
  api = caller(server);
  other = new Sqlite(server.databaseFile);
});
afterEach(() => other.close());

const takeLock = (): void => void other.exec('BEGIN IMMEDIATE');
/** Not just anything: what tends the runs fails too, perhaps before the run's own next commit. */
const hasRunFailed = (): boolean => server.logs.some(({ level, run_id }) => level === 'error' && run_id);
const giveBack = (): void => void other.exec('ROLLBACK');

it('refuses writes with 503 and Retry-After, goes on reading, and writes again once the lock is free', async () => {
  const { id } = await createContext(api);
  const stream = await beginStream(api, id);
  await appendDeltas(api, stream, 'one ', 'two ');
  const before = await getMetadata(api, id);
  takeLock();
  for (const path of ['/contexts', `${stream}/streaming-chunks`, `${stream}/finalize`]) {
    const said = path.endsWith('chunks') ? { chunks: [{ delta: 'three' }] } : { finish_reason: 'stop' };
    const refused = await api.post(path, path === '/contexts' ? {} : said);
    expect(refusal(refused)).toMatchObject({ status: 503, code: 'storage_unavailable' });
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
  }
  expect(await getMetadata(api, id)).toEqual(before);
  expect((await pullChunks(api, stream)).chunks.map(({ delta }) => delta)).toEqual(['one ', 'two ']);
  giveBack();
  expect(await appendDeltas(api, stream, 'three')).toBe(3);
  expect((await createContext(api)).revision).toBe(1);
});

it('keeps what a run had written, ends the run when that can be noted, and lets the user go on', async () => {
  const { id } = await createContext(api);
  await act(api, id, 'send_message', { content: '/pace 2\n/words 100000' });
  const answer = await streamOf(api, id);
  const seen = (await allChunks(api, answer)).chunks;
  takeLock();
  await until(hasRunFailed, { what: 'the run to fail' });
  expect((await getMetadata(api, id)).state.type).toBe('streaming_response');
  giveBack();
  expect((await settled(api, id)).state).toMatchObject({ type: 'error', retryable: true });
  expect((await allChunks(api, answer)).chunks.slice(0, seen.length)).toEqual(seen);
  await act(api, id, 'send_message', { content: '/echo Here again.' });
  expect((await settled(api, id)).state).toEqual({ type: 'awaiting_user', reason: 'input' });
  expect(await findingsIn(server)).toEqual([]);
});

it('does not lose a message that was queued behind that run', async () => {
  const { id } = await createContext(api);
  await act(api, id, 'send_message', { content: '/pace 2\n/words 100000' });
  await streamOf(api, id);
  const queued = await act(api, id, 'send_message', { content: '/echo My turn.', on_busy: 'queue' });
  takeLock();
  await until(hasRunFailed, { what: 'the run to fail' });
  giveBack();
  const answered = await until(
    async () => {
      const { body } = await api.get<{ messages: { id: string; data: { content: string } }[] }>(
        `/contexts/${id}/messages`,
      );
      return body.messages.at(-1)?.data.content === 'My turn.' && body.messages;
    },
    { what: 'the queued message to be answered' },
  );
  expect(answered.at(-2)?.id).toBe(queued.message_id);
});
