// How contexts end: deleted, back again while their time of grace lasts, and purged, when nothing of them is left.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  act,
  appendDeltas,
  appendText,
  beginStream,
  body,
  createContext,
  finalize,
  getContext,
  getMetadata,
  getPage,
  pullChunks,
  reaches,
  refused,
  type WholeContext,
} from '../support/api.js';
import { findingsIn } from '../support/copies.js';
import { dialect } from '../support/databases.js';
import { caller, type Caller } from '../support/http.js';
import { SharedServer } from '../support/owners.js';
import { expectClean } from '../support/pullcord.js';
import { startServer, type TestServer } from '../support/server.js';
import { sql } from '../support/sql.js';
import { SseStream } from '../support/sse.js';
import { until } from '../support/until.js';

interface DeletedList {
  readonly contexts: readonly {
    readonly id: string;
    readonly title: string | null;
    readonly reason: string;
    readonly deleted_at: string;
    readonly purge_at: string;
  }[];
  readonly next_cursor: string | null;
}

const graceMs = 86_400_000;
let shared: SharedServer;
beforeAll(async () => {
  shared = await SharedServer.start({ env: { PULLCORD_DELETE_GRACE_MS: String(graceMs) } });
});
afterAll(() => expectClean(shared.server));

const deleted = async (api: Caller, query = ''): Promise<DeletedList> =>
  body(await api.get<DeletedList>(`/deleted-contexts${query}`));
const remove = async (api: Caller, id: string, query = ''): Promise<void> =>
  void body(await api.delete(`/contexts/${id}${query}`), 204);

/** A context with a question, a streamed answer and a title. */
async function conversation(api: Caller): Promise<{ readonly id: string; readonly stream: string }> {
  const { id } = await createContext(api, { title: 'Kept', config: { system_prompt: 'SECRET' } });
  await appendText(api, id, 'Hello');
  const stream = await beginStream(api, id);
  await appendDeltas(api, stream, 'Hel', 'lo');
  await finalize(api, stream);
  return { id, stream };
}

/** All that clients can see of a context, without what moves with every change. */
async function everythingOf(api: Caller, id: string, stream: string): Promise<unknown> {
  const { revision: _, updated_at: __, ...context } = await getContext(api, id);
  return [context, (await getPage(api, id)).messages, await pullChunks(api, stream)];
}

describe('a deleted context', () => {
  it('is nowhere to be found, and comes back as it was', async () => {
    const api = shared.newOwner();
    const { id, stream } = await conversation(api);
    const before = await everythingOf(api, id, stream);
    const { revision } = await getMetadata(api, id);
    await remove(api, id);
    for (const path of [`/contexts/${id}`, `/contexts/${id}/messages`, `/contexts/${id}/events`, stream])
      expect(refused(await api.get(path)), path).toBe('404 context_not_found');
    expect(refused(await api.get(`${stream}/streaming-chunks`))).toBe('404 context_not_found');
    expect(refused(await api.delete(`/contexts/${id}`))).toBe('404 context_not_found');
    expect(body(await api.get('/contexts?q=kept'))).toEqual({ contexts: [], next_cursor: null });

    expect(await act(api, id, 'undelete')).toEqual({
      context_id: id,
      state: { type: 'awaiting_user', reason: 'input' },
      revision: revision + 2,
    });
    expect(await everythingOf(api, id, stream)).toEqual(before);
    await appendText(api, id, 'Go on');
    expect(await deleted(api)).toEqual({ contexts: [], next_cursor: null });
  });

  it('is listed until it is purged, the last deleted first, to its owner alone', async () => {
    const api = shared.newOwner();
    const ids: string[] = [];
    for (const title of ['One', 'Two', 'Three']) {
      ids.unshift((await createContext(api, { title })).id);
      await remove(api, ids[0] ?? '');
    }
    const { contexts } = await deleted(api);
    expect(contexts.map(({ title, reason }) => [title, reason]).sort()).toEqual([
      ['One', 'requested'],
      ['Three', 'requested'],
      ['Two', 'requested'],
    ]);
    for (const { deleted_at, purge_at } of contexts)
      expect(Date.parse(purge_at) - Date.parse(deleted_at)).toBe(graceMs);
    const times = contexts.map(({ deleted_at, id }) => `${deleted_at} ${id}`);
    expect(times).toEqual(times.toSorted().reverse());
    const first = await deleted(api, '?limit=2');
    const rest = await deleted(api, `?limit=2&cursor=${first.next_cursor}`);
    expect([...first.contexts, ...rest.contexts]).toEqual(contexts);
    expect(rest.next_cursor).toBeNull();

    const other = shared.newOwner();
    expect(await deleted(other)).toEqual({ contexts: [], next_cursor: null });
    expect(refused(await other.post(`/contexts/${ids[0]}/actions/undelete`))).toBe('404 context_not_found');
    expect(refused(await other.delete(`/contexts/${ids[0]}?purge=true`))).toBe('404 context_not_found');
    expect((await deleted(api)).contexts).toEqual(contexts);
  });

  it('says so to whoever follows, and again when it is back', async () => {
    const token = shared.newToken();
    const api = shared.as(token);
    const { id } = await createContext(api);
    const stream = await SseStream.open(`${shared.server.url}/events`, { token });
    await remove(api, id);
    expect(await stream.nextSignal('context_deleted')).toMatchObject({ context_id: id, revision: 2 });
    await act(api, id, 'undelete');
    const back = { context_id: id, revision: 3, changed: ['undeleted'] };
    expect(await stream.nextSignal('context_updated')).toMatchObject(back);
    stream.destroy();
  });

  it('comes back once for each key, and stays as it is when it is back', async () => {
    const api = shared.newOwner();
    const { id } = await createContext(api);
    await remove(api, id);
    const key = { headers: { 'idempotency-key': 'back' } };
    const first = body(await api.post(`/contexts/${id}/actions/undelete`, {}, key), 202);
    expect(body(await api.post(`/contexts/${id}/actions/undelete`, {}, key), 202)).toEqual(first);
    expect(await act(api, id, 'undelete')).toEqual(first);
    expect(await getMetadata(api, id)).toMatchObject({ revision: 3 });
  });

  it('is not deleted by whoever knew an older revision, nor purged', async () => {
    const api = shared.newOwner();
    const { id } = await createContext(api);
    await appendText(api, id, 'Since then');
    const stale = { headers: { 'if-match': '"1"' } };
    expect(refused(await api.delete(`/contexts/${id}?purge=true`, stale))).toBe('412 revision_mismatch');
    await remove(api, id);
    expect(refused(await api.delete(`/contexts/${id}?purge=true`, stale))).toBe('412 revision_mismatch');
    await act(api, id, 'undelete');
  });

  it('answers nothing more: what was streamed is kept, and what was in line is in the pool', async () => {
    const api = shared.newOwner();
    const { id } = await createContext(api);
    await act(api, id, 'send_message', { content: 'Go\n/words 3\n/stall 2' });
    await until(async () => (await getPage(api, id)).messages.length === 2, { what: 'the answer to begin' });
    await act(api, id, 'send_message', { content: '/echo NOT ASKED', on_busy: 'queue' });
    await act(api, id, 'generate_title');
    await remove(api, id);
    await act(api, id, 'undelete');
    const { messages } = await getPage(api, id);
    expect(messages.map(({ role, status }) => [role, status])).toEqual([
      ['user', 'complete'],
      ['assistant', 'cancelled'],
      ['user', 'complete'],
    ]);
    await act(api, id, 'send_message', { content: '/echo Still here' });
    await reaches(api, id, 'awaiting_user');
    expect((await getPage(api, id)).messages).toHaveLength(5);
  });

  it('keeps no call waiting for an approval', async () => {
    const api = shared.newOwner();
    const { id } = await createContext(api, { config: { tool_policy: { type: 'manual' } } });
    await act(api, id, 'send_message', { content: 'Time?\n/tool current_time {}' });
    await reaches(api, id, 'awaiting_user');
    await remove(api, id);
    expect(await act(api, id, 'undelete')).toMatchObject({
      state: { type: 'awaiting_user', reason: 'input' },
    });
    const kinds = (await getPage(api, id)).messages.map(({ kind, status }) => `${kind} ${status}`);
    expect(kinds).toContain('tool_request cancelled');
    expect(kinds).toContain('tool_result complete');
  });
});

const tables =
  dialect === 'sqlite'
    ? `SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'`
    : `SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public'`;

/** The tables in whose rows one of these ids is. */
async function tablesWith(server: TestServer, ids: readonly string[]): Promise<string[]> {
  const found: string[] = [];
  for (const { name } of await sql<{ name: string }>(server, tables)) {
    const rows = JSON.stringify(await sql(server, `SELECT * FROM ${name}`));
    if (ids.some((id) => rows.includes(id))) found.push(name);
  }
  return found.sort();
}

const idsOf = async (api: Caller, id: string): Promise<string[]> => [
  id,
  ...(await getPage(api, id, '?limit=200')).messages.map((message) => message.id),
];

const auditOf = (server: TestServer, id: string): Promise<{ actor: string; action: string }[]> =>
  sql(server, `SELECT actor, action FROM audit_log WHERE context_id = '${id}' ORDER BY id`);

describe('a purged context', () => {
  it('leaves nothing, also when it was deleted before, and an entry for each in the audit log', async () => {
    const api = shared.newOwner();
    const { id } = await conversation(api);
    const ids = await idsOf(api, id);
    await remove(api, id);
    expect(await tablesWith(shared.server, ids)).toEqual(
      expect.arrayContaining(['branches', 'chunks', 'deleted_contexts', 'messages']),
    );
    await remove(api, id, '?purge=true');
    expect(await tablesWith(shared.server, ids)).toEqual(['audit_log']);
    expect(refused(await api.post(`/contexts/${id}/actions/undelete`))).toBe('404 context_not_found');
    expect(refused(await api.delete(`/contexts/${id}?purge=true`))).toBe('404 context_not_found');
    const entries = await auditOf(shared.server, id);
    expect(entries.map(({ action }) => action)).toEqual(['context_deleted', 'context_purged']);
    const said = await until(
      () => shared.server.logs.find(({ msg, context_id }) => msg === 'context_purged' && context_id === id),
      { what: 'the line in the log' },
    );
    expect(said).toMatchObject({ level: 'info', actor: entries[1]?.actor, reason: 'requested' });
    expect(JSON.stringify(said)).not.toMatch(/Kept|SECRET/);
  });

  it('is removed a few rows at a time, and after a crash the rest of it', async () => {
    const env = { PULLCORD_PURGE_BATCH_ROWS: '2', PULLCORD_COMPACT_AFTER_MS: '3600000' };
    const server = await startServer({ env });
    const api = caller(server);
    const { id, stream } = await conversation(api);
    const more = await beginStream(api, id);
    await appendDeltas(api, more, ...Array<string>(40).fill('x'));
    await finalize(api, more);
    const ids = await idsOf(api, id);
    await remove(api, id);
    await server.stop();
    // As a crash leaves it, after a unit that found the most of the first message's rows.
    await sql(server, `UPDATE deleted_contexts SET purge_at = 0`);
    await sql(server, `DELETE FROM compactions WHERE message_id = '${stream.split('/').at(-1)}'`);
    expect(await findingsIn(server)).toEqual([]);
    await server.start();
    await until(async () => (await tablesWith(server, ids)).join() === 'audit_log', { what: 'the purge' });
    expect((await auditOf(server, id)).map(({ actor, action }) => `${actor} ${action}`)).toEqual([
      'local context_deleted',
      'retention context_purged',
    ]);
    await expectClean(server);
    await server.stop();
  });

  it('is one whose time of grace is over, without anybody asking', async () => {
    const env = { PULLCORD_DELETE_GRACE_MS: '1', PULLCORD_RETENTION_SWEEP_MS: '20' };
    const server = await startServer({ env });
    const api = caller(server);
    const { id } = await conversation(api);
    const [kept, ids]: [WholeContext, string[]] = [await createContext(api), await idsOf(api, id)];
    await remove(api, id);
    await until(async () => (await tablesWith(server, ids)).join() === 'audit_log', { what: 'the purge' });
    expect(refused(await api.post(`/contexts/${id}/actions/undelete`))).toBe('404 context_not_found');
    expect(await deleted(api)).toEqual({ contexts: [], next_cursor: null });
    expect((await getContext(api, kept.id)).id).toBe(kept.id);
    await server.stop();
  });

  it('is every deleted one, at once, where there is no grace', async () => {
    const server = await startServer({ env: { PULLCORD_DELETE_GRACE_MS: '0' } });
    const api = caller(server);
    const { id } = await conversation(api);
    const ids = await idsOf(api, id);
    await remove(api, id);
    expect(await tablesWith(server, ids)).toEqual(['audit_log']);
    await server.stop();
  });
});
