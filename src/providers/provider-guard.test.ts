import { getEventListeners } from 'node:events';
import { Logger } from '@nestjs/common';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import {
  answer,
  die,
  FakeUpstream,
  hold,
  partial,
  refusal,
  reset,
} from '../../test/support/fake-upstream.js';
import { until } from '../../test/support/until.js';
import { providerTable } from '../config/provider-table.js';
import { Settings } from '../config/settings.js';
import type { LanguageModel, ModelPart, ModelRequest } from './language-model.js';
import { ModelError } from './model-error.js';
import { ModelRegistry } from './model-registry.js';
import { openProviders } from './open-providers.js';
import { families } from '../telemetry/family.js';
import { openCalls } from './provider-metrics.js';
import { ProviderGuard } from './provider-guard.js';
import type { RelayAnswer } from './relay.js';

// What opens and closes is expected here.
Logger.overrideLogger(false);

const hello: ModelRequest = {
  messages: [{ role: 'user', parts: [{ type: 'text', text: 'Hello?' }] }],
  tools: [],
  parameters: {},
  task: 'answer',
};

const never = new AbortController().signal;
const registries: ModelRegistry[] = [];
let near: FakeUpstream;
let far: FakeUpstream;

beforeEach(async () => {
  [near, far] = await Promise.all([FakeUpstream.start(), FakeUpstream.start()]);
});
afterEach(async () => {
  for (const registry of registries.splice(0)) await registry.onApplicationShutdown();
  await Promise.all([near.close(), far.close()]);
});

/** Two providers, `near` and `far`, of which the second stands in for the first. */
async function registryOf(limits: object = {}, over: Partial<Settings> = {}): Promise<ModelRegistry> {
  const providers = providerTable.read({
    near: { type: 'openai_compatible', base_url: near.url, models: ['a'], ...limits },
    far: { type: 'openai_compatible', base_url: far.url, models: ['b'] },
  });
  const settings = Object.assign(
    new Settings(),
    { providers, modelFallbacks: { 'near/*': ['far/b'] } },
    over,
  );
  const registry = new ModelRegistry(settings, await openProviders(settings));
  registries.push(registry);
  return registry;
}

async function readAll(parts: AsyncIterable<ModelPart>): Promise<string> {
  let text = '';
  for await (const part of parts) {
    if (part.type === 'route') text += `[${part.model} for ${part.skipped.map(({ code }) => code).join()}] `;
    if (part.type === 'text') text += part.delta;
  }
  return text;
}

const ask = (registry: ModelRegistry, abort = never, request = hello): Promise<string> =>
  readAll(registry.resolve('near/a').model.stream(request, abort));

/** The model alone, without its fallback. */
const askAlone = (registry: ModelRegistry, abort = never): Promise<string> =>
  readAll(registry.candidates('near/a')[0].model.stream(hello, abort));

const codeOf = (call: Promise<unknown>): Promise<string> =>
  call.then(
    () => 'well',
    (error: unknown) => (error instanceof ModelError ? error.code : 'aborted'),
  );

describe('a fallback', () => {
  it('answers in place of a model that fails before its first part, and says why', async () => {
    near.enqueue(refusal(503, 'Down for the day'));
    far.enqueue(answer('From afar'));
    const parts: ModelPart[] = [];
    for await (const part of (await registryOf()).resolve('near/a').model.stream(hello, never))
      parts.push(part);

    expect(parts[0]).toEqual({
      type: 'route',
      model: 'far/b',
      skipped: [
        {
          model: 'near/a',
          code: 'upstream_error',
          message: 'The provider "near" failed (503): Down for the day',
        },
      ],
    });
    expect(parts[1]).toEqual({ type: 'text', delta: 'From afar' });
    expect((await far.call(0)).request.body).toMatchObject({ model: 'b' });
  });

  it.each([
    [401, 'upstream_rejected'],
    [404, 'upstream_rejected'],
    [429, 'rate_limited'],
  ])('answers after %i too', async (status, code) => {
    near.enqueue(refusal(status, 'No'));

    expect(await ask(await registryOf())).toBe(`[far/b for ${code}] Hello.`);
  });

  it('is not asked for what the model was asked for wrongly', async () => {
    near.enqueue(refusal(400, 'A wrong field'));

    await expect(ask(await registryOf())).rejects.toMatchObject({ code: 'upstream_rejected', status: 400 });
    expect(far.calls).toHaveLength(0);
  });

  it('is never asked after the first part', async () => {
    near.enqueue(partial('So', die));

    await expect(ask(await registryOf())).rejects.toMatchObject({ code: 'upstream_protocol' });
    expect(far.calls).toHaveLength(0);
  });

  it('is not asked when it cannot take the request, and when all fail the model speaks for itself', async () => {
    const registry = await registryOf({}, { models: { 'far/b': { tools: false, vision: false } } });
    const tools = [{ name: 'look', description: 'Looks.', parameters: { type: 'object' } }];
    const picture = { type: 'image', url: 'https://pictures.example/1.png' } as const;
    near.on(() => refusal(500, 'No'));

    await expect(ask(registry, never, { ...hello, tools })).rejects.toMatchObject({ code: 'upstream_error' });
    const seen = { ...hello, messages: [{ role: 'user', parts: [picture] } as const] };
    await expect(ask(registry, never, seen)).rejects.toMatchObject({ code: 'upstream_error' });
    expect(far.calls).toHaveLength(0);

    far.enqueue(refusal(429, 'Too many'));
    await expect(ask(registry)).rejects.toMatchObject({ code: 'upstream_error' });
    expect(far.calls).toHaveLength(1);
  });

  it('is asked for no longer an answer than it gives', async () => {
    const registry = await registryOf({}, { models: { 'far/b': { max_output_tokens: 100 } } });
    near.on(() => refusal(500, 'No'));
    await ask(registry, never, { ...hello, parameters: { max_tokens: 1000 } });

    expect((await near.call(0)).request.body).toMatchObject({ max_tokens: 1000 });
    expect((await far.call(0)).request.body).toMatchObject({ max_tokens: 100 });
  });

  it('is not asked for a caller that has left', async () => {
    near.on(() => partial([], hold));
    const caller = new AbortController();
    const call = ask(await registryOf(), caller.signal);
    await near.call(0);
    caller.abort(new Error('enough'));

    await expect(call).rejects.toThrow('enough');
    expect(far.calls).toHaveLength(0);
    expect(getEventListeners(caller.signal, 'abort')).toHaveLength(0);
  });
});

describe('a dying upstream', () => {
  it('is left alone after so many failures, while the fallback answers, and is tried again after a while', async () => {
    const registry = await registryOf({}, { breakerFailures: 3, breakerResetMs: 100 });
    near.on(() => refusal(500, 'Dying'));
    for (let i = 0; i < 3; i += 1) expect(await ask(registry)).toBe('[far/b for upstream_error] Hello.');

    // Whether or not the time is up, nobody waits for it to die once more for each call.
    const before = near.calls.length;
    expect(before).toBe(3);
    near.on(() => answer('Well again'));
    const answers = new Set<string>();
    await until(
      async () => {
        const text = await ask(registry);
        answers.add(text);
        return text === 'Well again';
      },
      { what: 'the upstream to be asked again' },
    );
    expect([...answers].filter((text) => text !== 'Well again')).toEqual(
      answers.size > 1 ? ['[far/b for circuit_open] Hello.'] : [],
    );
    expect(near.calls).toHaveLength(before + 1);
    expect(await ask(registry)).toBe('Well again');
  });

  it('is not asked at all while its circuit is open', async () => {
    const registry = await registryOf({}, { breakerFailures: 2, breakerResetMs: 600_000 });
    near.on(() => refusal(502, 'Dying'));
    await ask(registry);
    await ask(registry);

    for (let i = 0; i < 5; i += 1) expect(await ask(registry)).toBe('[far/b for circuit_open] Hello.');
    expect(await codeOf(askAlone(registry))).toBe('circuit_open');
    expect(near.calls).toHaveLength(2);
    // Its neighbour is another server.
    expect(await readAll(registry.resolve('far/b').model.stream(hello, never))).toBe('Hello.');
  });
});

describe('a provider’s places', () => {
  it('are so many; the others wait their turn, and past the line they are sent away', async () => {
    const registry = await registryOf({ max_concurrent: 2, max_waiting: 1 });
    near.on(() => partial('So', hold, { type: 'event', json: done }));
    const calls = [0, 1].map(() => askAlone(registry));
    await near.call(1);
    const third = askAlone(registry);

    expect(await codeOf(askAlone(registry))).toBe('provider_busy');
    expect(near.calls).toHaveLength(2);
    (await near.call(0)).release();
    (await near.call(2)).release();
    (await near.call(1)).release();

    expect(await Promise.all([...calls, third])).toEqual(['So', 'So', 'So']);
    expect(near.calls).toHaveLength(3);
  });

  it('are free again however a call ended', async () => {
    const registry = await registryOf({ max_concurrent: 1, max_waiting: 0 });
    near.enqueue(refusal(400, 'No'), partial('So', die), partial('So', hold), partial([], hold));
    expect(await codeOf(askAlone(registry))).toBe('upstream_rejected');
    expect(await codeOf(askAlone(registry))).toBe('upstream_protocol');
    for await (const part of registry.candidates('near/a')[0].model.stream(hello, never))
      if (part.type === 'text') break;
    const caller = new AbortController();
    const left = codeOf(askAlone(registry, caller.signal));
    await near.call(3);
    caller.abort(new Error('enough'));
    expect(await left).toBe('aborted');

    expect(await askAlone(registry)).toBe('Hello.');
  });

  it('are not waited for longer than an answer, and are left to others then', async () => {
    vi.useFakeTimers();
    const guard = new ProviderGuard('near', { ...limits, firstChunkMs: 100 }, { failures: 0, resetMs: 1 });
    let finish: () => void = () => undefined;
    const slow: LanguageModel = {
      id: 'near/a',
      stream: async function* () {
        yield { type: 'text', delta: 'So' };
        await new Promise<void>((resolve) => (finish = resolve));
      },
    };
    const model = guard.model(slow);
    const first = readAll(model.stream(hello, never));
    await vi.advanceTimersByTimeAsync(0);
    const second = codeOf(readAll(model.stream(hello, never)));
    await vi.advanceTimersByTimeAsync(100);
    expect(await second).toBe('provider_busy');
    finish();

    expect(await first).toBe('So');
    expect(vi.getTimerCount()).toBe(0);
    vi.useRealTimers();
  });

  it('have time limits of their own', async () => {
    const registry = await registryOf({ idle_timeout_ms: 30 });
    near.enqueue(partial('So', hold));

    expect(await codeOf(askAlone(registry))).toBe('idle_timeout');
    expect(await (await near.call(0)).closedByClient).toBe(true);
  });
});

describe('a relay', () => {
  const body = { model: 'x', messages: [{ role: 'user', content: 'Hello?' }], stream: true };
  const send = (registry: ModelRegistry, abort = never): Promise<RelayAnswer> => {
    const relay = registry.candidates('near/a')[0].relay('chat_completions');
    if (!relay) throw new Error('The provider has no relay.');
    return relay.send({ body, headers: {} }, abort);
  };
  const readBody = async ({ body: pieces }: RelayAnswer): Promise<string> => {
    let text = '';
    for await (const piece of pieces) text += piece.toString();
    return text;
  };

  it('gives what its server answers, be it good or bad', async () => {
    const registry = await registryOf();
    near.enqueue(answer('Hi'), refusal(503, 'Down'));
    const good = await send(registry);
    const bad = await send(registry);

    expect(good.status).toBe(200);
    expect(await readBody(good)).toMatch(/^data: .*"content":"Hi".*data: \[DONE\]\n\n$/s);
    expect(bad.status).toBe(503);
    expect(await readBody(bad)).toContain('Down');
    expect(near.calls[0]?.request.body).toMatchObject({ model: 'a' });
  });

  it('is measured by what came of it, as a model is, each call once', async () => {
    const registry = await registryOf();
    const outcomes = (): Readonly<Record<string, number>> =>
      Object.fromEntries(
        families()
          .filter(({ name }) => name === 'pullcord_provider_calls_total')
          .flatMap((family) => (family.kind === 'counter' ? [...family.series()] : []))
          .filter(({ labels: [provider] }) => provider === 'near')
          .map(({ labels: [, outcome = ''], value }) => [outcome, value]),
      );
    const before = outcomes();
    near.enqueue(answer('Hi'), refusal(503, 'Down'), refusal(429, 'Slow down'), partial('So', hold));
    await readBody(await send(registry));
    await readBody(await send(registry));
    await readBody(await send(registry));
    for await (const piece of (await send(registry)).body) if (piece.length > 0) break;
    near.enqueue(answer('Hi'), refusal(400, 'No'));
    await askAlone(registry);
    await codeOf(askAlone(registry));
    const moved = Object.entries(outcomes()).map(([code, value]) => [code, value - (before[code] ?? 0)]);
    expect(Object.fromEntries(moved.filter(([, by]) => by !== 0))).toEqual({
      ok: 2,
      upstream_error: 1,
      rate_limited: 1,
      aborted: 1,
      upstream_rejected: 1,
    });
    expect(openCalls().get('near')).toBe(0);
  });

  it('opens the circuit with what is bad, as a model does', async () => {
    const registry = await registryOf({}, { breakerFailures: 2, breakerResetMs: 600_000 });
    near.on(() => refusal(503, 'Down'));
    await readBody(await send(registry));
    await readBody(await send(registry));

    expect(await codeOf(send(registry))).toBe('circuit_open');
    expect(await codeOf(askAlone(registry))).toBe('circuit_open');
    expect(near.calls).toHaveLength(2);
  });

  it('frees its place when its body was read or left, when its caller aborts, and when there is none', async () => {
    const registry = await registryOf({ max_concurrent: 1, max_waiting: 0 });
    near.enqueue(answer('Hi'), refusal(503, 'Down'), partial('So', hold), partial('So', hold), reset);
    await readBody(await send(registry));
    await readBody(await send(registry));
    for await (const piece of (await send(registry)).body) {
      expect(await codeOf(send(registry))).toBe('provider_busy');
      if (piece.length > 0) break;
    }
    expect(await (await near.call(2)).closedByClient).toBe(true);
    // An answer that nobody reads.
    const caller = new AbortController();
    await send(registry, caller.signal);
    caller.abort(new Error('enough'));
    expect(await (await near.call(3)).closedByClient).toBe(true);
    expect(getEventListeners(caller.signal, 'abort')).toHaveLength(0);
    expect(await codeOf(send(registry))).toBe('connect_failed');

    expect(await askAlone(registry)).toBe('Hello.');
  });

  it('is ended when it falls silent', async () => {
    const registry = await registryOf({ idle_timeout_ms: 30, max_concurrent: 1, max_waiting: 0 });
    near.enqueue(partial('So', hold));
    const silent = await send(registry);

    expect(await codeOf(readBody(silent))).toBe('idle_timeout');
    expect(await (await near.call(0)).closedByClient).toBe(true);
    // And its place is free.
    expect((await send(registry)).status).toBe(200);
  });
});

const limits = {
  maxConcurrent: 1,
  maxWaiting: 1,
  connectTimeoutMs: 1_000,
  firstChunkMs: 1_000,
  idleMs: 60_000,
};
const done = { choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] };
