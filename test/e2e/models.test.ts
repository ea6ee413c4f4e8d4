// The list of models, as people and the clients of both vendors read it.
import Anthropic from '@anthropic-ai/sdk';
import OpenAI from 'openai';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { refusal } from '../support/api.js';
import { FakeUpstream, type Plan } from '../support/fake-upstream.js';
import { call, caller, type Caller } from '../support/http.js';
import { pullcord } from '../support/pullcord.js';
import { startServer, type TestServer } from '../support/server.js';

const token = 'the-token-of-ann';
const list = (...data: readonly object[]): Plan => ({
  whole: {
    status: 200,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ object: 'list', data }),
  },
});

let upstream: FakeUpstream;
let dead: string;
let server: TestServer;
let api: Caller;
let providers: string;

beforeAll(async () => {
  upstream = await FakeUpstream.start();
  dead = await FakeUpstream.refusedUrl();
  upstream.on(() =>
    list(
      { id: 'gpt-4o', object: 'model', created: 1_715_367_049, owned_by: 'system' },
      { id: 'maker/own-model', object: 'model', max_model_len: 4096 },
    ),
  );
  providers = JSON.stringify({
    mine: { type: 'openai_compatible', base_url: upstream.url, models: ['gpt-4o-mini'] },
    gone: { type: 'openai_compatible', base_url: dead, models: ['left'] },
  });
  server = await startServer({
    env: {
      PULLCORD_TOKENS: `ann:${token}`,
      PULLCORD_PROVIDERS: providers,
      PULLCORD_MODEL_ALIASES: '{"quick":"mine/gpt-4o-mini","m-*":"mine/*"}',
      PULLCORD_SHOW_ALIASES: 'true',
    },
  });
  api = caller(server, { headers: { authorization: `Bearer ${token}` } });
});
afterAll(() => upstream.close());

const ids = [
  'quick',
  'scripted/default',
  'scripted/fast',
  'scripted/plain',
  'mine/gpt-4o-mini',
  'mine/gpt-4o',
  'mine/maker/own-model',
  'gone/left',
];

describe('the list of models', () => {
  it('has those of the settings and those of the servers, though one of them is gone', async () => {
    expect(upstream.calls).toHaveLength(0);
    const { body } = await api.get<{ data: { id: string }[] }>('/models');

    expect(body.data.map(({ id }) => id)).toEqual(ids);
    expect(body).toMatchObject({ object: 'list', has_more: false, first_id: 'quick', last_id: 'gone/left' });
    expect(body.data[5]).toEqual({
      id: 'mine/gpt-4o',
      object: 'model',
      type: 'model',
      created: 1_715_367_049,
      created_at: '2024-05-10T18:50:49.000Z',
      owned_by: 'system',
      display_name: 'gpt-4o',
      provider: 'mine',
      context_window: 128_000,
      max_output_tokens: 16_384,
      capabilities: { vision: true, tools: true, reasoning: false },
      tokenizer: 'o200k_base',
    });
    expect(body.data[0]).toMatchObject({ id: 'quick', alias_of: 'mine/gpt-4o-mini' });
    expect(body.data[6]).toMatchObject({ context_window: 4096, max_output_tokens: 4096 });
  });

  it('asks a server once, not for each reader', async () => {
    await Promise.all([1, 2, 3, 4].map(() => api.get('/v1/models')));

    expect(upstream.calls.filter(({ request }) => request.path === '/v1/models')).toHaveLength(1);
  });

  it.each([
    '/models/mine/maker/own-model',
    '/models/mine%2Fmaker%2Fown-model',
    '/v1/models/mine/maker/own-model',
    '/v1/models/mine%2Fmaker%2Fown-model',
    '/models/m-maker/own-model',
  ])('has each model at %s', async (path) => {
    expect((await api.get(path)).body).toMatchObject({ id: 'mine/maker/own-model', context_window: 4096 });
  });

  it.each(['/models/mine/gpt-9', '/v1/models/nobody%2Fnothing', '/models/nothing', '/models/mine/'])(
    'has nothing at %s, and says so in the words of both vendors',
    async (path) => {
      const problem = refusal(await api.get(path));

      expect(problem).toMatchObject({ status: 404, code: 'model_not_found' });
      expect(problem['error']).toMatchObject({ type: 'not_found_error', code: 'model_not_found' });
    },
  );

  it('has a model of a server that lists nothing, for it may have any', async () => {
    expect((await api.get('/models/gone/whatever')).body).toMatchObject({ id: 'gone/whatever', created: 0 });
  });

  it('is for those who have a token, in either header', async () => {
    const at = (headers: Record<string, string>) => call('GET', `${server.url}/v1/models`, { headers });

    expect((await at({})).status).toBe(401);
    expect((await at({ 'x-api-key': 'another' })).status).toBe(401);
    expect((await at({ 'x-api-key': token })).status).toBe(200);
    expect((await call('GET', `${server.url}/models/quick`, { headers: {} })).status).toBe(401);
  });

  it('has pages', async () => {
    expect((await api.get('/models?limit=2&after_id=scripted/default')).body).toMatchObject({
      data: [{ id: 'scripted/fast' }, { id: 'scripted/plain' }],
      has_more: true,
    });
    expect((await api.get('/models?limit=0')).status).toBe(400);
  });
});

describe('the official clients', () => {
  it('read it as OpenAI’s', async () => {
    const client = new OpenAI({ baseURL: `${server.url}/v1`, apiKey: token });
    const listed: string[] = [];
    for await (const { id } of client.models.list()) listed.push(id);

    expect(listed).toEqual(ids);
    expect(await client.models.retrieve('mine/gpt-4o')).toMatchObject({
      object: 'model',
      owned_by: 'system',
    });
    await expect(client.models.retrieve('mine/gpt-9')).rejects.toMatchObject({
      status: 404,
      code: 'model_not_found',
      message: expect.stringContaining('There is no such model') as string,
    });
  });

  it('read it as Anthropic’s, page by page', async () => {
    const client = new Anthropic({ baseURL: server.url, apiKey: token, authToken: null });
    const listed: string[] = [];
    for await (const { id } of client.models.list({ limit: 3 })) listed.push(id);

    expect(listed).toEqual(ids);
    expect(await client.models.retrieve('mine/gpt-4o')).toMatchObject({
      type: 'model',
      display_name: 'gpt-4o',
      created_at: '2024-05-10T18:50:49.000Z',
    });
    await expect(client.models.retrieve('mine/gpt-9')).rejects.toMatchObject({ status: 404 });
  });
});

describe('pullcord models', () => {
  const run = (...args: string[]) =>
    pullcord(['models', ...args], { env: { PULLCORD_PROVIDERS: providers }, folder: server.folder });

  it('prints a line for each, or JSON', async () => {
    const { code, stdout, stderr } = await run();
    const lines = stdout.trimEnd().split('\n');
    expect(code).toBe(0);
    expect(stderr).toMatch(/^The provider "gone" did not list its models: .*\n$/);
    expect(lines.map((line) => line.split(' ')[0])).toEqual(ids.slice(1));
    expect(lines.find((line) => line.startsWith('mine/gpt-4o-mini'))).toMatch(
      /^mine\/gpt-4o-mini +128000 +16384 +vision tools +default$/,
    );

    const json = (await run('--json')).stdout.trimEnd().split('\n');
    expect(JSON.parse(json[4] ?? '')).toMatchObject({ id: 'mine/gpt-4o', owned_by: 'system' });
  });

  it('takes nothing else', async () => {
    expect((await run('--yaml')).code).toBe(2);
  });
});
