// Contexts out to a file and back: nothing is lost, and nothing appears by halves.
import fc from 'fast-check';
import { beforeAll, expect, it } from 'vitest';
import { messageKinds } from '../../src/messages/message-kinds.js';
import {
  act,
  appendDeltas,
  appendText,
  beginStream,
  body,
  createContext,
  finalize,
  fork,
  getContext,
  getPage,
  pullChunks,
  reaches,
  refused,
} from '../support/api.js';
import { anyData } from '../support/any-payload.js';
import { caller, type Answer, type Caller } from '../support/http.js';
import { expectClean } from '../support/pullcord.js';
import { startServer, type TestServer } from '../support/server.js';

interface Outcome {
  readonly contexts: readonly {
    readonly id: string;
    readonly title: string | null;
    readonly message_count: number;
  }[];
  readonly errors: readonly { readonly index: number; readonly code: string }[];
}

let server: TestServer;
let api: Caller;
beforeAll(async () => {
  server = await startServer();
  api = caller(server);
});

const exported = async (id: string, format: 'json' | 'jsonl' = 'json'): Promise<string> => {
  const answer = await api.get<unknown>(`/contexts/${id}/export?format=${format}`);
  const text = answer.body;
  return typeof text === 'string'
    ? text
    : (await fetch(`${server.url}/contexts/${id}/export?format=${format}`)).text();
};

const imported = (file: string, query = ''): Promise<Answer<Outcome>> =>
  api.post(`/contexts/import${query}`, file);

const remove = async (id: string): Promise<void> =>
  void body(await api.delete(`/contexts/${id}?purge=true`), 204);

/** A context with branches, an answer of a model, one of a producer, and a title. */
async function conversation(): Promise<string> {
  const { id } = await createContext(api, {
    title: 'Leases “explained” 😀',
    config: { model: 'scripted/fast', parameters: { temperature: 0.5 } },
  });
  const { message_id } = await act(api, id, 'send_message', {
    content: 'What is a lease?\n```ts\nlet a = 1;\n```',
  });
  await reaches(api, id, 'awaiting_user');
  await appendText(api, id, 'A note, with half a pair: \uD83D', 'system');
  await fork(api, id, message_id, 'What is a lock?');
  body(await api.put(`/contexts/${id}/messages/${message_id}/pin`));
  const stream = await beginStream(api, id, { model: 'elsewhere/one' });
  await appendDeltas(api, stream, 'He', 'llo \u0000 ', '🌍');
  await finalize(api, stream);
  return id;
}

it('gives back what it wrote, byte for byte, with the same ids', async () => {
  const id = await conversation();
  for (const format of ['json', 'jsonl'] as const) {
    const before = await exported(id, format);
    const seen = [await getContext(api, id), await getPage(api, id)];
    await remove(id);
    expect(refused(await api.get(`/contexts/${id}/export`))).toBe('404 context_not_found');

    const { contexts, errors } = body(await imported(before, '?ids=same'), 201);
    expect(contexts).toEqual([{ id, title: 'Leases “explained” 😀', message_count: 6 }]);
    expect(errors).toEqual([]);
    expect(await exported(id, format)).toBe(before);
    expect([await getContext(api, id), await getPage(api, id)]).toEqual(seen);
  }
  await expectClean(server);
});

it('keeps what was streamed, so that its chunks can be pulled, and the conversation can go on', async () => {
  const id = await conversation();
  const last = (await getPage(api, id)).messages.at(-1);
  const before = await pullChunks(api, `/contexts/${id}/messages/${last?.id}`);
  const file = await exported(id);
  await remove(id);
  await imported(file, '?ids=same');
  expect(await pullChunks(api, `/contexts/${id}/messages/${last?.id}`)).toEqual(before);
  expect(before.chunks.map(({ delta }) => delta)).toEqual(['He', 'llo \u0000 ', '🌍']);

  const { message_id } = await act(api, id, 'send_message', { content: 'Go on' });
  await reaches(api, id, 'awaiting_user');
  const { messages } = await getPage(api, id);
  expect(messages.find((message) => message.id === message_id)?.parent_id).toBe(last?.id);
  await expectClean(server);
});

it('gives everything new ids beside the original, and every reference follows', async () => {
  const id = await conversation();
  const file = await exported(id);
  const ids = new Set(file.match(/[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}/g));
  const [copy] = body(await imported(file), 201).contexts;
  const copied = await exported(copy?.id ?? '');
  for (const old of ids) {
    // The run that wrote it is what it was, and no part of the context.
    if (file.includes(`"run_id":"${old}"`)) continue;
    expect(copied).not.toContain(old);
  }
  expect(copied.length).toBe(file.length);
  expect(await exported(id)).toBe(file);
  await expectClean(server);
});

it('keeps branches that were merged, and what is left of one that was deleted', async () => {
  const { id } = await createContext(api);
  for (const text of ['One', 'Two', 'Three']) await appendText(api, id, text);
  const [one, two] = (await getPage(api, id)).messages.map((message) => message.id);
  const branch = async (from: string | undefined, name: string): Promise<string> =>
    body(await api.post<{ id: string }>(`/contexts/${id}/branches`, { from_message_id: from, name }), 201).id;
  const append = (on: string, content: string) =>
    act(api, id, 'append_message', {
      role: 'user',
      branch: on,
      payload: { kind: 'text', data: { content } },
    });
  const middle = await branch(two, 'middle');
  const { message_id: kept } = await append(middle, 'Kept');
  await append(middle, 'Gone');
  const leaf = body(
    await api.post<{ id: string }>(`/contexts/${id}/branches`, {
      from_message_id: kept,
      branch: middle,
      name: 'leaf',
    }),
    201,
  ).id;
  await append(leaf, 'Leaf');
  const side = await branch(one, 'side');
  await append(side, 'Aside');
  body(
    await api.post(`/contexts/${id}/actions/merge_branch`, {
      source: side,
      target: 'main',
      strategy: 'append',
    }),
    202,
  );
  body(await api.delete(`/contexts/${id}/branches/${middle}`), 204);

  const file = await exported(id);
  const seen = [await getContext(api, id), await getPage(api, id), await getPage(api, id, `?branch=${leaf}`)];
  await remove(id);
  body(await imported(file, '?ids=same'), 201);
  expect(await exported(id)).toBe(file);
  expect([
    await getContext(api, id),
    await getPage(api, id),
    await getPage(api, id, `?branch=${leaf}`),
  ]).toEqual(seen);
  expect(file).not.toContain('Gone');
  body(await imported(file), 201);
  await expectClean(server);
});

it('refuses ids that are taken, and writes nothing then', async () => {
  const id = await conversation();
  const file = await exported(id);
  expect(refused(await imported(file, '?ids=same'))).toBe('409 id_taken');
  const elsewhere = file.replaceAll(id, '0199c9a2-7f3e-7a51-8c11-0d5a3c1e9b77');
  expect(refused(await imported(elsewhere, '?ids=same'))).toBe('409 id_taken');
  expect(refused(await api.get('/contexts/0199c9a2-7f3e-7a51-8c11-0d5a3c1e9b77'))).toBe(
    '404 context_not_found',
  );
  expect(await exported(id)).toBe(file);
  await expectClean(server);
});

it('has every kind of message in it', async () => {
  const { id } = await createContext(api);
  const kinds = messageKinds.filter((kind) => kind !== 'streaming_response');
  for (const kind of kinds) {
    for (const data of fc.sample<unknown>(anyData[kind], 3))
      await act(api, id, 'append_message', { role: 'user', payload: { kind, data } });
  }
  const page = await getPage(api, id, '?limit=100');
  expect(new Set(page.messages.map(({ kind }) => kind))).toEqual(new Set(kinds));

  const file = await exported(id);
  await remove(id);
  body(await imported(file, '?ids=same'), 201);
  expect(await getPage(api, id, '?limit=100')).toEqual(page);
  expect(await exported(id)).toBe(file);
});

it('interrupts what was under way, with all that it had got', async () => {
  const { id } = await createContext(api);
  await appendText(api, id, 'Begin');
  const stream = await beginStream(api, id);
  await appendDeltas(api, stream, 'as far as ', 'this');
  const file = await exported(id);
  const [copy] = body(await imported(file), 201).contexts;
  const context = await getContext(api, copy?.id ?? '');
  expect(context.state).toMatchObject({ type: 'error', code: 'interrupted', retryable: true });
  const { messages } = await getPage(api, copy?.id ?? '');
  expect(messages.at(-1)).toMatchObject({ status: 'interrupted', data: { content: 'as far as this' } });
  await finalize(api, stream);
  await expectClean(server);
});
