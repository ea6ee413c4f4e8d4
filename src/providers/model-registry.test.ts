import { afterEach, describe, expect, it } from 'vitest';
import { answer, FakeUpstream, partial, stall } from '../../test/support/fake-upstream.js';
import { Settings } from '../config/settings.js';
import { DomainError } from '../kernel/domain-error.js';
import { StartRefused } from '../kernel/start-refused.js';
import type { ModelPart, ModelRequest } from './language-model.js';
import { ModelRegistry } from './model-registry.js';
import { openProviders } from './open-providers.js';

const hello: ModelRequest = {
  messages: [{ role: 'user', parts: [{ type: 'text', text: '/echo Hello there' }] }],
  tools: [],
  parameters: {},
  task: 'answer',
};
const never = new AbortController().signal;

const registries: ModelRegistry[] = [];
afterEach(async () => {
  for (const registry of registries.splice(0)) await registry.onApplicationShutdown();
});

async function registry(over: Partial<Settings> = {}): Promise<ModelRegistry> {
  const settings = Object.assign(new Settings(), over);
  const made = new ModelRegistry(settings, await openProviders(settings));
  registries.push(made);
  return made;
}

async function readText(parts: AsyncIterable<ModelPart>): Promise<string> {
  let text = '';
  for await (const part of parts) if (part.type === 'text') text += part.delta;
  return text;
}

describe('the model registry', () => {
  it('has the scripted models alone when nothing is set', async () => {
    const models = await registry();

    expect(models.list().map(({ id }) => id)).toEqual([
      'scripted/default',
      'scripted/fast',
      'scripted/plain',
    ]);
    expect(models.defaultModel).toBe('scripted/default');
    expect(await readText(models.resolve('scripted/fast').model.stream(hello, never))).toBe('Hello there');
  });

  it.each([{ openaiApiKey: 'sk-1' }, { openaiBaseUrl: 'http://127.0.0.1:1/v1' }])(
    'has the provider openai with %j, and its model as the default',
    async (settings) => {
      const models = await registry(settings);

      expect(models.defaultModel).toBe('openai/gpt-4o-mini');
      expect(models.list()).toContainEqual({ id: 'openai/*', provider: 'openai' });
    },
  );

  it('takes the default that is set, and gives it its full id', async () => {
    const defaultOf = async (defaultModel: string): Promise<string> =>
      (await registry({ openaiApiKey: 'sk-1', defaultModel })).defaultModel;
    expect(await defaultOf('scripted/fast')).toBe('scripted/fast');
    expect(await defaultOf('llama3')).toBe('openai/llama3');
  });

  it('stops the start over a default that does not exist', async () => {
    const refused = new StartRefused(
      'PULLCORD_DEFAULT_MODEL is "openai/gpt-4o", but there is only scripted/default, scripted/fast, scripted/plain.',
    );

    await expect(registry({ defaultModel: 'openai/gpt-4o' })).rejects.toThrow(refused);
  });

  it('gives the default model to one who names none, and says which', async () => {
    const models = await registry();
    expect(models.resolve(undefined).id).toBe('scripted/default');
    expect(models.resolve('fast')).toMatchObject({ id: 'scripted/fast', model: { id: 'scripted/fast' } });
  });

  it('refuses a model that it does not have, and says which there are', async () => {
    const registered = await registry();
    const models = ['scripted/default', 'scripted/fast', 'scripted/plain'];
    const refused = expect.objectContaining({ code: 'unknown_model', facts: { models } });

    expect(() => registered.resolve('nobody/nothing')).toThrow(DomainError);
    expect(() => registered.resolve('nobody/nothing')).toThrow(refused);
    expect(() => registered.resolve('')).toThrow(refused);
  });

  it('calls the server that is set, by any name, within the time limits that are set', async () => {
    const upstream = await FakeUpstream.start();
    upstream.enqueue(answer('From afar'), partial('So', stall));
    const models = await registry({ openaiBaseUrl: upstream.url, modelIdleTimeoutMs: 20 });

    const { id, model } = models.resolve('openai/my/own:model');

    expect(id).toBe('openai/my/own:model');
    expect(await readText(model.stream(hello, never))).toBe('From afar');
    expect((await upstream.call(0)).request.body).toMatchObject({ model: 'my/own:model' });
    await expect(readText(model.stream(hello, never))).rejects.toMatchObject({ code: 'idle_timeout' });
    await expect((await upstream.call(1)).closedByClient).resolves.toBe(true);
    await upstream.close();
  });

  it('knows what a model takes and can do, whatever its date and whoever serves it', async () => {
    const models = await registry({ openaiApiKey: 'sk-1' });
    const factsOf = (id: string) => models.resolve(id).facts;

    expect(factsOf('openai/gpt-4o-2024-08-06')).toEqual({
      context_window: 128_000,
      max_output_tokens: 16_384,
      vision: true,
      tools: true,
      reasoning: false,
      tokenizer: 'o200k_base',
      images: { type: 'tiles', base: 85, tile: 170 },
    });
    expect(factsOf('openai/anthropic/claude-sonnet-4-5-20250929')).toMatchObject({
      context_window: 200_000,
      tokenizer: 'estimate',
    });
    expect(factsOf('openai/gpt-4-0613')).toMatchObject({ context_window: 8192, tokenizer: 'cl100k_base' });
    expect(factsOf('scripted/plain')).toMatchObject({ context_window: 4096, vision: false, tools: false });
  });

  it('takes a model of which nothing is known to be able to do anything', async () => {
    const models = await registry({ openaiApiKey: 'sk-1' });
    const anything = { context_window: 128_000, vision: true, tools: true, reasoning: true };

    expect(models.resolve('openai/my-own').facts).toMatchObject({ ...anything, tokenizer: 'estimate' });
    expect(models.resolve('openai/gpt-4o-of-my-own').facts.tokenizer).toBe('estimate');
    expect(models.resolve('scripted/default').facts).toMatchObject(anything);
  });

  it('lets the settings say what a model can do, and which other names there are', async () => {
    const models = await registry({
      openaiApiKey: 'sk-1',
      models: {
        'openai/gpt-4o': { vision: false },
        'openai/my-own': { context_window: 1000, tools: false },
        'scripted/small': { context_window: 2000 },
      },
    });

    expect(models.resolve('gpt-4o').facts).toMatchObject({
      vision: false,
      tools: true,
      context_window: 128_000,
    });
    expect(models.resolve('my-own')).toMatchObject({ id: 'openai/my-own', facts: { context_window: 1000 } });
    expect(models.resolve('my-own').facts.max_output_tokens).toBe(1000);
    expect(models.resolve('small')).toMatchObject({ id: 'scripted/small', facts: { context_window: 2000 } });
    expect(models.listOf(({ tools }) => !tools)).toEqual(['scripted/plain', 'openai/my-own']);
  });

  it('sends no model more than the settings want, but never more than it takes', async () => {
    const windowsWithin = async (modelContextTokens: number) => {
      const models = await registry({
        openaiApiKey: 'sk-1',
        modelContextTokens,
        models: { 'openai/mine': { context_window: 64_000 } },
      });
      return ['gpt-4', 'unheard-of', 'mine'].map((id) => models.resolve(id).facts.context_window);
    };

    expect(await windowsWithin(4000)).toEqual([4000, 4000, 64_000]);
    expect(await windowsWithin(500_000)).toEqual([8192, 500_000, 64_000]);
  });

  it('ends its calls when the application shuts down', async () => {
    const upstream = await FakeUpstream.start();
    upstream.enqueue(partial('So', stall));
    const models = await registry({ openaiBaseUrl: upstream.url });
    const text = readText(models.resolve(undefined).model.stream(hello, never)).catch(() => 'ended');
    const call = await upstream.call(0);
    await models.onApplicationShutdown();

    expect(await call.closedByClient).toBe(true);
    expect(await text).toBe('ended');
    await upstream.close();
  });
});
