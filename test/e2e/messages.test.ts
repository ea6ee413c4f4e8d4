import { beforeAll, expect, it } from 'vitest';
import type { Message } from '../../src/messages/message-kinds.js';
import {
  act,
  appendDeltas,
  appendText,
  beginStream,
  body,
  createContext,
  finalize,
  getMessage,
  getPage,
  refusal,
  refused,
  type MessagePage,
} from '../support/api.js';
import type { Caller } from '../support/http.js';
import { SharedServer } from '../support/owners.js';

interface Batch extends MessagePage {
  readonly requested_count: number;
  readonly found_count: number;
  readonly missing: readonly string[];
}

interface Changes extends MessagePage {
  readonly deleted: readonly string[];
  readonly revision: number;
}

let shared: SharedServer;
beforeAll(async () => void (shared = await SharedServer.start()));

const nobody = '01890a5d-ac96-774b-bcce-b302099a8057';
const ids = (messages: readonly Message[]) => messages.map(({ id }) => id);

/** A context of so many messages, and their ids in order. */
async function talk(count: number) {
  const api = shared.newOwner();
  const { id } = await createContext(api);
  const made: string[] = [];
  for (let n = 1; n <= count; n++) made.push((await appendText(api, id, `Message ${n}`)).message_id);
  return { api, id, made };
}

it('gives a batch in the order asked, a repeated id once, and names what is missing', async () => {
  const { api, id, made } = await talk(3);
  const elsewhere = await createContext(api);
  const foreign = (await appendText(api, elsewhere.id, 'Elsewhere')).message_id;
  const [a = '', b = '', c = ''] = made;
  const asked = [c, nobody, a, c, foreign, b, nobody];
  const batch = body(await api.get<Batch>(`/contexts/${id}/messages?ids=${asked.join()}`));
  expect(batch).toEqual({
    messages: [await getMessage(api, id, c), await getMessage(api, id, a), await getMessage(api, id, b)],
    requested_count: 5,
    found_count: 3,
    missing: [nobody, foreign],
  });
  const none = body(await api.get<Batch>(`/contexts/${id}/messages?ids=${nobody}`));
  expect(none).toEqual({ messages: [], requested_count: 1, found_count: 0, missing: [nobody] });
});

it('takes up to a hundred ids, given with commas', async () => {
  const { api, id, made } = await talk(1);
  const hundred = Array.from(
    { length: 100 },
    (_, n) => `${nobody.slice(0, -3)}${String(n).padStart(3, '0')}`,
  );
  const ask = (list: string) => api.get<Batch>(`/contexts/${id}/messages?ids=${list}`);
  expect(body(await ask([made[0], ...hundred.slice(1)].join()))).toMatchObject({
    requested_count: 100,
    found_count: 1,
  });
  for (const list of [
    [...hundred, nobody].join(),
    [...hundred, hundred[0]].join(),
    '',
    `${nobody},`,
    `,${nobody}`,
    `${nobody}%20,${nobody}`,
    nobody.toUpperCase(),
    'x',
  ])
    expect(refusal(await ask(list)), list).toMatchObject({ status: 400, errors: [{ path: 'ids' }] });
});

it('gives what changed since a revision in pages, each message at its last change', async () => {
  const { api, id, made } = await talk(5);
  const stream = await beginStream(api, id);
  await appendDeltas(api, stream, 'Hello');
  const streamed = stream.split('/').at(-1) ?? '';
  const since = async (revision: number, limit = 200) =>
    body(await api.get<Changes>(`/contexts/${id}/messages?changed_since=${revision}&limit=${limit}`));

  const all = await since(0);
  expect(ids(all.messages)).toEqual([...made, streamed]);
  expect(all).toMatchObject({ deleted: [], revision: 14, has_more: false });
  expect(all.messages.at(-1)).toMatchObject({ status: 'streaming', data: { content: '' } });
  expect(await since(14)).toEqual({ messages: [], deleted: [], revision: 14, has_more: false });

  await finalize(api, stream);
  const walked: Message[] = [];
  let cursor = 0;
  for (let hasMore = true; hasMore;) {
    const page = await since(cursor, 2);
    expect(page.messages.every(({ revision }) => revision > cursor)).toBe(true);
    walked.push(...page.messages);
    ({ revision: cursor, has_more: hasMore } = page);
  }
  expect(ids(walked)).toEqual([...made, streamed]);
  expect(cursor).toBe(15);
  const [final, ...others] = (await since(14)).messages;
  expect(others).toEqual([]);
  expect(final).toMatchObject({ id: streamed, status: 'complete', revision: 15, data: { content: 'Hello' } });
  expect(new Set(walked.map(({ revision }) => revision)).size).toBe(walked.length);

  // A change of the context that is none of a message moves the cursor all the same.
  body(await api.patch(`/contexts/${id}`, { title: 'Changed' }));
  expect(await since(15)).toEqual({ messages: [], deleted: [], revision: 16, has_more: false });
  const ahead = await api.get(`/contexts/${id}/messages?changed_since=17`);
  expect(refusal(ahead)).toMatchObject({ status: 422, code: 'cursor_ahead', revision: 16 });
});

it('answers one pull at a time', async () => {
  const { api, id, made } = await talk(1);
  for (const query of [
    `ids=${made[0]}&changed_since=0`,
    `ids=${made[0]}&branch=main`,
    `changed_since=0&after=${made[0]}`,
    `changed_since=0&branch=main`,
    `before=${made[0]}&after=${made[0]}`,
  ])
    expect(refused(await api.get(`/contexts/${id}/messages?${query}`)), query).toBe('400 invalid_request');
});

it('lets a final message be cached for good, and no other', async () => {
  const { api, id, made } = await talk(1);
  const stream = await beginStream(api, id);
  const get = (path: string, tag?: string) =>
    api.get<Message>(path, tag === undefined ? {} : { headers: { 'if-none-match': tag } });
  const open = await get(stream);
  expect(open.headers.get('cache-control')).toBe('private, no-cache');
  expect((await get(stream, open.headers.get('etag') ?? '')).status).toBe(304);
  await appendDeltas(api, stream, 'Done');
  await finalize(api, stream);
  expect((await get(stream, open.headers.get('etag') ?? '')).status).toBe(200);

  for (const path of [stream, `/contexts/${id}/messages/${made[0]}`]) {
    const final = await get(path);
    const control = (final.headers.get('cache-control') ?? '').split(', ').sort();
    expect(control).toEqual(['immutable', 'max-age=31536000', 'private']);
    const tag = final.headers.get('etag') ?? '';
    expect(tag).toMatch(/^"[^"]+"$/);
    for (const known of [tag, `W/${tag}`, `"x", ${tag}`, '*']) {
      const same = await get(path, known);
      expect([same.status, same.body, same.headers.get('etag')], known).toEqual([304, undefined, tag]);
      expect(same.headers.get('cache-control')).toContain('immutable');
    }
  }
});

it('shows a message with exactly its fields', async () => {
  const { api, id, made } = await talk(1);
  const client = { anything: ['the', 'client', { sent: null }], 'a.b': '\0\ud800' };
  const payload = { kind: 'text', data: { content: 'Second' } };
  const { message_id } = await act(api, id, 'append_message', { role: 'tool', payload, metadata: client });
  const message = await getMessage(api, id, message_id);
  expect(message).toEqual({
    id: message_id,
    context_id: id,
    branch: 'main',
    parent_id: made[0],
    depth: 2,
    role: 'tool',
    kind: 'text',
    data: payload.data,
    status: 'complete',
    metadata: {
      source: 'external',
      display_hint: expect.objectContaining({ summary: 'Second', collapsed: false }) as object,
      client,
    },
    revision: 4,
    created_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:]+\.\d{3}Z$/) as string,
  });
  expect((await getMessage(api, id, made[0] ?? '')).parent_id).toBeNull();
});

it('gives again what was pulled before, but to nobody else, in no other context, and not after its end', async () => {
  const { api, id, made } = await talk(3);
  const other = await createContext(api);
  const paths = [
    (context: string) => `/contexts/${context}/messages?ids=${made.join()}`,
    (context: string) => `/contexts/${context}/messages?changed_since=0`,
    (context: string) => `/contexts/${context}/messages`,
    (context: string) => `/contexts/${context}/messages/${made[0]}`,
  ];
  for (const path of paths) {
    const first = body(await api.get(path(id)));
    expect(body(await api.get(path(id)))).toEqual(first);
    expect(refused(await shared.newOwner().get(path(id)))).toBe('404 context_not_found');
  }
  const [batch = '', changes = '', page = '', one = ''] = paths.map((path) => path(other.id));
  expect(body(await api.get(batch))).toMatchObject({ messages: [], missing: made });
  expect(body(await api.get(changes))).toMatchObject({ messages: [] });
  expect(body(await api.get(page))).toMatchObject({ messages: [] });
  expect(refused(await api.get(one))).toBe('404 message_not_found');
  await api.delete(`/contexts/${id}`);
  for (const path of paths) expect(refused(await api.get(path(id)))).toBe('404 context_not_found');
});

it('gives no message as it was while it streamed', async () => {
  const { api, id } = await talk(0);
  const stream = await beginStream(api, id);
  const message = stream.split('/').at(-1) ?? '';
  const pull = async () => body(await api.get<Batch>(`/contexts/${id}/messages?ids=${message}`)).messages;
  for (let times = 0; times < 2; times++)
    expect(await pull()).toMatchObject([{ status: 'streaming', data: { content: '' } }]);
  await appendDeltas(api, stream, 'Hello');
  await finalize(api, stream);
  for (let times = 0; times < 2; times++)
    expect(await pull()).toMatchObject([{ status: 'complete', data: { content: 'Hello' } }]);
});

it('knows no message of another context', async () => {
  const { api, id } = await talk(1);
  const other = await talk(1);
  const get = async (messageId: string) => refused(await api.get(`/contexts/${id}/messages/${messageId}`));
  for (const messageId of [other.made[0] ?? '', nobody, 'x', '%00', 'streaming'])
    expect(await get(messageId), messageId).toBe('404 message_not_found');
});

it('keeps every message of many that come at once, each with a revision of its own', async () => {
  const { api, id } = await talk(0);
  const append = async (caller: Caller, n: number) => (await appendText(caller, id, `${n}`)).message_id;
  const made = await Promise.all(Array.from({ length: 30 }, (_, n) => append(api, n)));
  const { messages } = await getPage(api, id);
  expect(ids(messages).toSorted()).toEqual(made.toSorted());
  expect(messages.map(({ depth }) => depth)).toEqual(made.map((_, n) => n + 1));
  expect(messages.map(({ parent_id }) => parent_id)).toEqual([null, ...ids(messages).slice(0, -1)]);
  expect(new Set(messages.map(({ revision }) => revision)).size).toBe(30);
});
