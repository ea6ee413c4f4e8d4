// What becomes of a context: its light view, its state, and its end.
import { beforeAll, expect, it } from 'vitest';
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
  nextMillisecond,
  reaches,
  refusal,
  refused,
} from '../support/api.js';
import { dialect } from '../support/databases.js';
import { SharedServer } from '../support/owners.js';
import { sql } from '../support/sql.js';

let shared: SharedServer;
beforeAll(async () => void (shared = await SharedServer.start()));

const timestamp = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

it('deletes a context with everything of it, in the middle of a stream too', async () => {
  const api = shared.newOwner();
  const { id } = await createContext(api, { title: 'Gone' });
  const { message_id } = await appendText(api, id, 'Hello');
  const stream = await beginStream(api, id);
  await appendDeltas(api, stream, 'Hel', 'lo');
  const gone = await api.delete(`/contexts/${id}`);
  expect([gone.status, gone.body]).toEqual([204, undefined]);
  for (const path of ['', '/metadata', '/state', '/messages', `/messages/${message_id}`, '/events'])
    expect(refused(await api.get(`/contexts/${id}${path}`)), path).toBe('404 context_not_found');
  expect((await api.post(`${stream}/streaming-chunks`, { chunks: [{ delta: 'x' }] })).status).toBe(404);
  expect((await api.post(`${stream}/finalize`, { finish_reason: 'stop' })).status).toBe(404);
  expect(body(await api.get('/contexts'))).toEqual({ contexts: [], next_cursor: null });
});

const tables =
  dialect === 'sqlite'
    ? `SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'`
    : `SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public'`;

it('leaves no row of a purged context behind but what the audit log says, and what it has used', async () => {
  const api = shared.newOwner();
  const { id } = await createContext(api);
  await act(api, id, 'send_message', { content: '/echo Yes' });
  await reaches(api, id, 'awaiting_user');
  const final = await beginStream(api, id);
  await appendDeltas(api, final, 'a');
  await finalize(api, final);
  const open = await beginStream(api, id);
  await appendDeltas(api, open, 'b');
  await act(api, id, 'send_message', { content: 'Queued', on_busy: 'queue' });
  const ids = [id, ...(await getPage(api, id)).messages.map((message) => message.id)];
  const rowsOf = async (table: string) => JSON.stringify(await sql(shared.server, `SELECT * FROM ${table}`));
  const named = async () => {
    const found: string[] = [];
    for (const { name } of await sql<{ name: string }>(shared.server, tables)) {
      const rows = await rowsOf(name);
      if (ids.some((each) => rows.includes(each))) found.push(name);
    }
    return found.sort();
  };
  expect(await named()).toEqual(
    expect.arrayContaining(['branches', 'contexts', 'messages', 'open_streams', 'runs']),
  );
  body(await api.delete(`/contexts/${id}?purge=true`), 204);
  // That it was there, and is no more.
  expect(await named()).toEqual(['audit_log', 'usage']);
});

it('shows the light view with exactly its fields, and a tag that moves with the stream', async () => {
  const api = shared.newOwner();
  const config = { model: 'scripted/default', mode: 'chat', system_prompt: 'Secret.' };
  const { id, created_at } = await createContext(api, { title: 'Light', config });
  await nextMillisecond();
  const { message_id } = await appendText(api, id, 'Body');
  const light = await getMetadata(api, id);
  expect(light).toEqual({
    id,
    title: 'Light',
    state: { type: 'awaiting_user', reason: 'input' },
    active_branch: 'main',
    message_count: 1,
    revision: 3,
    model: 'scripted/default',
    mode: 'chat',
    streaming: [],
    created_at,
    updated_at: expect.stringMatching(timestamp) as string,
  });
  expect(light.updated_at > created_at).toBe(true);
  expect(JSON.stringify(light)).not.toMatch(new RegExp(`Body|Secret|${message_id}`));

  const path = `/contexts/${id}/metadata`;
  const tag = async () => (await api.get(path)).headers.get('etag') ?? '';
  const stream = await beginStream(api, id);
  const tags = [await tag()];
  for (const delta of ['a', 'b']) {
    await appendDeltas(api, stream, delta);
    tags.push(await tag());
  }
  expect(new Set(tags).size).toBe(3);
  expect((await api.get(path, { headers: { 'if-none-match': tags[1] ?? '' } })).status).toBe(200);
  const same = await api.get(path, { headers: { 'if-none-match': tags[2] ?? '' } });
  expect([same.status, same.body, same.headers.get('etag')]).toEqual([304, undefined, tags[2]]);
  expect(await getMetadata(api, id)).toMatchObject({
    revision: 6,
    state: { type: 'streaming_response', sequence: 2 },
    streaming: [{ message_id: stream.split('/').at(-1), current_sequence: 2 }],
  });
});

it('says in every state what is allowed in it', async () => {
  const api = shared.newOwner();
  const { id } = await createContext(api);
  const seen = async () => body(await api.get(`/contexts/${id}/state`));
  const always = ['switch_branch', 'generate_title'];
  const atRest = ['archive', 'switch_branch', 'merge_branch', 'generate_title'];
  const initial = ['send_message', 'append_message', ...atRest];
  expect(await seen()).toEqual({
    context_id: id,
    state: { type: 'initial' },
    allowed_actions: initial,
    revision: 1,
  });
  await appendText(api, id, 'Hello');
  const input = ['send_message', 'append_message', 'edit_message', 'retry', ...atRest, 'compress'];
  expect(await seen()).toMatchObject({ state: { reason: 'input' }, allowed_actions: input });
  await beginStream(api, id);
  expect(await seen()).toMatchObject({
    state: { type: 'streaming_response', sequence: 0 },
    allowed_actions: ['cancel', ...always],
  });
  await act(api, id, 'cancel');
  await act(api, id, 'send_message', { content: '/fail upstream_rejected' });
  await reaches(api, id, 'error');
  expect(await seen()).toMatchObject({
    state: { code: 'upstream_rejected', retryable: false },
    allowed_actions: input,
  });
  await act(api, id, 'archive');
  expect(await seen()).toMatchObject({ state: { type: 'archived' }, allowed_actions: ['restore'] });
});

it('archives and restores, and refuses both elsewhere with the state and what is allowed', async () => {
  const api = shared.newOwner();
  const { id } = await createContext(api);
  const command = (action: string) => api.post(`/contexts/${id}/actions/${action}`);
  const notHere = (answer: Awaited<ReturnType<typeof command>>, code: string) =>
    expect(refusal(answer)).toMatchObject({ status: 409, code });
  notHere(await command('restore'), 'illegal_transition');
  expect(await act(api, id, 'archive')).toEqual({ context_id: id, state: { type: 'archived' }, revision: 2 });
  const archived = { status: 409, state: { type: 'archived' }, allowed_actions: ['restore'] };
  for (const [method, path, input] of [
    ['post', '/actions/archive', {}],
    ['post', '/actions/send_message', { content: 'x' }],
    ['post', '/actions/append_message', { role: 'user', payload: { kind: 'text', data: { content: 'x' } } }],
    ['post', '/actions/retry', {}],
    ['post', '/actions/switch_branch', { branch: 'main' }],
    ['post', '/actions/generate_title', {}],
    ['post', '/messages/streaming', {}],
    ['patch', '', { title: 'x' }],
  ] as const)
    expect(refusal(await api[method](`/contexts/${id}${path}`, input)), path).toMatchObject(archived);
  expect((await getContext(api, id)).revision).toBe(2);
  expect(await act(api, id, 'restore')).toMatchObject({ state: { type: 'initial' }, revision: 3 });

  await appendText(api, id, 'Hello');
  await act(api, id, 'archive');
  const input = { type: 'awaiting_user', reason: 'input' };
  expect(await act(api, id, 'restore')).toMatchObject({ state: input, revision: 7 });
  await beginStream(api, id);
  const busy = refusal(await command('archive'));
  expect(busy).toMatchObject({ code: 'illegal_transition', state: { type: 'streaming_response' } });
  expect(busy.allowed_actions).toContain('cancel');
});
