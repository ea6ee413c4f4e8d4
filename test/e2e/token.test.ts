// Who a caller is, and with which keys its calls go out.
import { expect, it } from 'vitest';
import { caller } from '../support/http.js';
import { startServer, type TestServer } from '../support/server.js';

const key = 'sk-a-key-of-some-length-wxyz';
const env = {
  PULLCORD_TOKENS: 'ann:the-token-of-ann',
  ANTHROPIC_API_KEY: key,
  PULLCORD_PROVIDERS: JSON.stringify({
    near: { type: 'openai_compatible', base_url: 'http://127.0.0.1:1/v1', models: ['a'] },
    short: { type: 'openai', api_key: 'sk-short', models: ['a'] },
  }),
};

const tokenOf = async (server: TestServer, path = '/token'): Promise<string> => {
  const answer = await fetch(`${server.url}${path}`, { headers: { 'x-api-key': 'the-token-of-ann' } });
  expect(answer.status).toBe(200);
  expect(answer.headers.get('cache-control')).toBe('no-store');
  return answer.text();
};

it('shows who asks, and of each key its end alone', async () => {
  const server = await startServer({ env });
  const text = await tokenOf(server);
  expect(JSON.parse(text)).toEqual({
    owner: 'ann',
    is_redacted: true,
    providers: [
      { provider: 'anthropic', type: 'anthropic', token: '…wxyz' },
      { provider: 'near', type: 'openai_compatible', token: null },
      { provider: 'short', type: 'openai', token: '…' },
    ],
  });
  expect(text).not.toContain('sk-');
  expect(await tokenOf(server, '/v1/token')).toBe(text);
});

it('shows whole keys where the operator says so', async () => {
  const server = await startServer({ env: { ...env, PULLCORD_SHOW_TOKENS: 'true' } });
  expect(JSON.parse(await tokenOf(server))).toMatchObject({
    is_redacted: false,
    providers: [{ token: key }, { token: null }, { token: 'sk-short' }],
  });
});

it('says nothing to who has no token', async () => {
  const server = await startServer({ env: { ...env, PULLCORD_SHOW_TOKENS: 'true' } });
  const refused = await caller(server, { headers: { authorization: 'Bearer guessed' } }).get('/token');
  expect(refused.status).toBe(401);
  expect(JSON.stringify(refused.body)).not.toContain('sk-');
});
