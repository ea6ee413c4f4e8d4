// What programs ask beside answers: how many tokens there are, and embeddings. Official clients among them.
import Anthropic from '@anthropic-ai/sdk';
import { countTokens } from 'gpt-tokenizer/encoding/o200k_base';
import OpenAI from 'openai';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { FakeUpstream, json } from '../support/fake-upstream.js';
import { caller, type Caller } from '../support/http.js';
import { startServer, type TestServer } from '../support/server.js';

let upstream: FakeUpstream;
let server: TestServer;
let client: Caller;
beforeAll(async () => {
  upstream = await FakeUpstream.start();
  const { origin, url } = upstream;
  const providers = {
    chat: { type: 'openai_compatible', base_url: url, api_key: 'key-of-chat', models: ['gpt-4o'] },
    claude: { type: 'anthropic', base_url: origin, api_key: 'key-of-claude', models: ['claude-sonnet-4-5'] },
  };
  server = await startServer({
    env: {
      PULLCORD_PROVIDERS: JSON.stringify(providers),
      PULLCORD_BREAKER_FAILURES: '0',
      PULLCORD_TOKENS: 'ann:token-of-ann',
    },
  });
  client = caller(server, { token: 'token-of-ann' });
});
afterEach(() => upstream.clear());
afterAll(() => upstream.close());

const text = 'Whose woods these are I think I know.';
const asked = { messages: [{ role: 'user', content: text }] } as const;
const count = '/v1/messages/count_tokens';
const last = () => upstream.calls.at(-1)?.request;

it('counts by the tokenizer of the model where its provider does not count', async () => {
  const before = upstream.calls.length;
  for (const path of [count, '/messages/count_tokens']) {
    const { status, body } = await client.post(path, { model: 'chat/gpt-4o', ...asked });
    expect({ status, body }).toEqual({
      status: 200,
      body: { input_tokens: countTokens(text) + 4 + 3, is_estimated: false },
    });
  }
  expect(upstream.calls).toHaveLength(before);
});

it('asks the provider where it counts, in its own words', async () => {
  upstream.enqueue(json({ input_tokens: 77, unheard: 'of' }));
  const tools = [{ type: 'bash_20250124', name: 'bash' }];
  const { body } = await client.post(
    count,
    { model: 'claude/claude-sonnet-4-5', ...asked, tools },
    { headers: { 'anthropic-beta': 'b-1' } },
  );
  expect(body).toEqual({ input_tokens: 77, unheard: 'of' });
  expect(last()).toMatchObject({
    path: count,
    headers: { 'x-api-key': 'key-of-claude', 'anthropic-beta': 'b-1' },
    body: { model: 'claude-sonnet-4-5', tools },
  });
  expect(JSON.stringify(last())).not.toContain('token-of-ann');
});

it.each([503, 401, 404])('estimates, and says so, while the provider answers %i', async (status) => {
  upstream.enqueue(json({ type: 'error', error: { type: 'x', message: 'No.' } }, status));
  const { status: answered, body } = await client.post(count, {
    model: 'claude/claude-sonnet-4-5',
    ...asked,
  });
  expect({ answered, body }).toEqual({
    answered: 200,
    body: { input_tokens: Math.ceil(1.2 * countTokens(text)) + 8 + 3, is_estimated: true },
  });
});

it('passes on what the provider thinks is wrong', async () => {
  const error = { type: 'error', error: { type: 'invalid_request_error', message: 'messages: too odd' } };
  upstream.enqueue(json(error, 400));
  const answered = await client.post(count, { model: 'claude/claude-sonnet-4-5', ...asked });
  expect(answered).toMatchObject({ status: 400, body: error });
});

it('counts for Anthropic’s own client, who needs no max_tokens for it', async () => {
  const anthropic = new Anthropic({ baseURL: server.url, apiKey: 'token-of-ann', maxRetries: 0 });
  const { input_tokens } = await anthropic.messages.countTokens({
    model: 'chat/gpt-4o',
    system: 'Be brief.',
    messages: [{ role: 'user', content: text }],
    tools: [{ name: 'look', description: 'Looks.', input_schema: { type: 'object' } }],
  });
  expect(input_tokens).toBeGreaterThan(countTokens(text) + 20);
});

it.each([
  [{ ...asked }, 400, 'model'],
  [{ model: 'chat/gpt-4o' }, 400, 'messages'],
  [{ model: 'chat/gpt-4o', messages: [{ role: 'nobody', content: 'a' }] }, 400, 'messages.0.role'],
  [{ model: 'nobody/nothing', ...asked }, 404, ''],
])('answers %j with %i, as Anthropic would', async (input, status, path) => {
  const answered = await client.post<{ error: { message: string } }>(count, input);
  expect(answered).toMatchObject({ status, body: { type: 'error' } });
  expect(answered.body.error.message).toContain(path);
});

it('makes embeddings by the model’s own provider, byte for byte, and counts what they use', async () => {
  const answer = {
    object: 'list',
    data: [{ object: 'embedding', index: 0, embedding: [0.1, -0.25] }],
    model: 'embedder',
    usage: { prompt_tokens: 9, total_tokens: 9 },
    unheard: 'of',
  };
  upstream.enqueue(json(answer), json(answer));
  const { body } = await client.post('/embeddings', { model: 'chat/embedder', input: text, unheard: 1 });
  expect(body).toEqual(answer);
  expect(last()).toMatchObject({
    path: '/v1/embeddings',
    headers: { authorization: 'Bearer key-of-chat' },
    body: { model: 'embedder', input: text, unheard: 1 },
  });
  const openai = new OpenAI({ baseURL: `${server.url}/v1`, apiKey: 'token-of-ann', maxRetries: 0 });
  const made = await openai.embeddings.create({
    model: 'chat/embedder',
    input: text,
    encoding_format: 'float',
  });
  expect(made.data[0]?.embedding).toEqual([0.1, -0.25]);
  const usage = await client.get('/usage?group_by=model&model=chat/embedder');
  expect(usage.body).toMatchObject({ total: { requests: 2, prompt_tokens: 18, estimated_requests: 0 } });
});

it.each([
  [{ model: 'chat/embedder' }, 400, 'invalid_request_error'],
  [{ model: 'scripted/default', input: text }, 400, 'invalid_request_error'],
  [{ model: 'claude/claude-sonnet-4-5', input: text }, 400, 'invalid_request_error'],
  [{ model: 'nobody/nothing', input: text }, 404, 'invalid_request_error'],
])('answers %j with %i, as OpenAI would, and asks nobody', async (input, status, type) => {
  const before = upstream.calls.length;
  expect(await client.post('/v1/embeddings', input)).toMatchObject({ status, body: { error: { type } } });
  expect(upstream.calls).toHaveLength(before);
});

it('says of a provider that fails what it says everywhere, without its key', async () => {
  upstream.enqueue(json({ error: { message: 'Slow down' } }, 429, { 'retry-after': '7' }));
  const limited = await client.post('/v1/embeddings', { model: 'chat/embedder', input: text });
  expect(limited.status).toBe(429);
  expect(limited.headers.get('retry-after')).toBe('7');
  upstream.enqueue(json({ error: { message: 'Wrong key key-of-chat' } }, 401));
  const refused = await client.post('/v1/embeddings', { model: 'chat/embedder', input: text });
  expect(refused.status).toBe(502);
  expect(JSON.stringify(refused.body)).not.toContain('key-of-chat');
});

it('is for those with a token', async () => {
  for (const path of [count, '/v1/embeddings'])
    expect(await caller(server).post(path, { model: 'chat/gpt-4o', ...asked, input: text })).toMatchObject({
      status: 401,
    });
});
