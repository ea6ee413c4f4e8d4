// A recorded call: it goes on without whoever made it, and what it answers is a message like any other.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { BegunExchange, NewExchange } from '../../src/exchanges/exchange-kinds.js';
import { newMessages } from '../../src/exchanges/new-messages-policy.js';
import { newId, type ContextId, type MessageId, type Owner, type RunId } from '../../src/kernel/ids.js';
import type { ModelPart, PromptMessage } from '../../src/providers/language-model.js';
import type { ChunkPage, MessagePage, WholeContext } from '../support/api.js';
import {
  collect,
  joined,
  never,
  newExchange,
  owner,
  requestOf,
  serveExchanges,
  user,
  type ExchangeServer,
} from '../support/exchange-server.js';
import { answer, die, FakeUpstream, hold, partial, refusal, stall } from '../support/fake-upstream.js';
import { caller, type Caller } from '../support/http.js';
import { until } from '../support/until.js';

let upstream: FakeUpstream;
let server: ExchangeServer;
let api: Caller;
beforeAll(async () => {
  upstream = await FakeUpstream.start();
  server = await serveExchanges(upstream, {
    PULLCORD_EXCHANGE_MAX_ITEMS: '5',
    PULLCORD_EXCHANGE_FOLLOWERS_MAX: '4',
  });
  api = caller(server);
});
beforeEach(() => void upstream.clear());
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

/** What the model was last asked. */
const asked = (): readonly Record<string, unknown>[] => {
  const { messages } = upstream.calls.at(-1)?.request.body as {
    readonly messages: Record<string, unknown>[];
  };
  return messages;
};

/** Waits for the first part, and follows no further. */
async function started({ id }: BegunExchange): Promise<void> {
  for await (const part of server.exchanges.follow(owner, id, never)) if (part) break;
}

/** One that has come to its end. */
async function done(exchange: NewExchange): Promise<BegunExchange> {
  const begun = await begin(exchange);
  await followed(begun.id);
  return begun;
}

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
    upstream.enqueue({
      pieces: [...(partial(['One ', 'two ']).pieces ?? []), hold, ...(answer('three').pieces ?? [])],
    });
    const begun = await begin(newExchange([user('Count')]));
    const leaving = new AbortController();
    const parts = server.exchanges.follow(owner, begun.id, leaving.signal)[Symbol.asyncIterator]();
    expect((await parts.next()).value).toEqual({ type: 'text', delta: 'One ' });
    expect((await parts.next()).value).toEqual({ type: 'text', delta: 'two ' });
    const next = parts.next();
    leaving.abort(new Error('gone'));
    await expect(next).rejects.toThrow('gone');
    upstream.calls.at(-1)?.release();

    expect(joined(await followed(begun.id), 'text')).toBe('One two three');
  });

  it('gives what there is to somebody who does not wait', async () => {
    upstream.enqueue({
      pieces: [...(partial('Some').pieces ?? []), hold, ...(answer(' more').pieces ?? [])],
    });
    const begun = await begin(newExchange([user('Go')]));
    const some = await until(
      async () => {
        const read = await server.exchanges.read(owner, begun.id);
        return read.parts.length > 0 && read;
      },
      { what: 'the first part' },
    );
    expect(some).toMatchObject({
      exchange: { status: 'in_progress', last_message_id: null, ended_at: null },
      parts: [{ type: 'text', delta: 'Some' }],
    });
    upstream.calls.at(-1)?.release();
    expect(joined(await followed(begun.id), 'text')).toBe('Some more');
  });

  it('keeps reasoning apart from text', async () => {
    upstream.enqueue(answer('So.', { reasoning: ['Let me ', 'think.'] }));
    const begun = await begin(newExchange([user('Think')]));
    const parts = await followed(begun.id);
    expect(joined(parts, 'reasoning')).toBe('Let me think.');
    expect(joined(parts, 'text')).toBe('So.');
  });

  it('shows an answer of nothing as an empty message', async () => {
    upstream.enqueue(answer([]));
    const begun = await begin(newExchange([user('Say nothing')]));
    expect((await followed(begun.id)).map(({ type }) => type)).toEqual(['finish']);
    expect((await messagesOf(begun.context_id)).at(-1)).toMatchObject({
      id: begun.message_id,
      status: 'complete',
      data: { content: '' },
    });
  });
});

describe('an exchange that fails', () => {
  it('gives what came before, and then why', async () => {
    upstream.enqueue(partial(['A bit', ' more'], die));
    const begun = await begin(newExchange([user('Break')]));
    const parts: ModelPart[] = [];
    const following = (async () => {
      for await (const part of server.exchanges.follow(owner, begun.id, never)) parts.push(part);
    })();
    await expect(following).rejects.toMatchObject({ name: 'ExchangeFailed', code: 'upstream_protocol' });
    expect(joined(parts, 'text')).toBe('A bit more');
    expect(await server.exchanges.get(owner, begun.id)).toMatchObject({
      status: 'failed',
      failure: { code: 'upstream_protocol' },
      last_message_id: begun.message_id,
    });
    expect(await contextOf(begun.context_id)).toMatchObject({ state: { type: 'error' } });
  });

  it('is asked again as long as nothing came, and leaves no trace of that', async () => {
    upstream.enqueue(refusal(503, 'Busy'), answer('Here.'));
    const before = upstream.calls.length;
    const begun = await begin(newExchange([user('Try')]));
    expect(joined(await followed(begun.id), 'text')).toBe('Here.');
    expect(upstream.calls.length - before).toBe(2);
  });

  it('ends with what its provider refused, without any message of an answer', async () => {
    upstream.enqueue(refusal(400, 'No such thing'));
    const begun = await begin(newExchange([user('Ask wrongly')]));
    await expect(followed(begun.id)).rejects.toMatchObject({ code: 'upstream_rejected', retryable: false });
    const messages = await messagesOf(begun.context_id);
    expect(messages.map(({ role }) => role)).toEqual(['user']);
    expect(await server.exchanges.get(owner, begun.id)).toMatchObject({ last_message_id: messages[0]?.id });
  });
});

describe('cancel', () => {
  it('stops the call to the model, and keeps what came', async () => {
    upstream.enqueue(partial('Far', stall));
    const begun = await begin(newExchange([user('Go on')]));
    const parts = server.exchanges.follow(owner, begun.id, never)[Symbol.asyncIterator]();
    await parts.next();
    const ended = expect(parts.next()).rejects.toMatchObject({ name: 'ExchangeFailed', code: 'cancelled' });
    const cancelled = await server.exchanges.cancel(owner, begun.id);

    expect(cancelled).toMatchObject({ status: 'cancelled', failure: { code: 'cancelled' } });
    await ended;
    await expect(upstream.calls.at(-1)?.closedByClient).resolves.toBe(true);
    expect((await messagesOf(begun.context_id)).at(-1)).toMatchObject({
      status: 'cancelled',
      data: { content: 'Far' },
    });
    expect(await server.exchanges.cancel(owner, begun.id)).toEqual(cancelled);
  });

  it('is also what the command of the context does', async () => {
    upstream.enqueue(partial('Far', stall));
    const begun = await begin(newExchange([user('Go on')]));
    await started(begun);
    await api.post(`/contexts/${begun.context_id}/actions/cancel`, {});
    await expect(followed(begun.id)).rejects.toMatchObject({ code: 'cancelled' });
  });
});

describe('an exchange in a context that is there', () => {
  it('is asked with the conversation before it, calls and their results as they were', async () => {
    upstream.enqueue(answer('', { calls: [{ id: 'call_7', name: 'look', arguments: ['{"at": 1}'] }] }));
    const first = await done(newExchange([user('What is there?')]));
    const result: PromptMessage = {
      role: 'tool',
      tool_call_id: 'call_7',
      tool_name: 'look',
      content: 'A lamp.',
      is_error: false,
    };
    upstream.enqueue(answer('A lamp is there.'));
    const instructions: PromptMessage = { role: 'system', content: 'Be brief.' };
    const second = await done(
      newExchange([result], {
        context: first.context_id,
        request: requestOf(instructions, result),
        history_at: 1,
      }),
    );

    expect(asked()).toMatchObject([
      { role: 'system', content: 'Be brief.' },
      { role: 'user', content: 'What is there?' },
      {
        role: 'assistant',
        tool_calls: [{ id: 'call_7', function: { name: 'look', arguments: '{"at":1}' } }],
      },
      { role: 'tool', tool_call_id: 'call_7', content: 'A lamp.' },
    ]);
    expect(second.context_id).toBe(first.context_id);
    expect((await messagesOf(first.context_id)).map(({ kind }) => kind)).toEqual([
      'text',
      'streaming_response',
      'tool_request',
      'tool_result',
      'streaming_response',
    ]);
  });

  it('forks where it goes on behind a message that is not the last', async () => {
    const first = await done(newExchange([user('One')]));
    const { last_message_id: after } = await server.exchanges.get(owner, first.id);
    await done(newExchange([user('Two')], { context: first.context_id, history_at: 0 }));
    await done(
      newExchange([user('Other')], {
        context: first.context_id,
        after: after ?? undefined,
        history_at: 0,
      }),
    );

    expect(asked().map(({ content }) => content)).toEqual(['One', 'Hello.', 'Other']);
    expect((await contextOf(first.context_id)).branches).toHaveLength(2);
    expect((await messagesOf(first.context_id)).map(({ role }) => role)).toEqual([
      'user',
      'assistant',
      'user',
      'assistant',
    ]);
  });

  it('goes on with a branch that ends there, without another', async () => {
    const first = await done(newExchange([user('One')]));
    const end = async (id: RunId): Promise<MessageId | undefined> =>
      (await server.exchanges.get(owner, id)).last_message_id ?? undefined;
    const place = { context: first.context_id, history_at: 0 };
    const second = await done(newExchange([user('Two')], place));
    await done(newExchange([user('Other')], { ...place, after: await end(first.id) }));
    await done(newExchange([user('Three')], { ...place, after: await end(second.id) }));

    expect(asked().map(({ content }) => content)).toEqual(['One', 'Hello.', 'Two', 'Hello.', 'Three']);
    expect((await contextOf(first.context_id)).branches).toHaveLength(2);
  });

  it('is refused while another is under way, and writes nothing then', async () => {
    upstream.enqueue(partial('Busy', stall));
    const begun = await begin(newExchange([user('Wait')]));
    await started(begun);
    const again = newExchange([user('Me too')], { context: begun.context_id });
    await expect(begin(again)).rejects.toMatchObject({ code: 'context_busy' });
    expect(JSON.stringify(await messagesOf(begun.context_id))).not.toContain('Me too');
    await server.exchanges.cancel(owner, begun.id);
  });

  it('is refused in one that is archived', async () => {
    const begun = await done(newExchange([user('Hi')]));
    await api.post(`/contexts/${begun.context_id}/actions/archive`, {});
    const again = newExchange([user('Again')], { context: begun.context_id });
    await expect(begin(again)).rejects.toMatchObject({ code: 'illegal_transition' });
  });

  it('is not there for another owner', async () => {
    const begun = await done(newExchange([user('Mine')]));
    const other = 'somebody' as Owner;
    const { exchanges } = server;
    const there = newExchange([user('Hi')], { context: begun.context_id });
    await expect(exchanges.begin(other, there)).rejects.toMatchObject({ code: 'context_not_found' });
    await expect(exchanges.get(other, begun.id)).rejects.toMatchObject({ code: 'run_not_found' });
    await expect(exchanges.read(other, begun.id)).rejects.toMatchObject({ code: 'run_not_found' });
    await expect(exchanges.cancel(other, begun.id)).rejects.toMatchObject({ code: 'run_not_found' });
    await expect(exchanges.delete(other, begun.id)).rejects.toMatchObject({ code: 'run_not_found' });
    await expect(collect(exchanges.follow(other, begun.id, never))).rejects.toMatchObject({
      code: 'run_not_found',
    });
    expect(await messagesOf(begun.context_id)).toHaveLength(2);
  });
});

describe('what an exchange keeps', () => {
  it('are its inputs as they came, also what a message cannot hold', async () => {
    const picture: PromptMessage = {
      role: 'user',
      parts: [
        { type: 'text', text: 'What is this?' },
        { type: 'image', base64: 'iVBORw0KGgo=', mime_type: 'image/png' },
        { type: 'file', base64: 'JVBERi0=', mime_type: 'application/pdf', name: 'plan.pdf' },
      ],
    };
    const exchange = newExchange([picture], { raw: { metadata: { a: 'b' } } });
    const inputs = [{ prompt: picture, raw: { id: 'msg_1', type: 'message' } }];
    const begun = await done({ ...exchange, inputs });

    expect(await server.exchanges.inputs(owner, begun.id)).toMatchObject([
      { prompt: picture, raw: { id: 'msg_1', type: 'message' }, exchange_id: begun.id, is_output: false },
    ]);
    expect((await server.exchanges.get(owner, begun.id)).raw).toEqual({ metadata: { a: 'b' } });
    expect((await messagesOf(begun.context_id)).map(({ kind }) => kind)).toEqual([
      'text',
      'image',
      'file_reference',
      'streaming_response',
    ]);
  });

  it('is gone once it is deleted, and the conversation is not', async () => {
    const first = await done(newExchange([user('One')]));
    const second = await done(newExchange([user('Two')], { context: first.context_id, history_at: 0 }));
    expect(await server.exchanges.delete(owner, first.id)).toEqual({
      context_id: first.context_id,
      was_last: false,
    });
    await expect(server.exchanges.get(owner, first.id)).rejects.toMatchObject({ code: 'run_not_found' });
    await done(newExchange([user('Three')], { context: first.context_id, history_at: 0 }));
    expect(asked().map(({ content }) => content)).toEqual(['One', 'Hello.', 'Two', 'Hello.', 'Three']);
    expect((await server.exchanges.get(owner, second.id)).status).toBe('completed');
  });

  it('is cancelled first when it is deleted on its way', async () => {
    upstream.enqueue(partial('Far', stall));
    const begun = await begin(newExchange([user('Go on')]));
    await started(begun);
    expect(await server.exchanges.delete(owner, begun.id)).toMatchObject({ was_last: true });
    await expect(upstream.calls.at(-1)?.closedByClient).resolves.toBe(true);
    expect(await contextOf(begun.context_id)).toMatchObject({ state: { type: 'awaiting_user' } });
  });

  it('goes with its context', async () => {
    const begun = await done(newExchange([user('Bye')]));
    await api.delete(`/contexts/${begun.context_id}?purge=true`);
    await expect(server.exchanges.get(owner, begun.id)).rejects.toMatchObject({ code: 'run_not_found' });
  });
});

describe('limits', () => {
  it('bounds what one call adds', async () => {
    const many = newExchange(Array.from({ length: 6 }, (_, at) => user(`${at}`)));
    await expect(begin(many)).rejects.toMatchObject({ code: 'limit_exceeded' });
  });

  it('knows no model, context or message that is not there', async () => {
    const exchange = newExchange([user('Hi')]);
    await expect(begin({ ...exchange, model: 'no/such' })).rejects.toMatchObject({ code: 'unknown_model' });
    await expect(begin({ ...exchange, context: newId<ContextId>() })).rejects.toMatchObject({
      code: 'context_not_found',
    });
    const { context_id } = await done(exchange);
    await expect(
      begin({ ...exchange, context: context_id, after: newId<MessageId>() }),
    ).rejects.toMatchObject({ code: 'message_not_found' });
  });

  it('bounds how many are followed at the same time, and counts nobody who has gone', async () => {
    upstream.enqueue(partial('Wait', stall));
    const begun = await begin(newExchange([user('Hi')]));
    const leaving = new AbortController();
    const all = Array.from({ length: 4 }, () =>
      server.exchanges.follow(owner, begun.id, leaving.signal)[Symbol.asyncIterator](),
    );
    for (const parts of all) expect((await parts.next()).value).toEqual({ type: 'text', delta: 'Wait' });
    expect(() => followed(begun.id)).toThrow('More than 4 answers are being followed.');
    const rest = all.map((parts) => expect(parts.next()).rejects.toThrow('gone'));
    leaving.abort(new Error('gone'));
    await Promise.all(rest);
    const again = followed(begun.id);
    const ended = expect(again).rejects.toMatchObject({ code: 'cancelled' });
    await server.exchanges.cancel(owner, begun.id);
    await ended;
  });

  it('says what of a request is new to a context', () => {
    const said: PromptMessage = { role: 'assistant', content: 'Hello.' };
    expect(newMessages([user('One'), said, user('Two'), user('Three')])).toEqual([
      user('Two'),
      user('Three'),
    ]);
    expect(newMessages([user('One')])).toEqual([user('One')]);
    expect(newMessages([user('One'), said])).toEqual([]);
  });
});

it('leaves nothing behind that verify would find', async () => {
  expect(await server.findings()).toEqual([]);
});
