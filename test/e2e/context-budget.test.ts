// What a model is sent of a conversation that is longer than its window.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ContextClient, startServerOn, transitionsUntil } from '../support/context-client.js';
import { answer, FakeUpstream } from '../support/fake-upstream.js';
import type { TestServer } from '../support/server.js';
import { until } from '../support/until.js';

/** 300 tokens each; 1,000 fit beside the answer. */
const words = (name: string): string => `${name}: ${'snow '.repeat(290)}`;

let upstream: FakeUpstream;
let server: TestServer;
beforeAll(async () => {
  upstream = await FakeUpstream.start();
  server = await startServerOn(upstream, {
    PULLCORD_MODEL_CONTEXT_TOKENS: '1100',
    PULLCORD_MODEL_ANSWER_TOKENS: '100',
    PULLCORD_TOOLS: 'none',
    PULLCORD_COMPRESSION: 'recent_n',
    PULLCORD_COMPRESSION_THRESHOLD: '1',
  });
});
afterAll(() => upstream.close());

interface Sent {
  readonly role: string;
  readonly content: string;
  readonly tool_calls?: readonly { readonly id: string }[];
  readonly tool_call_id?: string;
}

const sent = (): readonly Sent[] => upstream.calls.at(-1)?.request.body.messages as readonly Sent[];
const names = (): readonly string[] => sent().map(({ role, content }) => `${role} ${content.split(':')[0]}`);

it('sends all of it while it fits', async () => {
  upstream.enqueue(answer('One.'), answer('Two.'));
  const context = await ContextClient.begin(server);
  await context.exchange(words('first'));
  await context.exchange(words('second'));
  expect(names()).toEqual(['user first', 'assistant One.', 'user second']);
});

it('leaves out the oldest turns, each as a whole, and never the system prompt', async () => {
  const context = await ContextClient.begin(server, { system_prompt: 'Be brief: you know.' });
  for (const name of ['first', 'second', 'third', 'fourth']) {
    upstream.enqueue(answer(words(`answer to ${name}`)));
    await context.exchange(words(name));
  }
  expect(names()).toEqual(['system Be brief', 'user third', 'assistant answer to third', 'user fourth']);
  expect((await context.messages()).length).toBe(8);
});

it('keeps the room that the parameters ask for the answer', async () => {
  const context = await ContextClient.begin(server, { parameters: { max_tokens: 500 } });
  upstream.enqueue(answer('One.'), answer('Two.'));
  await context.exchange(words('first'));
  await context.exchange(words('second'));
  expect(names()).toEqual(['user second']);
});

it('counts tokens and not bytes', async () => {
  const context = await ContextClient.begin(server);
  upstream.enqueue(answer('One.'), answer('Two.'));
  await context.exchange(`first: ${'international '.repeat(150)}`);
  await context.exchange(`second: ${'international '.repeat(150)}`);
  expect(names()).toEqual(['user first', 'assistant One.', 'user second']);
});

describe('a call of a tool', () => {
  const call = (id: string) => ({
    id,
    name: 'clock',
    arguments: [JSON.stringify({ zone: 'x'.repeat(600) })],
  });

  it('is never sent without its result, nor a result without its call', async () => {
    const context = await ContextClient.begin(server);
    upstream.enqueue(answer('', { calls: [call('call_1'), call('call_2')] }), answer('Noon.'));
    await context.exchange(words('first'));
    const seen: string[] = [];
    for (let turn = 0; turn < 4; turn++) {
      upstream.enqueue(answer('Yes.'));
      await context.exchange(words(`turn ${turn}`));
      const calls = sent().flatMap(({ tool_calls = [] }) => tool_calls.map(({ id }) => id));
      const results = sent().flatMap(({ tool_call_id }) => tool_call_id ?? []);
      expect(results).toEqual(calls);
      seen.push(calls.join());
    }
    expect(seen[0]).toBe('call_1,call_2');
    expect(seen.at(-1)).toBe('');
  });
});

// Sent as a payload: the length of plain `content` is looked at before the turn begins.
const tooLong = { payload: { kind: 'text', data: { content: 'snow '.repeat(1200) } } };

describe('a turn that is too long by itself', () => {
  it('ends with prompt_too_long at its stage, and the model is not called', async () => {
    const before = upstream.calls.length;
    const context = await ContextClient.begin(server);
    const stream = await context.follow();
    await until(() => stream.events.length > 0, { what: 'the snapshot' });
    const { message_id } = await context.act('send_message', tooLong);
    await context.settled();
    const state = await context.state();
    expect(state).toMatchObject({ type: 'error', code: 'prompt_too_long', retryable: false });
    expect(state).toHaveProperty('message', expect.stringContaining('1000 are left') as string);
    const transitions = await transitionsUntil(stream, (await context.whole()).revision);
    expect(transitions.map(({ new_state }) => new_state.stage ?? new_state.type)).toEqual([
      ...['validating', 'resolving_files', 'enhancing_prompt', 'optimizing_context', 'error'],
    ]);
    stream.destroy();
    expect((await context.messages()).map(({ id }) => id)).toEqual([message_id]);
    expect(upstream.calls.length).toBe(before);
  });

  it('does not hold up the next', async () => {
    const context = await ContextClient.begin(server);
    await context.act('send_message', tooLong);
    await context.settled();
    await context.exchange('rain');
    expect(await context.state()).toEqual({ type: 'awaiting_user', reason: 'input' });
    expect(names()).toEqual(['user rain']);
  });
});
