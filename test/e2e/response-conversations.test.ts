// Contexts as OpenAI's conversations, as its official client knows them.
import OpenAI from 'openai';
import type { ConversationItem } from 'openai/resources/conversations/items';
import { beforeAll, expect, it } from 'vitest';
import { answer, FakeUpstream, type UpstreamCall } from '../support/fake-upstream.js';
import { caller, type Caller } from '../support/http.js';
import { startServer } from '../support/server.js';

let upstream: FakeUpstream;
let openai: OpenAI;
let other: OpenAI;
let http: Caller;

beforeAll(async () => {
  upstream = await FakeUpstream.start();
  const env = { OPENAI_BASE_URL: upstream.url, PULLCORD_TOKENS: 'ada:ada-token,bob:bob-token' };
  const server = await startServer({ env });
  const clientOf = (apiKey: string) => new OpenAI({ baseURL: `${server.url}/v1`, apiKey, maxRetries: 0 });
  openai = clientOf('ada-token');
  other = clientOf('bob-token');
  http = caller(server, { token: 'ada-token' });
});

const model = 'openai/fake-1';
const last = (): UpstreamCall => upstream.calls.at(-1) as UpstreamCall;
const said = (role: 'user' | 'assistant' | 'developer', content: string) =>
  ({ type: 'message', role, content }) as const;
const refused = (status: number, facts: object = {}) => ({ status, ...facts });

async function itemsOf(id: string, query: { order?: 'asc' | 'desc'; limit?: number } = { order: 'asc' }) {
  const items: ConversationItem[] = [];
  for await (const item of openai.conversations.items.list(id, query)) items.push(item);
  return items;
}

it('begins with items and metadata, and is a context to everybody else', async () => {
  const items = [said('developer', 'Be brief.'), said('user', 'Hi')];
  const conversation = await openai.conversations.create({ metadata: { topic: 'greeting' }, items });

  expect(conversation).toMatchObject({ object: 'conversation', metadata: { topic: 'greeting' } });
  expect(await openai.conversations.retrieve(conversation.id)).toEqual(conversation);
  expect(await itemsOf(conversation.id)).toMatchObject([
    { type: 'message', role: 'developer', content: [{ type: 'input_text', text: 'Be brief.' }] },
    { type: 'message', role: 'user', content: [{ type: 'input_text', text: 'Hi' }], status: 'completed' },
  ]);
  const hex = conversation.id.slice('conv_'.length);
  const id = [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join(
    '-',
  );
  expect(JSON.stringify((await http.get(`/contexts/${id}/messages`)).body)).toContain('Be brief.');
});

it('changes its metadata, is empty when nothing was said, and is gone when it is deleted', async () => {
  const { id } = await openai.conversations.create();
  expect(await itemsOf(id)).toEqual([]);
  expect(await openai.conversations.update(id, { metadata: { a: 'b' } })).toMatchObject({
    id,
    metadata: { a: 'b' },
  });
  expect(await openai.conversations.update(id, { metadata: { c: 'd' } })).toMatchObject({
    metadata: { c: 'd' },
  });
  expect(await openai.conversations.delete(id)).toEqual({
    id,
    object: 'conversation.deleted',
    deleted: true,
  });
  await expect(openai.conversations.retrieve(id)).rejects.toMatchObject(refused(404));
});

it('goes on with each response, whose items it has under the same ids', async () => {
  upstream.enqueue(answer('Hello.', { reasoning: ['Hm'] }), answer('Fine.'));
  const { id } = await openai.conversations.create({ items: [said('user', 'I am Ada.')] });
  const first = await openai.responses.create({
    model,
    conversation: id,
    input: 'Hi',
    instructions: 'Be brief.',
  });
  const second = await openai.responses.create({ model, conversation: { id }, input: 'How are you?' });

  expect(second.conversation).toEqual({ id });
  expect(last().request.body.messages).toMatchObject([
    { role: 'user', content: 'I am Ada.' },
    { role: 'user', content: 'Hi' },
    { role: 'assistant', content: 'Hello.' },
    { role: 'user', content: 'How are you?' },
  ]);
  const items = await itemsOf(id);
  expect(items.map((item) => (item.type === 'message' ? item.role : item.type))).toEqual([
    'user',
    'user',
    'reasoning',
    'assistant',
    'user',
    'assistant',
  ]);
  expect([items[2], items[3], items[5]]).toEqual([...first.output, ...second.output]);
  const all = (limit: number, order: 'asc' | 'desc') => itemsOf(id, { limit, order });
  for (const limit of [1, 2, 3, 100]) {
    expect(await all(limit, 'asc')).toEqual(items);
    expect(await all(limit, 'desc')).toEqual(items.toReversed());
  }
  for (const item of items)
    expect(await openai.conversations.items.retrieve(item.id ?? '', { conversation_id: id })).toEqual(item);
});

it('takes items by themselves, calls with their results, and gives each back by its id', async () => {
  const { id } = await openai.conversations.create();
  const added = await openai.conversations.items.create(id, {
    items: [
      said('user', 'What time is it?'),
      { type: 'function_call', call_id: 'a', name: 'clock', arguments: '{}' },
      { type: 'function_call', call_id: 'b', name: 'clock', arguments: '{"zone":"UTC"}' },
      { type: 'function_call_output', call_id: 'a', output: 'noon' },
      { type: 'function_call_output', call_id: 'b', output: 'noon too' },
    ],
  });

  expect(added).toMatchObject({ object: 'list', has_more: false, first_id: added.data[0]?.id });
  expect(await itemsOf(id)).toEqual(added.data);
  expect(await itemsOf(id, { limit: 1 })).toEqual(added.data.toReversed());
  upstream.enqueue(answer('It is noon.'));
  await openai.responses.create({ model, conversation: id, input: 'So?' });
  expect(last().request.body.messages).toMatchObject([
    { role: 'user' },
    { role: 'assistant', tool_calls: [{ id: 'a' }, { id: 'b' }] },
    { role: 'tool', tool_call_id: 'a', content: 'noon' },
    { role: 'tool', tool_call_id: 'b', content: 'noon too' },
    { role: 'user', content: 'So?' },
  ]);
});

it('loses an item that is taken out, and no other', async () => {
  const items = [said('user', 'One'), said('user', 'Two'), said('user', 'Three')];
  const { id } = await openai.conversations.create({ items });
  const [one, two, three] = await itemsOf(id);

  expect(await openai.conversations.items.delete(two?.id ?? '', { conversation_id: id })).toMatchObject({
    id,
    object: 'conversation',
  });
  expect(await itemsOf(id)).toEqual([one, three]);
  const gone = { conversation_id: id };
  await expect(openai.conversations.items.retrieve(two?.id ?? '', gone)).rejects.toMatchObject(refused(404));
  await expect(openai.conversations.items.delete(two?.id ?? '', gone)).rejects.toMatchObject(refused(404));
});

it('is nobody else’s, and refuses what it cannot know', async () => {
  const { id } = await openai.conversations.create({ items: [said('user', 'Hi')] });
  const [item] = await itemsOf(id);
  const there = { conversation_id: id };

  for (const call of [
    () => other.conversations.retrieve(id),
    () => other.conversations.update(id, { metadata: {} }),
    () => other.conversations.delete(id),
    () => other.conversations.items.list(id),
    () => other.conversations.items.create(id, { items: [said('user', 'Hi')] }),
    () => other.conversations.items.retrieve(item?.id ?? '', there),
    () => other.conversations.items.delete(item?.id ?? '', there),
    () => other.responses.create({ model, conversation: id, input: 'Hi' }),
    () => openai.conversations.retrieve('conv_1'),
    () => openai.conversations.items.retrieve('msg_1', there),
    () => openai.conversations.items.retrieve(`msg_${'0'.repeat(32)}_0`, there),
    () => openai.conversations.items.retrieve(`${item?.id}9`, there),
  ])
    await expect(call()).rejects.toMatchObject(refused(404));
  await expect(openai.conversations.items.list(id, { after: 'msg_1' })).rejects.toMatchObject(
    refused(400, { param: 'after' }),
  );
  await expect(openai.conversations.create({ metadata: { a: 5 } as never })).rejects.toMatchObject(
    refused(400, { param: 'metadata.a' }),
  );
  const wrong = [{ type: 'message', role: 'king', content: 'Hi' }] as never;
  await expect(openai.conversations.items.create(id, { items: wrong })).rejects.toMatchObject(
    refused(400, { param: 'items.0.role' }),
  );
  expect(await itemsOf(id)).toEqual([item]);
});
