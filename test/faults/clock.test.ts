// The clock jumps back by an hour, under a server that runs or between two of its lives. What is ordered is ordered by
// numbers, and a time in the future is never waited for.
import Sqlite from 'better-sqlite3';
import { describe, expect, it } from 'vitest';
import {
  act,
  appendDeltas,
  appendText,
  beginStream,
  body,
  createContext,
  getContext,
  getMetadata,
  getPage,
  type Accepted,
} from '../support/api.js';
import { movableClock, setBack } from '../support/clock.js';
import { findingsIn } from '../support/copies.js';
import type { Dialect } from '../support/databases.js';
import { caller, type Caller } from '../support/http.js';
import { startServer, type TestServer } from '../support/server.js';
import { SseStream } from '../support/sse.js';
import { until } from '../support/until.js';
import { allChunks, allMessages, settled, streamOf } from '../support/whole-pulls.js';

const usersTurn = { type: 'awaiting_user', reason: 'input' };
const dialects: readonly Dialect[] = ['sqlite', 'postgres'];

const env = {
  PULLCORD_RUN_LEASE_MS: '600',
  PULLCORD_EXTERNAL_STREAM_IDLE_MS: '1000',
  PULLCORD_HEARTBEAT_MS: '100',
};

async function start(dialect: Dialect): Promise<{ server: TestServer; api: Caller }> {
  const server = await startServer({ dialect, env, ...movableClock });
  const where = {
    get url() {
      return server.url;
    },
  };
  return { server, api: caller(where) };
}

/** What a context holds, in the order in which it is told, by either of the two pulls. */
async function textsOf(api: Caller, id: string): Promise<[string[], string[]]> {
  const texts = (messages: readonly { data: object }[]): string[] =>
    messages.map(({ data }) => ('content' in data ? String(data.content) : ''));
  return [texts(await allMessages(api, id)), texts((await getPage(api, id)).messages)];
}

describe.each(dialects)('on %s, when the clock is set back under a running server', (dialect) => {
  it('runs, leases, heartbeats and long pulls go on as if nothing had happened', async () => {
    const { server, api } = await start(dialect);
    const { id } = await createContext(api);
    const signals = await SseStream.open(`${server.url}/contexts/${id}/events`);
    await act(api, id, 'send_message', { content: '/pace 20\n/words 100' });
    const answer = await streamOf(api, id);
    const queued = await act(api, id, 'send_message', { content: '/echo second', on_busy: 'queue' });
    await setBack(server);
    const { current_sequence } = await allChunks(api, answer);
    const held = api.get<{ chunks: unknown[]; status: string }>(
      `${answer}/streaming-chunks?after=${current_sequence}&wait_ms=20000`,
    );
    const last = await act(api, id, 'send_message', { content: '/echo third', on_busy: 'queue' });
    // Held until there is something newer, or, on a slow machine, answered because there will be nothing newer.
    const { chunks, status } = body(await held);
    expect(chunks.length > 0 || status !== 'streaming').toBe(true);
    const isAnswered = async (): Promise<boolean> => (await textsOf(api, id))[0].length === 6;
    await until(isAnswered, { what: 'the queued messages to be answered' });
    expect((await settled(api, id)).state).toEqual(usersTurn);
    expect((await allChunks(api, answer)).chunks).toHaveLength(100);
    const [changes, page] = await textsOf(api, id);
    expect(page).toEqual(changes);
    expect(page.slice(2)).toEqual(['/echo second', 'second', '/echo third', 'third']);
    const users = (await getPage(api, id)).messages.filter(({ role }) => role === 'user');
    expect(users.slice(1).map((message) => message.id)).toEqual([queued.message_id, last.message_id]);
    await signals.nextSignal('heartbeat');
    signals.destroy();
    expect(await findingsIn(server)).toEqual([]);
  });

  it('revisions, ids and lists keep their order, and each context is listed once', async () => {
    const { server, api } = await start(dialect);
    const ids: string[] = [];
    for (let n = 0; n < 3; n++) ids.push((await createContext(api)).id);
    const [first = ''] = ids;
    await appendText(api, first, 'before');
    const before = await getMetadata(api, first);
    await setBack(server);
    for (let n = 0; n < 3; n++) ids.push((await createContext(api)).id);
    await appendText(api, first, 'after');
    expect([...ids].sort()).toEqual(ids);
    expect((await getMetadata(api, first)).revision).toBeGreaterThan(before.revision);
    expect(await textsOf(api, first)).toEqual([
      ['before', 'after'],
      ['before', 'after'],
    ]);
    const listed: string[] = [];
    for (let cursor = ''; ;) {
      const query = `limit=2${cursor && `&cursor=${cursor}`}`;
      const page = body(
        await api.get<{ contexts: { id: string }[]; next_cursor: string | null }>(`/contexts?${query}`),
      );
      listed.push(...page.contexts.map((context) => context.id));
      if (page.next_cursor === null) break;
      cursor = page.next_cursor;
    }
    expect(listed.sort()).toEqual(ids);
  });

  it('an Idempotency-Key still gives the first answer again', async () => {
    const { server, api } = await start(dialect);
    const { id } = await createContext(api);
    const send = async (): Promise<Accepted> => {
      const headers = { 'idempotency-key': 'once' };
      const answer = await api.post<Accepted>(
        `/contexts/${id}/actions/send_message`,
        { content: '/echo Hi.' },
        { headers },
      );
      return body(answer, 202);
    };
    const first = await send();
    await setBack(server);
    expect(await send()).toEqual(first);
    await settled(api, id);
    expect(await allMessages(api, id)).toHaveLength(2);
  });

  it('a producer that goes silent is given up all the same', async () => {
    const { server, api } = await start(dialect);
    const { id } = await createContext(api);
    const stream = await beginStream(api, id);
    await appendDeltas(api, stream, 'and then');
    await setBack(server);
    expect((await settled(api, id)).state).toMatchObject({ type: 'error', code: 'interrupted' });
    expect((await allChunks(api, stream)).status).toBe('interrupted');
  });
});

describe('a run whose end could not be stored', () => {
  it('is put right though the clock was set back in between', async () => {
    const { server, api } = await start('sqlite');
    const { id } = await createContext(api);
    await act(api, id, 'send_message', { content: '/pace 2\n/words 100000' });
    await streamOf(api, id);
    const other = new Sqlite(server.databaseFile);
    other.exec('BEGIN IMMEDIATE');
    const hasRunFailed = (): boolean => server.logs.some(({ level, run_id }) => level === 'error' && run_id);
    await until(hasRunFailed, { what: 'the run to fail' });
    await setBack(server);
    other.close();
    expect((await settled(api, id)).state).toMatchObject({ type: 'error', retryable: true });
    expect(await findingsIn(server)).toEqual([]);
  });
});

describe.each(dialects)('on %s, when a server starts an hour before it was killed', (dialect) => {
  it('what it had under way is put right, and goes on', async () => {
    const { server, api } = await start(dialect);
    const { id } = await createContext(api);
    await act(api, id, 'send_message', { content: '/pace 2\n/words 100000' });
    const answer = await streamOf(api, id);
    const seen = (await allChunks(api, answer)).chunks;
    await server.restart({ CLOCK_OFF_MINUTES: '-60' });
    expect((await settled(api, id)).state).toMatchObject({ type: 'error', code: 'interrupted' });
    expect((await allChunks(api, answer)).chunks.slice(0, seen.length)).toEqual(seen);
    await act(api, id, 'send_message', { content: '/echo Still here.' });
    expect((await settled(api, id)).state).toEqual(usersTurn);
    const [changes, page] = await textsOf(api, id);
    expect(page).toEqual(changes);
    expect(page.at(-1)).toBe('Still here.');
    expect((await getContext(api, id)).revision).toBe((await getMetadata(api, id)).revision);
    expect(await findingsIn(server)).toEqual([]);
  });
});
