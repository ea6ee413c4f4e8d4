// Calls of tools that do not exist: each gets a result that says so, and the model is asked again.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { refused } from '../support/api.js';
import { ContextClient, startServerOn, textOf } from '../support/context-client.js';
import { answer, FakeUpstream, type PlannedCall, type UpstreamCall } from '../support/fake-upstream.js';
import type { TestServer } from '../support/server.js';

/** Arguments cut anywhere: inside a string, inside an escape, into single characters. */
const calls: readonly PlannedCall[] = [
  { id: 'call_a', name: 'weather', arguments: ['', '{"ci', 'ty":"Z\\', 'u00fcri', 'ch 🌦', '"}'] },
  { id: 'call_b', name: 'clock', arguments: [...'{"zone":"CET"}'] },
  { id: 'call_c', name: 'dice', arguments: [] },
];
const found = { city: 'Zürich 🌦' };

let upstream: FakeUpstream;
let server: TestServer;
beforeAll(async () => {
  upstream = await FakeUpstream.start();
  server = await startServerOn(upstream, { PULLCORD_MAX_TOOL_DEPTH: '1' });
});
afterAll(() => upstream.close());

const nextCall = (ahead = 0): Promise<UpstreamCall> => upstream.call(upstream.calls.length + ahead);
const again = answer('Once more.', { calls: [{ id: 'call_n', name: 'clock', arguments: ['{}'] }] });

describe('an answer that calls tools', () => {
  let context: ContextClient;
  let second: UpstreamCall;
  beforeAll(async () => {
    upstream.enqueue(answer(['Let me ', 'look.'], { calls, packing: 'torn' }), answer('I cannot tell.'));
    const called = nextCall(1);
    context = await ContextClient.begin(server);
    await context.exchange('What is the weather?');
    second = await called;
  });

  it('streams the arguments as chunks that name their call', async () => {
    const [asking] = await context.messagesOf('streaming_response');
    const chunks = await context.chunks(asking?.id ?? '');
    const argumentsOf = (id: string): string =>
      chunks
        .filter(({ kind, tool_call_id }) => kind === 'tool_arguments' && tool_call_id === id)
        .map(({ delta }) => delta)
        .join('');

    expect(textOf(chunks)).toBe('Let me look.');
    expect(JSON.parse(argumentsOf('call_a'))).toEqual(found);
    expect(argumentsOf('call_b')).toBe('{"zone":"CET"}');
    expect(argumentsOf('call_c')).toBe('');
    for (const { kind, tool_call_id } of chunks)
      expect(tool_call_id === undefined).toBe(kind !== 'tool_arguments');
    expect(asking).toMatchObject({
      status: 'complete',
      data: { content: 'Let me look.', finish_reason: 'tool_calls', final_sequence: chunks.length },
    });
  });

  it('becomes a request, and a result for each call in the order of the calls', async () => {
    const messages = await context.messages();
    expect(messages.map(({ role, kind }) => `${role} ${kind}`)).toEqual([
      'user text',
      'assistant streaming_response',
      'assistant tool_request',
      'tool tool_result',
      'tool tool_result',
      'tool tool_result',
      'assistant streaming_response',
    ]);
    expect(messages[2]?.data).toMatchObject({
      calls: [
        { id: 'call_a', name: 'weather', arguments: found },
        { id: 'call_b', name: 'clock', arguments: { zone: 'CET' } },
        { id: 'call_c', name: 'dice', arguments: {} },
      ],
    });
    expect(messages.slice(3, 6).map(({ data }) => data)).toMatchObject(
      calls.map(({ id, name }) => ({
        request_id: id,
        tool_name: name,
        execution_status: 'failed',
        error: { code: 'tool_not_found' },
      })),
    );
  });

  it('is told to the model as its own calls and their results, and answered by it', async () => {
    expect(second.request.body['messages']).toMatchObject([
      { role: 'user', content: 'What is the weather?' },
      {
        role: 'assistant',
        content: 'Let me look.',
        tool_calls: calls.map(({ id, name }) => ({ id, type: 'function', function: { name } })),
      },
      ...calls.map(({ id, name }) => ({
        role: 'tool',
        tool_call_id: id,
        content: expect.stringContaining(`There is no tool named ${name}.`) as string,
      })),
    ]);
    expect((await context.answer()).data.content).toBe('I cannot tell.');
    expect(await context.state()).toEqual({ type: 'awaiting_user', reason: 'input' });
  });

  it('belongs to one run, and no two of its messages share a revision', async () => {
    const messages = await context.messages();
    expect(new Set(messages.slice(1).map(({ metadata }) => metadata.run_id)).size).toBe(1);
    expect(new Set(messages.map(({ revision }) => revision)).size).toBe(messages.length);
  });
});

describe('an answer of nothing but calls', () => {
  it('has no text, and still each call has its result', async () => {
    upstream.enqueue(answer([], { calls: calls.slice(0, 1) }), answer('Sorry.'));
    const context = await ContextClient.begin(server);
    await context.exchange('Weather?');
    expect((await context.messages()).map(({ kind }) => kind)).toEqual([
      'text',
      'streaming_response',
      'tool_request',
      'tool_result',
      'streaming_response',
    ]);
  });

  it('may have none of the arguments that a tool wants, or no JSON at all', async () => {
    const odd = [{ id: 'call_x', name: 'dice', arguments: ['{"sides": 6'] }];
    upstream.enqueue(answer([], { calls: odd }), answer('Sorry.'));
    const called = nextCall(1);
    const context = await ContextClient.begin(server);
    await context.exchange('Roll.');

    const [request] = await context.messagesOf('tool_request');
    expect(request?.data.calls).toEqual([{ id: 'call_x', name: 'dice', arguments: '{"sides": 6' }]);
    const { messages } = (await called).request.body as { messages: { tool_calls?: unknown }[] };
    // As an object, which is what servers read: the text itself would fail every later turn.
    expect(messages[1]?.tool_calls).toMatchObject([
      { function: { arguments: JSON.stringify({ written: '{"sides": 6' }) } },
    ]);
    expect((await context.answer()).data.content).toBe('Sorry.');
  });
});

describe('a model that never stops calling tools', () => {
  it('is stopped after as many rounds as the settings say, until the user says go on', async () => {
    upstream.enqueue(again, again);
    const before = upstream.calls.length;
    const context = await ContextClient.begin(server);
    await context.exchange('Loop.');

    expect(await context.state()).toEqual({ type: 'awaiting_user', reason: 'depth_limit' });
    expect(upstream.calls.length - before).toBe(2);
    expect((await context.messages()).map(({ kind }) => kind)).toEqual([
      'text',
      'streaming_response',
      'tool_request',
      'tool_result',
      'streaming_response',
      'tool_request',
      'tool_result',
    ]);
    expect((await context.messagesOf('tool_result')).at(-1)?.data).toMatchObject({
      execution_status: 'failed',
      error: { code: 'tool_not_found' },
    });

    upstream.enqueue(answer('Enough.'));
    const called = nextCall();
    const { run_id, state } = await context.act('continue');
    expect(state).toEqual({ type: 'active', stage: 'preparing_request' });
    await context.settled();
    expect(await context.state()).toEqual({ type: 'awaiting_user', reason: 'input' });
    expect(await context.answer()).toMatchObject({ data: { content: 'Enough.' }, metadata: { run_id } });
    // No call is left without a result, which providers would refuse.
    const { messages } = (await called).request.body as {
      messages: { role: string; tool_call_id?: string }[];
    };
    expect(messages.map(({ role }) => role)).toEqual(['user', 'assistant', 'tool', 'assistant', 'tool']);
  });

  it('has as many rounds again after "continue"', async () => {
    upstream.enqueue(again, again, again, again);
    const before = upstream.calls.length;
    const context = await ContextClient.begin(server);
    await context.exchange('Loop.');
    await context.act('continue');
    await context.settled();
    expect(await context.state()).toEqual({ type: 'awaiting_user', reason: 'depth_limit' });
    expect(upstream.calls.length - before).toBe(4);
  });

  it('leaves nothing to do but what the state allows', async () => {
    upstream.enqueue(again, again);
    const context = await ContextClient.begin(server);
    await context.exchange('Loop.');
    const { allowed_actions, revision } = await context.whole();

    expect(allowed_actions).toContain('continue');
    for (const action of ['retry', 'restore']) {
      expect(allowed_actions).not.toContain(action);
      expect(refused(await context.ask(action))).toBe('409 illegal_transition');
    }
    expect((await context.whole()).revision).toBe(revision);
    upstream.enqueue(answer('As you like.'));
    await context.exchange('Stop that.');
    expect(await context.state()).toEqual({ type: 'awaiting_user', reason: 'input' });
  });

  it('does not keep a queued message waiting', async () => {
    const context = await ContextClient.begin(server);
    const before = upstream.calls.length;
    upstream.enqueue(again, { ...again, paceMs: 100 }, answer('To you.'));
    await context.send('Loop.');
    await context.send('And me?', { on_busy: 'queue' });
    await (
      await upstream.call(before + 2)
    ).closedByClient;
    await context.settled();
    expect(await context.state()).toEqual({ type: 'awaiting_user', reason: 'input' });
    expect((await context.transcript()).slice(-2)).toEqual(['user: And me?', 'assistant: To you.']);
  });
});
