// Models that stand in for one that fails, and providers that are left alone: as a conversation shows it.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { caller } from '../support/http.js';
import { ContextClient } from '../support/context-client.js';
import { answer, die, FakeUpstream, partial, refusal, type PlannedCall } from '../support/fake-upstream.js';
import { startServer, type TestServer } from '../support/server.js';
import { until } from '../support/until.js';

let near: FakeUpstream;
let far: FakeUpstream;
let server: TestServer;

beforeAll(async () => {
  [near, far] = await Promise.all([FakeUpstream.start(), FakeUpstream.start()]);
  server = await startServer({
    env: {
      PULLCORD_PROVIDERS: JSON.stringify({
        near: { type: 'openai_compatible', base_url: near.url, models: ['a'], api_key: 'sk-near-0123456789' },
        far: { type: 'openai_compatible', base_url: far.url, models: ['b'] },
      }),
      PULLCORD_MODEL_FALLBACKS: '{"near/*":["far/b"]}',
      PULLCORD_MODEL_ALIASES: '{"quick":"near/a","f-*":"far/*"}',
      PULLCORD_MODEL_MAX_ATTEMPTS: '1',
      PULLCORD_BREAKER_FAILURES: '3',
      PULLCORD_BREAKER_RESET_MS: '2000',
    },
  });
});
afterAll(() => Promise.all([near.close(), far.close()]));
beforeEach(() => {
  near.clear().on(() => answer('From near.'));
  far.clear().on(() => answer('From far.'));
});

const now: PlannedCall = { id: 'call_now', name: 'current_time', arguments: ['{}'] };
const unwell = [
  { model: 'near/a', code: 'upstream_error', message: 'The provider "near" failed (503): Out for lunch' },
];

describe('a model that fails before its first chunk', () => {
  it('is stood in for, and the answer says by whom and why', async () => {
    near.enqueue(refusal(503, 'Out for lunch'));
    const context = await ContextClient.begin(server, { model: 'near/a' });
    await context.exchange('Hello?');
    const said = await context.answer();

    expect(said).toMatchObject({ status: 'complete', data: { content: 'From far.', model: 'far/b' } });
    expect(said.metadata.skipped).toEqual(unwell);
    // The context keeps the model that it was given, and the next turn asks it.
    await context.exchange('And now?');
    const next = await context.answer();
    expect(next.data).toMatchObject({ content: 'From near.', model: 'near/a' });
    expect(next.metadata).not.toHaveProperty('skipped');
  });

  it('is stood in for until the turn is over, its rounds of tools included', async () => {
    near.enqueue(refusal(503, 'Out for lunch'));
    far.enqueue(answer([], { calls: [now] }), answer('It is late.'));
    const before = near.calls.length;
    const context = await ContextClient.begin(server, {
      model: 'near/a',
      tool_policy: { type: 'auto_approve' },
    });
    await context.exchange('What time is it?');

    expect(await context.answer()).toMatchObject({ data: { content: 'It is late.', model: 'far/b' } });
    expect(near.calls).toHaveLength(before + 1);
  });

  it('is not stood in for once something of its answer was streamed', async () => {
    near.enqueue(partial('So', die));
    const before = far.calls.length;
    const context = await ContextClient.begin(server, { model: 'near/a' });
    await context.exchange('Hello?');

    expect(await context.state()).toMatchObject({ type: 'error', code: 'upstream_protocol' });
    expect(await context.answer()).toMatchObject({ status: 'failed', data: { content: 'So' } });
    expect(far.calls).toHaveLength(before);
  });

  it('speaks for itself when nobody else answers', async () => {
    near.enqueue(refusal(503, 'Out for lunch'));
    far.enqueue(refusal(429, 'Too many'));
    const context = await ContextClient.begin(server, { model: 'near/a' });
    await context.exchange('Hello?');

    expect(await context.state()).toMatchObject({ type: 'error', code: 'upstream_error', retryable: true });
    expect(JSON.stringify(await context.whole())).not.toContain('sk-near');
  });
});

describe('a provider that fails again and again', () => {
  it('is left alone, then tried again by one call, and is itself again', async () => {
    near.on(() => refusal(500, 'Dying'));
    const context = await ContextClient.begin(server, { model: 'near/a' });
    const skippedCode = async (): Promise<string | undefined> => {
      await context.exchange('Hello?');
      return (await context.answer()).metadata.skipped?.[0]?.code;
    };
    await until(async () => (await skippedCode()) === 'circuit_open', { what: 'the circuit to open' });
    near.on(() => answer('Well again.'));
    await until(async () => (await skippedCode()) === undefined, { what: 'the circuit to close' });

    expect(await context.answer()).toMatchObject({ data: { content: 'Well again.', model: 'near/a' } });
    expect(server.logs.map(({ msg }) => msg)).toEqual(
      expect.arrayContaining([
        'The provider "near" fails again and again and is left alone for 2000 ms.',
        'The provider "near" answers again.',
      ]),
    );
  });
});

describe('an alias', () => {
  it('is kept by the context, and answered by the model that it means', async () => {
    const context = await ContextClient.begin(server, { model: 'quick' });
    await context.exchange('Hello?');
    expect((await context.whole()).config.model).toBe('quick');
    expect((await context.answer()).data.model).toBe('near/a');

    await context.exchange('And you?', { model: 'f-zero' });
    expect((await context.answer()).data.model).toBe('far/zero');
    expect(far.calls.at(-1)?.request.body).toMatchObject({ model: 'zero' });
  });

  it('that means nothing is refused like any unknown model', async () => {
    const { status } = await caller(server).post('/contexts', { config: { model: 'slow' } });
    expect(status).toBe(422);
  });
});
