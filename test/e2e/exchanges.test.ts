// A recorded call: it goes on without whoever made it, and what it answers is a message like any other.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { BegunExchange, NewExchange } from '../../src/exchanges/exchange-kinds.js';
import type { RunId } from '../../src/kernel/ids.js';
import type { ModelPart } from '../../src/providers/language-model.js';
import {
  collect,
  joined,
  never,
  newExchange,
  owner,
  serveExchanges,
  user,
  type ExchangeServer,
} from '../support/exchange-server.js';
import { answer, FakeUpstream, hold, partial } from '../support/fake-upstream.js';
import { caller, type Caller } from '../support/http.js';
import type { ChunkPage, MessagePage, WholeContext } from '../support/api.js';

let upstream: FakeUpstream;
let server: ExchangeServer;
let api: Caller;
beforeAll(async () => {
  upstream = await FakeUpstream.start();
  server = await serveExchanges(upstream);
  api = caller(server);
});
afterAll(async () => {
  await server.close();
  await upstream.close();
});

const begin = (exchange: NewExchange): Promise<BegunExchange> => server.exchanges.begin(owner, exchange);
const followed = (id: RunId): Promise<readonly ModelPart[]> =>
  collect(server.exchanges.follow(owner, id, never));
const messagesOf = async (contextId: string): Promise<MessagePage['messages']> =>
  (await api.get<MessagePage>(`/contexts/${contextId}/messages`)).body.messages;
const contextOf = async (contextId: string): Promise<WholeContext> =>
  (await api.get<WholeContext>(`/contexts/${contextId}`)).body;
describe('an exchange in a new context', () => {
  it('gives its parts, and leaves its messages and chunks in the pool', async () => {
    upstream.enqueue(answer(['Hel', 'lo ', 'you.']));
    const begun = await begin(newExchange([{ role: 'system', content: 'Be kind.' }, user('Hi')]));
    const parts = await followed(begun.id);

    expect(parts.slice(0, 3)).toEqual(['Hel', 'lo ', 'you.'].map((delta) => ({ type: 'text', delta })));
    expect(parts.at(-1)).toMatchObject({ type: 'finish', finish_reason: 'stop' });
    expect(await messagesOf(begun.context_id)).toMatchObject([
      { role: 'system', kind: 'text', data: { content: 'Be kind.' } },
      { role: 'user', kind: 'text', data: { content: 'Hi' }, metadata: { run_id: begun.run_id } },
      {
        id: begun.message_id,
        role: 'assistant',
        kind: 'streaming_response',
        status: 'complete',
        data: { content: 'Hello you.', finish_reason: 'stop', final_sequence: 3 },
      },
    ]);
    const path = `/contexts/${begun.context_id}/messages/${begun.message_id}/streaming-chunks`;
    expect((await api.get<ChunkPage>(path)).body.chunks.map(({ delta }) => delta)).toEqual([
      'Hel',
      'lo ',
      'you.',
    ]);
    expect(await contextOf(begun.context_id)).toMatchObject({
      state: { type: 'awaiting_user', reason: 'input' },
    });
  });

  it('gives the same parts to everybody, however late they come', async () => {
    upstream.enqueue(
      answer('A word.', { calls: [{ id: 'call_1', name: 'look', arguments: ['{"at"', ':1}'] }] }),
    );
    const begun = await begin(newExchange([user('Look')]));
    const live = await followed(begun.id);

    expect(joined(live, 'tool_arguments')).toBe('{"at":1}');
    expect(live.filter(({ type }) => type === 'tool_call')).toEqual([
      { type: 'tool_call', tool_call_id: 'call_1', tool_name: 'look', arguments: '{"at":1}' },
    ]);
    expect(await followed(begun.id)).toEqual(live);
    const { exchange, parts } = await server.exchanges.read(owner, begun.id);
    expect(parts).toEqual(live);
    expect(exchange).toMatchObject({ status: 'completed', model: 'openai/gpt-4o-mini' });
    expect((await messagesOf(begun.context_id)).at(-1)).toMatchObject({
      id: exchange.last_message_id,
      kind: 'tool_request',
      status: 'complete',
      data: { calls: [{ id: 'call_1', name: 'look', arguments: { at: 1 } }] },
    });
  });

  it('goes on without whoever began to follow it', async () => {
    upstream.enqueue(partial(['One ', 'two '], hold, ...(partial('three').pieces ?? [])));
    const begun = await begin(newExchange([user('Count')]));
    const leaving = new AbortController();
    const parts = server.exchanges.follow(owner, begun.id, leaving.signal)[Symbol.asyncIterator]();
    expect((await parts.next()).value).toEqual({ type: 'text', delta: 'One ' });
    leaving.abort(new Error('gone'));
    await expect(
      (async () => {
        for (;;) if ((await parts.next()).done) return;
      })(),
    ).rejects.toThrow('gone');
    upstream.calls.at(-1)?.release();

    expect(joined(await followed(begun.id).catch(() => []), 'text')).toBe('');
    const { parts: kept } = await server.exchanges.read(owner, begun.id);
    expect(joined(kept, 'text')).toBe('One two three');
  });
});
