// What a model cannot do: refused before the turn where that can be known, told in words where it is long ago. And which
// model a turn is answered by while its context is changed.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { body } from '../support/api.js';
import { ContextClient, startServerOn } from '../support/context-client.js';
import { answer, FakeUpstream, hold } from '../support/fake-upstream.js';
import { caller, type Answer } from '../support/http.js';
import type { TestServer } from '../support/server.js';

const able = { vision: true, tools: true, reasoning: true };
const models = {
  'openai/able': { ...able, context_window: 4000 },
  'openai/blind': { ...able, vision: false },
  'openai/handless': { ...able, tools: false },
  'openai/quick': { ...able, reasoning: false },
  'openai/tiny': { ...able, tools: false, context_window: 400 },
};

let upstream: FakeUpstream;
let server: TestServer;
beforeAll(async () => {
  upstream = await FakeUpstream.start();
  server = await startServerOn(upstream, {
    PULLCORD_MODELS: JSON.stringify(models),
    PULLCORD_TOOL_POLICY: 'auto_approve',
  });
});
afterAll(() => upstream.close());

const begin = (model: string, config: object = {}): Promise<ContextClient> =>
  ContextClient.begin(server, { model: `openai/${model}`, ...config });

const patch = async (context: ContextClient, config: object): Promise<void> =>
  void body(await caller(server).patch(context.path, { config }));

const image = {
  kind: 'image',
  data: { source: { url: 'https://example.org/cat.png' }, recognition_mode: 'vision' },
};

const sent = (): string => JSON.stringify(upstream.calls.at(-1)?.request.body);

/** Fails unless the command was refused for this, and nothing has changed. */
async function expectIncapable(
  context: ContextClient,
  asked: Answer<unknown>,
  needs: string[],
): Promise<void> {
  expect(asked.body).toMatchObject({ status: 422, code: 'model_incapable', needs });
  expect((asked.body as { models: string[] }).models).toContain('openai/able');
  expect((await context.whole()).revision).toBe(1);
}

describe('a turn that its model cannot take', () => {
  it('is refused when it is about an image that the model cannot see', async () => {
    const context = await begin('blind');
    const asked = await context.ask('send_message', { payload: image });

    await expectIncapable(context, asked, ['vision']);
    expect(asked.body).not.toMatchObject({ models: expect.arrayContaining(['openai/blind']) as string[] });
    expect(asked.body).toMatchObject({ model: 'openai/blind' });
    await context.act('send_message', { payload: image, model: 'openai/able' });
    expect(await context.settled()).toMatchObject({ type: 'awaiting_user' });
  });

  it.each([
    ['an actor without hands', 'handless', { agent_role: 'actor' }, ['tools']],
    ['a mode of doing, without hands', 'handless', { mode: 'act' }, ['tools']],
    [
      'thinking hard, by a model that does not',
      'quick',
      { parameters: { reasoning_effort: 'high' } },
      ['reasoning'],
    ],
  ])('is refused when it wants %s', async (_, model, config, needs) => {
    const context = await begin(model, config);

    await expectIncapable(context, await context.ask('send_message', { content: 'Go on.' }), needs);
    const calls = upstream.calls.length;
    await patch(context, { model: 'openai/able' });
    await context.exchange('Go on.');
    expect(upstream.calls.slice(calls).map(({ request }) => request.body.model)).toEqual(['able']);
  });

  it('is refused when its text is longer than what the model takes', async () => {
    const context = await begin('tiny');
    const content = 'word '.repeat(500);

    await expectIncapable(context, await context.ask('send_message', { content }), ['window']);
    // Many bytes need not be many tokens.
    await context.exchange('a'.repeat(1200));
    expect(await context.state()).toMatchObject({ type: 'awaiting_user' });
  });

  it('and was accepted before its model was another ends in an error, and can be retried with one that can', async () => {
    upstream.enqueue({ pieces: [hold, ...(answer('One.').pieces ?? [])] });
    const call = upstream.calls.length;
    const context = await begin('able');
    await context.send('First.');
    await context.act('send_message', { payload: image, on_busy: 'queue' });
    await patch(context, { model: 'openai/blind' });
    (await upstream.call(call)).release();
    const failed = await context.inState('error');

    expect(failed).toMatchObject({ code: 'model_incapable', retryable: true });
    expect(failed.message).toContain('openai/blind cannot see images');
    await patch(context, { model: 'openai/able' });
    await context.act('retry');
    expect(await context.settled()).toMatchObject({ type: 'awaiting_user' });
    expect(sent()).toContain('https://example.org/cat.png');
  });
});

describe('what was said before the model was another', () => {
  it('has a note in the place of an image for one that cannot see it', async () => {
    const context = await begin('able');
    await context.act('send_message', { payload: image });
    await context.settled();
    await patch(context, { model: 'openai/blind' });
    await context.exchange('What was it?');

    expect(await context.state()).toMatchObject({ type: 'awaiting_user' });
    expect(sent()).not.toContain('cat.png');
    expect(sent()).toContain('There is an image here, which you cannot see.');
  });

  it('tells of calls in words for one that calls no tools, which is offered none', async () => {
    const context = await begin('able');
    const calls = [{ id: 'call_1', name: 'current_time', arguments: ['{}'] }];
    upstream.enqueue(answer('', { calls }), answer('Noon.'));
    await context.exchange('What time is it?');
    await patch(context, { model: 'openai/handless' });
    await context.exchange('And now?');
    const { tools, messages } = upstream.calls.at(-1)?.request.body ?? {};

    expect(tools).toBeUndefined();
    expect((messages as { role: string; tool_calls?: unknown }[]).map(({ role }) => role)).not.toContain(
      'tool',
    );
    expect(JSON.stringify(messages)).not.toContain('tool_calls');
    expect(JSON.stringify(messages)).toContain('The tool current_time was called with {}.');
  });
});

describe('the model of a context', () => {
  it('can be changed while a turn is under way, which goes on with the one that it began with', async () => {
    const calls = [{ id: 'call_1', name: 'current_time', arguments: ['{}'] }];
    upstream.enqueue({ pieces: [hold, ...(answer('', { calls }).pieces ?? [])] }, answer('Noon.'));
    const first = upstream.calls.length;
    const context = await begin('able');
    await context.send('What time is it?');
    const asked = await upstream.call(first);
    await patch(context, { model: 'openai/quick' });
    asked.release();
    await context.settled();
    await context.exchange('And now?');

    const modelsAsked = upstream.calls.slice(first).map(({ request }) => request.body.model);
    expect(modelsAsked).toEqual(['able', 'able', 'quick']);
  });

  it('can be changed while a call waits for its approval, and the turn keeps its own', async () => {
    const calls = [{ id: 'call_1', name: 'current_time', arguments: ['{}'] }];
    upstream.enqueue(answer('', { calls }), answer('Noon.'));
    const first = upstream.calls.length;
    const context = await begin('able', { tool_policy: { type: 'manual' } });
    await context.exchange('What time is it?');
    await patch(context, { model: 'openai/quick' });
    const state = await context.state();
    const [call] = state.type === 'awaiting_user' && 'pending' in state ? state.pending : [];
    await context.act('approve_tools', {
      approvals: [{ tool_call_id: call?.tool_call_id, decision: 'approve' }],
    });
    await context.settled();

    const modelsAsked = upstream.calls.slice(first).map(({ request }) => request.body.model);
    expect(modelsAsked).toEqual(['able', 'able']);
  });
});
