// Conversations that other programs kept, as contexts.
import { Buffer } from 'node:buffer';
import { buffer } from 'node:stream/consumers';
import { beforeAll, expect, it } from 'vitest';
import { ZipFile } from 'yazl';
import type { Message } from '../../src/messages/message-kinds.js';
import { appendText, body, createContext, getContext, getPage, pullChunks, refused } from '../support/api.js';
import { caller, type Answer, type Caller } from '../support/http.js';
import { expectClean } from '../support/pullcord.js';
import { startServer, type TestServer } from '../support/server.js';

interface Outcome {
  readonly contexts: readonly { readonly id: string; readonly title: string | null }[];
  readonly errors: readonly { readonly index: number; readonly code: string; readonly message: string }[];
}

let server: TestServer;
let api: Caller;
beforeAll(async () => {
  server = await startServer({ env: { PULLCORD_IMPORT_UNPACKED_BYTES: '300000' } });
  api = caller(server);
});

const zipped = (files: Readonly<Record<string, string>>): Promise<Buffer> => packed(Object.entries(files));

const packed = async (files: readonly (readonly [name: string, text: string])[]): Promise<Buffer> => {
  const zip = new ZipFile();
  for (const [name, text] of files) zip.addBuffer(Buffer.from(text), name);
  zip.end();
  return buffer(zip.outputStream);
};

const imported = (file: unknown, query = ''): Promise<Answer<Outcome>> =>
  api.post(`/contexts/import${query}`, file, {
    headers: file instanceof Uint8Array ? { 'content-type': 'application/zip' } : {},
  });

const said = (messages: readonly Message[]): string[] =>
  messages.map(({ role, kind, data }) => `${role} ${kind}: ${'content' in data ? String(data.content) : ''}`);

const node = (id: string, parent: string | null, message: object | null): object => ({
  id,
  parent,
  children: [],
  message: message && { id, create_time: 1_700_000_000, ...message },
});
const text = (role: string, content: string, more: object = {}): object => ({
  author: { role },
  content: { content_type: 'text', parts: [content] },
  ...more,
});

const chatgpt = {
  title: 'Leases\nand locks',
  create_time: 1_700_000_000.5,
  update_time: 1_700_000_900,
  conversation_id: '6f1a2b3c-4d5e-4f60-8a7b-9c0d1e2f3a4b',
  current_node: 'answer-2',
  mapping: {
    root: node('root', null, null),
    hidden: node(
      'hidden',
      'root',
      text('system', 'secret', { metadata: { is_visually_hidden_from_conversation: true } }),
    ),
    ask: node('ask', 'hidden', text('user', 'What is a lease?')),
    'answer-1': node(
      'answer-1',
      'ask',
      text('assistant', 'A claim.', { metadata: { model_slug: 'gpt-4o' } }),
    ),
    thoughts: node('thoughts', 'ask', {
      author: { role: 'assistant' },
      content: { content_type: 'thoughts', thoughts: [] },
    }),
    call: node('call', 'thoughts', {
      author: { role: 'assistant' },
      recipient: 'python',
      content: { content_type: 'code', language: 'python', text: 'print(1)' },
    }),
    result: node('result', 'call', {
      author: { role: 'tool', name: 'python' },
      content: { content_type: 'execution_output', text: '1' },
    }),
    'answer-2': node('answer-2', 'result', text('assistant', 'A claim that ends.')),
    loop: node('loop', 'loop', text('user', 'never')),
  },
};

it('reads ChatGPT’s archive: what leads away from the line that was left is a branch', async () => {
  const archive = await zipped({
    'conversations.json': JSON.stringify([chatgpt]),
    'user.json': '{"id":"user"}',
    'chat.html': '<html>',
  });
  const { contexts, errors } = body(await imported(archive, '?ids=same'), 201);
  expect(errors).toEqual([]);
  expect(contexts).toEqual([{ id: chatgpt.conversation_id, title: 'Leases and locks', message_count: 5 }]);
  const { branches, created_at, state } = await getContext(api, chatgpt.conversation_id);
  expect(created_at).toBe('2023-11-14T22:13:20.500Z');
  expect(state).toEqual({ type: 'awaiting_user', reason: 'input' });
  expect(branches).toHaveLength(2);
  const main = await getPage(api, chatgpt.conversation_id);
  expect(said(main.messages)).toEqual([
    'user text: What is a lease?',
    'assistant tool_request: ',
    'tool tool_result: ',
    'assistant streaming_response: A claim that ends.',
  ]);
  const other = branches.find(({ id }) => id !== 'main');
  const { messages } = await getPage(api, chatgpt.conversation_id, `?branch=${other?.id}`);
  expect(said(messages)).toEqual(['user text: What is a lease?', 'assistant streaming_response: A claim.']);
  expect(messages.at(-1)).toMatchObject({ data: { model: 'gpt-4o' } });
  const chunks = await pullChunks(
    api,
    `/contexts/${chatgpt.conversation_id}/messages/${messages.at(-1)?.id}`,
  );
  expect(chunks.chunks.map(({ delta }) => delta)).toEqual(['A claim.']);
  await expectClean(server);
});

it('reads Claude’s archive, its files, thoughts and tools', async () => {
  const claude = {
    uuid: '0a1b2c3d-4e5f-4a6b-8c7d-8e9f0a1b2c3d',
    name: '',
    created_at: '2025-01-02T03:04:05.678901Z',
    updated_at: '2025-01-02T03:05:05Z',
    chat_messages: [
      {
        uuid: 'm1',
        sender: 'human',
        text: 'Read this',
        content: [{ type: 'text', text: 'Read this' }],
        attachments: [{ file_name: 'notes.txt', extracted_content: 'Line one' }],
        files: [{ file_name: 'picture.png' }],
        created_at: '2025-01-02T03:04:05Z',
      },
      {
        uuid: 'm2',
        sender: 'assistant',
        content: [
          { type: 'thinking', thinking: 'Hm.' },
          { type: 'text', text: 'I look.' },
          { type: 'tool_use', name: 'search', input: { q: 'x' } },
          {
            type: 'tool_result',
            name: 'search',
            content: [{ type: 'text', text: 'found' }],
            is_error: false,
          },
          { type: 'text', text: 'Done.' },
        ],
        created_at: '2025-01-02T03:04:15Z',
      },
    ],
  };
  const { contexts } = body(await imported([claude]), 201);
  const id = contexts[0]?.id ?? '';
  expect(id).not.toBe(claude.uuid);
  const { messages } = await getPage(api, id);
  expect(said(messages)).toEqual([
    'user file_reference: ',
    'user text: Read this\n[file: picture.png]',
    'assistant streaming_response: I look.',
    'assistant tool_request: ',
    'tool tool_result: ',
    'assistant streaming_response: Done.',
  ]);
  expect(messages[0]?.data).toEqual({ path: 'notes.txt', resolved_content: 'Line one' });
  expect(messages[2]?.data).toMatchObject({ reasoning: 'Hm.' });
  const [call, result] = [messages[3]?.data, messages[4]?.data] as { [field: string]: unknown }[];
  expect((call?.calls as { id: string }[])[0]?.id).toBe(result?.request_id);
  await expectClean(server);
});

it('reads a context of before, with its messages inline', async () => {
  const inline = {
    id: '3f2504e0-4f89-41d3-9a0c-0305e82c3301',
    title: 'Of old',
    config: { model_id: 'scripted/fast', unheard: true },
    messages: [
      { id: 'a', role: 'User', content: 'Hello' },
      {
        id: 'b',
        role: 'assistant',
        content: [{ type: 'text', text: 'Good day' }],
        timestamp: '2024-05-01T00:00:00Z',
      },
    ],
  };
  const pool = {
    active_branch_name: 'other',
    branches: { main: { message_ids: ['a', 'b'] }, other: { message_ids: ['a', 'c'] } },
    message_pool: {
      a: { message: { role: 'user', content: 'Hello' } },
      b: { message: { role: 'assistant', content: 'One' } },
      c: { message: { role: 'assistant', content: 'Two' } },
    },
  };
  const { contexts } = body(await imported([inline, pool]), 201);
  const [first, second] = contexts.map(({ id }) => id);
  expect(said((await getPage(api, first ?? '')).messages)).toEqual([
    'user text: Hello',
    'assistant text: Good day',
  ]);
  expect((await getContext(api, first ?? '')).config).toEqual({ model: 'scripted/fast' });
  expect(said((await getPage(api, second ?? '')).messages)).toEqual([
    'user text: Hello',
    'assistant text: Two',
  ]);
  expect((await getContext(api, second ?? '')).branches).toHaveLength(2);
  await expectClean(server);
});

/** The files of a context as a folder, as `pullcord export` writes them. */
const folderOf = async (name: string, texts: readonly string[]): Promise<Record<string, string>> => {
  const { id } = await createContext(api, { title: name });
  for (const one of texts) await appendText(api, id, one);
  const { messages, ...head } = body(
    await api.get<{ messages: { revision: number }[] }>(`/contexts/${id}/export`),
  );
  const pool = messages.map((message, at) => [
    // The names are in another order than the messages.
    `${name}/messages_pool/${messages.length - at}.json`,
    JSON.stringify(message),
  ]);
  return { [`${name}/context.json`]: JSON.stringify(head), ...(Object.fromEntries(pool) as object) };
};

it('reads contexts as folders, each with its own messages and no other’s', async () => {
  const files = { ...(await folderOf('one', ['A', 'B'])), ...(await folderOf('two/one', ['C'])) };
  const { contexts, errors } = body(await imported(await zipped(files)), 201);
  expect(errors).toEqual([]);
  expect(contexts.map(({ title }) => title)).toEqual(['one', 'two/one']);
  const [one, two] = contexts.map(({ id }) => id);
  expect(said((await getPage(api, one ?? '')).messages)).toEqual(['user text: A', 'user text: B']);
  expect(said((await getPage(api, two ?? '')).messages)).toEqual(['user text: C']);
  await expectClean(server);
});

it('refuses an archive with two files of one name, whatever they are, and writes nothing of it', async () => {
  const files = Object.entries(await folderOf('twice', ['A']));
  const before = body(await api.get<{ contexts: object[] }>('/contexts?limit=100')).contexts.length;
  for (const again of files)
    expect(refused(await imported(await packed([...files, again])))).toBe('400 malformed_request');
  const after = body(await api.get<{ contexts: object[] }>('/contexts?limit=100')).contexts.length;
  expect(after).toBe(before);
  // What is not read may be there as often as it likes.
  const pictures = ['image.png', 'image.png'].map((name) => [name, 'picture'] as const);
  expect(body(await imported(await packed([...files, ...pictures])), 201).contexts).toHaveLength(1);
  await expectClean(server);
});

it('takes objects that cannot become text or a number for what they are', async () => {
  const mute = { toString: 0, valueOf: 0 };
  const old = {
    active_branch_name: 'main',
    branches: { main: { message_ids: ['a', mute, 7] } },
    message_pool: { a: { role: mute, content: 'Hello' }, 7: { role: 'assistant', content: 'Seven' } },
  };
  const { contexts } = body(await imported([old]), 201);
  expect(said((await getPage(api, contexts[0]?.id ?? '')).messages)).toEqual([
    'user text: Hello',
    'assistant text: Seven',
  ]);
  const folder = await folderOf('mute', ['A', 'B']);
  const [path = ''] = Object.keys(folder).filter((name) => name.endsWith('/1.json'));
  const revised = { ...(JSON.parse(folder[path] ?? '') as object), revision: mute };
  const answer = await imported(await zipped({ ...folder, [path]: JSON.stringify(revised) }));
  expect(refused(answer)).toBe('400 invalid_request');
  await expectClean(server);
});

it('leaves out what is wrong in an archive and says which, and refuses one with nothing in it', async () => {
  const { contexts, errors } = body(await imported([{ what: 'is this' }, chatgpt]), 201);
  expect(contexts).toHaveLength(1);
  expect(errors).toMatchObject([{ index: 0, code: 'invalid_request' }]);
  expect(refused(await imported('[]'))).toBe('400 invalid_request');
  expect(refused(await imported(await zipped({ 'a.txt': 'nothing' })))).toBe('400 invalid_request');
});

it('refuses archives that are none, and bombs, and names that climb', async () => {
  const bomb = await zipped({ 'conversations.json': `[${' '.repeat(400_000)}]` });
  expect(bomb.length).toBeLessThan(2000);
  expect(refused(await imported(bomb))).toBe('413 limit_exceeded');
  expect(refused(await imported(Buffer.from('PK\x03\x04 and then nothing')))).toBe('400 malformed_request');
  const climbing = Buffer.from(
    (await zipped({ 'xx/conversations.json': '[]' })).toString('latin1').replaceAll('xx/', '../'),
    'latin1',
  );
  expect(refused(await imported(climbing))).toBe('400 malformed_request');
  await expectClean(server);
});
