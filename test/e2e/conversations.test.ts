// A context as those know it who speak a vendor's dialect: items that are listed, added and taken out.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Conversations } from '../../src/exchanges/conversations/conversations.service.js';
import type { Item, NewItem } from '../../src/exchanges/exchange-kinds.js';
import { newId, type ContextId, type MessageId, type Owner } from '../../src/kernel/ids.js';
import type { PromptMessage } from '../../src/providers/language-model.js';
import type { MessagePage } from '../support/api.js';
import {
  collect,
  never,
  newExchange,
  owner,
  serveExchanges,
  user,
  type ExchangeServer,
} from '../support/exchange-server.js';
import { answer, FakeUpstream, partial, stall } from '../support/fake-upstream.js';
import { caller, type Caller } from '../support/http.js';

let upstream: FakeUpstream;
let server: ExchangeServer;
let api: Caller;
let conversations: Conversations;
beforeAll(async () => {
  upstream = await FakeUpstream.start();
  server = await serveExchanges(upstream);
  api = caller(server);
  conversations = server.conversations;
});
beforeEach(() => void upstream.clear());
afterAll(async () => {
  await server.close();
  await upstream.close();
});

const items = (...texts: readonly string[]): NewItem[] => texts.map((text) => ({ prompt: user(text) }));
/** Of items that are texts of the user. */
const textsOf = (found: readonly Item[]): readonly string[] =>
  found.map(({ prompt }) => {
    const [part] = prompt.role === 'user' ? prompt.parts : [];
    return part?.type === 'text' ? part.text : '';
  });
const listed = async (id: ContextId): Promise<readonly Item[]> =>
  (await conversations.list(owner, id, { order: 'asc', limit: 100 })).items;

describe('a conversation', () => {
  it('keeps what it was made with', async () => {
    const made = await conversations.create(owner, {
      metadata: { topic: 'lamps' },
      items: items('One', 'Two'),
    });
    expect(made).toMatchObject({ metadata: { topic: 'lamps' } });
    expect(await conversations.get(owner, made.id)).toEqual(made);
    expect(textsOf(await listed(made.id))).toEqual(['One', 'Two']);
    expect(await conversations.keep(owner, made.id, { topic: 'chairs' })).toEqual({
      ...made,
      metadata: { topic: 'chairs' },
    });
  });

  it('is any context', async () => {
    const { id } = (await api.post<{ id: ContextId }>('/contexts', {})).body;
    expect(await conversations.get(owner, id)).toMatchObject({ id, metadata: {} });
    expect(await listed(id)).toEqual([]);
  });

  it('has its items in either order, a page at a time', async () => {
    const { id } = await conversations.create(owner, {});
    const texts = Array.from({ length: 230 }, (_, at) => `${at}`);
    await conversations.add(owner, id, items(...texts.slice(0, 115)));
    await conversations.add(owner, id, items(...texts.slice(115)));
    for (const order of ['asc', 'desc'] as const) {
      const found: Item[] = [];
      for (let after: MessageId | undefined, isMore = true; isMore;) {
        const page = await conversations.list(owner, id, { order, limit: 60, ...(after && { after }) });
        expect(page.items.length).toBeLessThanOrEqual(60);
        found.push(...page.items);
        after = page.items.at(-1)?.id;
        isMore = page.has_more;
      }
      expect(textsOf(found)).toEqual(order === 'asc' ? texts : texts.toReversed());
    }
  });

  it('shows as one item what the pool has as several messages, as it came', async () => {
    const prompt: PromptMessage = {
      role: 'user',
      parts: [
        { type: 'text', text: 'Look' },
        { type: 'image', base64: 'iVBORw0KGgo=', mime_type: 'image/png' },
      ],
    };
    const { id } = await conversations.create(owner, {
      items: [{ prompt, raw: { id: 'msg_1' } }, ...items('Next')],
    });
    const found = await listed(id);
    expect(found).toMatchObject([
      { prompt, raw: { id: 'msg_1' } },
      { exchange_id: null, is_output: false },
    ]);
    expect(found[1]).not.toHaveProperty('raw');
    expect(await conversations.item(owner, id, found[0]?.id ?? newId())).toEqual(found[0]);
  });

  it('has what was answered in it, by an exchange and by a turn', async () => {
    upstream.enqueue(answer('', { calls: [{ id: 'c1', name: 'look', arguments: ['{}'] }] }));
    const { id } = await conversations.create(owner, {});
    const begun = await server.exchanges.begin(owner, newExchange([user('Hi')], { context: id }));
    await collect(server.exchanges.follow(owner, begun.id, never));
    await conversations.add(owner, id, [
      { prompt: { role: 'tool', tool_call_id: 'c1', tool_name: 'look', content: 'Seen.', is_error: false } },
    ]);
    expect(await listed(id)).toMatchObject([
      { prompt: user('Hi'), exchange_id: begun.id },
      {
        id: begun.message_id,
        is_output: true,
        prompt: { role: 'assistant', tool_calls: [{ id: 'c1', name: 'look' }] },
      },
      { prompt: { role: 'tool', tool_call_id: 'c1', content: 'Seen.' } },
    ]);
  });

  it('is refused to others, and while it is busy', async () => {
    upstream.enqueue(partial('Wait', stall));
    const begun = await server.exchanges.begin(owner, newExchange([user('Hi')]));
    const id = begun.context_id;
    for await (const part of server.exchanges.follow(owner, begun.id, never)) if (part) break;
    await expect(conversations.add(owner, id, items('Me'))).rejects.toMatchObject({ code: 'context_busy' });
    expect(textsOf(await listed(id))).toEqual(['Hi']);
    const other = 'somebody' as Owner;
    await expect(conversations.get(other, id)).rejects.toMatchObject({ code: 'context_not_found' });
    await expect(conversations.add(other, id, [])).rejects.toMatchObject({ code: 'context_not_found' });
    await expect(conversations.keep(other, id, {})).rejects.toMatchObject({ code: 'context_not_found' });
    await server.exchanges.cancel(owner, begun.id);
  });
});

describe('an item that is taken out', () => {
  it.each([0, 1, 2, 3])('is gone, and the others are there in their order (%i of 0 to 3)', async (at) => {
    const texts = ['a', 'b', 'c', 'd'];
    const { id } = await conversations.create(owner, { items: items(...texts) });
    const removed = (await listed(id))[at]?.id ?? newId<MessageId>();
    await conversations.remove(owner, id, removed);

    expect(textsOf(await listed(id))).toEqual(texts.filter((_, index) => index !== at));
    await expect(conversations.item(owner, id, removed)).rejects.toMatchObject({ code: 'message_not_found' });
    const { messages } = (await api.get<MessagePage>(`/contexts/${id}/messages`)).body;
    expect(JSON.stringify(messages)).not.toContain(`"${texts[at]}"`);
    expect((await api.get(`/contexts/${id}/messages/${removed}`)).status).toBe(404);
  });

  it('takes all its messages with it, and leaves a conversation that goes on', async () => {
    const image: PromptMessage = {
      role: 'user',
      parts: [
        { type: 'text', text: 'Look' },
        { type: 'image', url: 'https://example.com/a.png' },
      ],
    };
    const { id } = await conversations.create(owner, { items: [{ prompt: image }, ...items('Stay')] });
    await conversations.remove(owner, id, (await listed(id))[0]?.id ?? newId());
    const exchange = newExchange([user('More')], { context: id, history_at: 0 });
    const begun = await server.exchanges.begin(owner, exchange);
    await collect(server.exchanges.follow(owner, begun.id, never));

    const { messages } = upstream.calls.at(-1)?.request.body as { readonly messages: { content: string }[] };
    expect(messages.map(({ content }) => content)).toEqual(['Stay', 'More']);
    expect((await listed(id)).length).toBe(3);
  });

  it('may be every one, one after the other', async () => {
    const { id } = await conversations.create(owner, { items: items('a', 'b', 'c') });
    for (const { id: itemId } of await listed(id)) await conversations.remove(owner, id, itemId);
    expect(await listed(id)).toEqual([]);
    await conversations.add(owner, id, items('again'));
    expect(textsOf(await listed(id))).toEqual(['again']);
  });

  it('has to be there', async () => {
    const { id } = await conversations.create(owner, { items: items('a') });
    await expect(conversations.remove(owner, id, newId())).rejects.toMatchObject({
      code: 'message_not_found',
    });
  });
});

it('leaves nothing behind that verify would find', async () => {
  expect(await server.findings()).toEqual([]);
});
