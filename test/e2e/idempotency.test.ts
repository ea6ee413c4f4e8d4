// Protocol 9: a command with an Idempotency-Key is carried out once, and answered alike ever after.
import { beforeAll, expect, it } from 'vitest';
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
  pullChunks,
  reaches,
  refusal,
  refused,
  type MessagePage,
  type WholeContext,
} from '../support/api.js';
import type { Answer, Caller } from '../support/http.js';
import { SharedServer } from '../support/owners.js';

let shared: SharedServer;
beforeAll(async () => void (shared = await SharedServer.start()));

const times = 10;
const keyed = (key: string) => ({ headers: { 'idempotency-key': key } });
const text = (content: string) => ({ role: 'user', payload: { kind: 'text', data: { content } } });
const total = async (api: Caller): Promise<number> =>
  body(await api.get<{ contexts: unknown[] }>('/contexts')).contexts.length;

/** The same request many times at once, and once more when all are answered; all answers must be equal. */
async function postMany(api: Caller, path: string, input: object, key = 'k'): Promise<Answer<unknown>> {
  const post = () => api.post(path, input, keyed(key));
  const answers = await Promise.all(Array.from({ length: times }, post));
  const last = await post();
  for (const { status, body, headers } of answers) {
    expect({ status, body }).toEqual({ status: last.status, body: last.body });
    for (const name of ['location', 'etag']) expect(headers.get(name)).toBe(last.headers.get(name));
  }
  return last;
}

it('makes one context', async () => {
  const api = shared.newOwner();
  const created = (await postMany(api, '/contexts', { title: 'Once' })) as Answer<WholeContext>;
  expect([created.status, await total(api)]).toEqual([201, 1]);
  expect(await getContext(api, created.body.id)).toEqual(created.body);
});

it('answers what the context was at first, whatever has become of it since', async () => {
  const api = shared.newOwner();
  const input = { title: 'First', config: { mode: 'chat', system_prompt: '\ud800', model: null } };
  const create = () => api.post<WholeContext>('/contexts', input, keyed('k'));
  const first = await create();
  const { id } = first.body;
  body(await api.patch(`/contexts/${id}`, { title: 'Second', config: { mode: null } }));
  await appendText(api, id, 'Hello');
  const again = await create();
  expect(again).toMatchObject({ status: 201, body: first.body });
  expect(again.headers.get('etag')).toBe('"1"');
  body(await api.delete(`/contexts/${id}`), 204);
  expect(await create()).toMatchObject({ status: 201, body: first.body });
  expect(refused(await api.get(`/contexts/${id}`))).toBe('404 context_not_found');
});

it('makes one message and one run', async () => {
  const api = shared.newOwner();
  const { id } = await createContext(api);
  await postMany(api, `/contexts/${id}/actions/send_message`, { content: '/echo Yes' });
  await reaches(api, id, 'awaiting_user');
  await postMany(api, `/contexts/${id}/actions/append_message`, text('Appended'), 'k2');
  expect((await getPage(api, id)).messages.map(({ role }) => role)).toEqual(['user', 'assistant', 'user']);
});

it('carries every command out once', async () => {
  const api = shared.newOwner();
  const { id } = await createContext(api);
  const { message_id } = await act(api, id, 'send_message', { content: '/echo Yes' });
  await reaches(api, id, 'awaiting_user');
  const path = `/contexts/${id}/actions`;
  const revisionAfter = async (action: string, input: object = {}) => {
    const { status } = await postMany(api, `${path}/${action}`, input, action);
    expect(status).toBe(202);
    await reaches(api, id, action === 'archive' ? 'archived' : 'awaiting_user');
    return getMetadata(api, id);
  };
  await revisionAfter('retry');
  expect((await getContext(api, id)).branches).toHaveLength(2);
  await revisionAfter('edit_message', { message_id, content: '/echo No' });
  expect((await getContext(api, id)).branches).toHaveLength(3);
  const switched = await revisionAfter('switch_branch', { branch: 'main' });
  expect(switched.active_branch).toBe('main');
  expect((await revisionAfter('cancel')).revision).toBe(switched.revision);
  expect((await revisionAfter('archive')).revision).toBe(switched.revision + 1);
  expect((await revisionAfter('restore')).revision).toBe(switched.revision + 2);
});

it('takes each call of a producer once', async () => {
  const api = shared.newOwner();
  const { id } = await createContext(api);
  const begun = await postMany(api, `/contexts/${id}/messages/streaming`, {}, 'begin');
  expect(begun.status).toBe(201);
  const stream = begun.headers.get('location') ?? '';
  await postMany(api, `${stream}/streaming-chunks`, { chunks: [{ delta: 'a' }, { delta: 'b' }] }, 'append');
  await postMany(
    api,
    `${stream}/streaming-chunks`,
    { chunks: [{ delta: 'c' }], expected_sequence: 2 },
    'more',
  );
  await postMany(api, `${stream}/finalize`, { finish_reason: 'stop' }, 'end');
  expect((await pullChunks(api, stream)).chunks.map(({ delta }) => delta)).toEqual(['a', 'b', 'c']);
  expect((await getPage(api, id)).messages).toMatchObject([{ status: 'complete', data: { content: 'abc' } }]);
});

it('refuses the key for anything else', async () => {
  const api = shared.newOwner();
  const { id } = await createContext(api);
  const other = await createContext(api);
  const path = `/contexts/${id}/actions/append_message`;
  body(await api.post(path, text('One'), keyed('k')), 202);
  for (const [where, input] of [
    [path, text('Two')],
    [path, { ...text('One'), metadata: {} }],
    [path.replace(id, other.id), text('One')],
    [`/contexts/${id}/actions/cancel`, text('One')],
    ['/contexts', {}],
  ] as const) {
    const wanted = where.endsWith('cancel') ? {} : input;
    expect(refused(await api.post(where, wanted, keyed('k'))), where).toBe('422 idempotency_key_reused');
  }
  expect((await getPage(api, id)).messages).toHaveLength(1);
  expect((await getPage(api, other.id)).messages).toHaveLength(0);
  expect(await total(api)).toBe(2);
});

it('gives each owner keys of their own', async () => {
  const [ada, bob] = [shared.newOwner(), shared.newOwner()];
  const created = await Promise.all(
    [ada, bob].map((api) => api.post<WholeContext>('/contexts', {}, keyed('k'))),
  );
  const [first, second] = created.map(({ body }) => body.id);
  expect(first).not.toBe(second);
  expect([await total(ada), await total(bob)]).toEqual([1, 1]);
  // A key says nothing about what it was used for to anybody else.
  expect(refused(await bob.post(`/contexts/${first}/actions/archive`, {}, keyed('k2')))).toMatch(/^404 /);
  expect((await bob.post(`/contexts/${second}/actions/archive`, {}, keyed('k2'))).status).toBe(202);
});

it('forgets the key of a command that was refused', async () => {
  const api = shared.newOwner();
  const { id } = await createContext(api);
  const stream = await beginStream(api, id);
  const path = `/contexts/${id}/actions/append_message`;
  expect(refused(await api.post(path, text('x'), keyed('k')))).toBe('409 context_busy');
  expect(refused(await api.post(path, {}, keyed('k')))).toBe('400 invalid_request');
  await appendDeltas(api, stream, 'a');
  await act(api, id, 'cancel');
  body(await api.post(path, text('x'), keyed('k')), 202);
});

it('takes as a key 1 to 255 visible ASCII characters', async () => {
  const api = shared.newOwner();
  for (const key of ['!', '~', 'x'.repeat(255), '"a,b"'])
    body(await api.post('/contexts', {}, keyed(key)), 201);
  for (const key of ['', 'a b', 'é', 'x'.repeat(256)])
    expect(refusal(await api.post('/contexts', {}, keyed(key))), key).toMatchObject({
      status: 400,
      errors: [{ path: 'Idempotency-Key' }],
    });
  expect(await total(api)).toBe(4);
});

it('knows a body again by its bytes, however deep it is', async () => {
  const api = shared.newOwner();
  const { id } = await createContext(api);
  const deep = `{"role":"user","payload":{"kind":"x","data":{"a":${'['.repeat(100_000)}${']'.repeat(100_000)}}}}`;
  const path = `/contexts/${id}/actions/append_message`;
  expect(refused(await api.post(path, deep, keyed('k')))).toBe('400 invalid_request');
  const page = body(await api.get<MessagePage>(`/contexts/${id}/messages`));
  expect(page.messages).toEqual([]);
});
