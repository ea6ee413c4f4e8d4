// Programs that speak OpenAI's or Anthropic's dialects, by any model.
import { beforeAll, expect, it } from 'vitest';
import {
  answer,
  die,
  errorEvent,
  FakeUpstream,
  garbage,
  hold,
  partial,
  refusal,
  reset,
  tooMany,
} from '../support/fake-upstream.js';
import { body } from '../support/api.js';
import { call, caller, type Caller } from '../support/http.js';
import { startServer, type TestServer } from '../support/server.js';
import { until } from '../support/until.js';

let upstream: FakeUpstream;
let server: TestServer;
let client: Caller;
beforeAll(async () => {
  upstream = await FakeUpstream.start();
  server = await startServer({
    env: {
      OPENAI_BASE_URL: upstream.url,
      PULLCORD_TOKENS: 'ada:ada-token',
      PULLCORD_BODY_LIMIT_BYTES: '100000',
      PULLCORD_GATEWAY_BODY_BYTES: '2000000',
    },
  });
  client = caller(server, { token: 'ada-token' });
});

const hi = { role: 'user', content: 'Hi' };
const messages = { model: 'scripted/default', max_tokens: 100, messages: [hi] };
const chat = { model: 'scripted/default', messages: [hi] };
const say = (content: string) => [{ role: 'user', content }];

/** The answers to a call by each of its addresses. */
const both = async (path: string, input: unknown) => [
  await client.post<Record<string, unknown>>(path, input),
  await client.post<Record<string, unknown>>(`/v1${path}`, input),
];

it('answers chat completions and Messages, with and without /v1', async () => {
  for (const answered of await both('/chat/completions', { ...chat, messages: say('/echo Hello.') }))
    expect(body(answered)).toMatchObject({
      object: 'chat.completion',
      model: 'scripted/default',
      choices: [{ index: 0, message: { role: 'assistant', content: 'Hello.' }, finish_reason: 'stop' }],
    });
  for (const answered of await both('/messages', { ...messages, messages: say('/echo Hello.') }))
    expect(body(answered)).toMatchObject({
      type: 'message',
      role: 'assistant',
      model: 'scripted/default',
      content: [{ type: 'text', text: 'Hello.' }],
      stop_reason: 'end_turn',
    });
});

it('streams with the headers that keep a stream a stream', async () => {
  for (const [path, input, last] of [
    ['/v1/chat/completions', chat, 'data: [DONE]\n\n'],
    ['/v1/messages', messages, 'event: message_stop\ndata: {"type":"message_stop"}\n\n'],
  ] as const) {
    const answered = await client.post<string>(path, { ...input, stream: true });
    expect(Object.fromEntries(answered.headers)).toMatchObject({
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store',
      'x-accel-buffering': 'no',
    });
    expect(answered.body.endsWith(last)).toBe(true);
    expect(answered.headers.get('content-length')).toBeNull();
  }
});

it('takes the token as either vendor’s programs send it', async () => {
  const tries: readonly Record<string, string>[] = [
    { authorization: 'Bearer ada-token' },
    { 'x-api-key': 'ada-token' },
    { 'x-api-key': 'ada-token', authorization: 'Bearer wrong' },
  ];
  for (const headers of tries)
    expect((await call('POST', `${server.url}/v1/messages`, { headers, body: messages })).status).toBe(200);
  expect(
    (await call('GET', `${server.url}/contexts`, { headers: { 'x-api-key': 'ada-token' } })).status,
  ).toBe(401);
});

const openai = (type: string, code: string, param: string | null = null) => ({
  error: { type, code, param, message: expect.stringMatching(/./) as string },
});
const anthropic = (type: string) => ({
  type: 'error',
  error: { type, message: expect.stringMatching(/./) as string },
});

it('refuses in the words of the vendor, whatever is wrong', async () => {
  const refusals: readonly [
    what: string,
    more: Parameters<typeof call>[2],
    status: number,
    openai: object,
    anthropic: object,
  ][] = [
    [
      'no token',
      { body: chat, headers: { authorization: '' } },
      401,
      openai('authentication_error', 'invalid_api_key'),
      anthropic('authentication_error'),
    ],
    [
      'a wrong key',
      { body: chat, headers: { authorization: '', 'x-api-key': 'x' } },
      401,
      openai('authentication_error', 'invalid_api_key'),
      anthropic('authentication_error'),
    ],
    [
      'no JSON',
      { body: '{' },
      400,
      openai('invalid_request_error', 'malformed_request'),
      anthropic('invalid_request_error'),
    ],
    [
      'a list',
      { body: [] },
      400,
      openai('invalid_request_error', 'invalid_request'),
      anthropic('invalid_request_error'),
    ],
    [
      'a wrong field',
      { body: { ...messages, temperature: 'x' } },
      400,
      openai('invalid_request_error', 'invalid_request', 'temperature'),
      anthropic('invalid_request_error'),
    ],
    [
      'an unknown model',
      { body: { ...messages, model: 'x/y' } },
      404,
      openai('invalid_request_error', 'model_not_found'),
      anthropic('not_found_error'),
    ],
    [
      'another type',
      { body: 'x', headers: { 'content-type': 'text/plain' } },
      415,
      openai('invalid_request_error', 'unsupported_media_type'),
      anthropic('invalid_request_error'),
    ],
    [
      'too much',
      { body: JSON.stringify({ ...messages, user: 'x'.repeat(2_000_000) }) },
      413,
      openai('invalid_request_error', 'body_too_large'),
      anthropic('request_too_large'),
    ],
    [
      'a model that fails',
      { body: { ...messages, messages: say('/fail upstream_error') } },
      502,
      openai('server_error', 'upstream_error'),
      anthropic('api_error'),
    ],
    [
      'a model that is busy',
      { body: { ...messages, messages: say('/fail rate_limited') } },
      429,
      openai('rate_limit_error', 'rate_limit_exceeded'),
      anthropic('rate_limit_error'),
    ],
    [
      'a model that is slow',
      { body: { ...messages, messages: say('/fail first_chunk_timeout') } },
      504,
      openai('server_error', 'first_chunk_timeout'),
      anthropic('timeout_error'),
    ],
  ];
  for (const [what, more, status, ofOpenAI, ofAnthropic] of refusals)
    for (const [path, expected] of [
      ['/v1/chat/completions', ofOpenAI],
      ['/v1/messages', ofAnthropic],
    ] as const) {
      const headers = { authorization: 'Bearer ada-token', ...more?.headers };
      const answered = await call('POST', server.url + path, { ...more, headers });
      expect([answered.status, answered.body], `${what} at ${path}`).toEqual([status, expected]);
      expect(answered.headers.get('content-type')).toMatch(/^application\/json/);
      expect(answered.headers.get('x-request-id')).toMatch(/./);
      expect(answered.headers.get('www-authenticate')).toBe(
        status === 401 ? 'Bearer realm="pullcord"' : null,
      );
    }
});

it('takes bodies that are larger than those of others', async () => {
  const unheard = 'x'.repeat(1_500_000);
  expect((await client.post('/v1/chat/completions', { ...chat, unheard })).status).toBe(200);
  expect((await client.post('/contexts', { unheard })).status).toBe(413);
});

it('has a status for what goes wrong before the first piece, and an error in the stream for what does later', async () => {
  const early = [
    [refusal(400, 'Too long.'), 400, 'upstream_rejected'],
    [refusal(401, 'Bad key.'), 502, 'upstream_rejected'],
    [refusal(500, 'Oops.'), 502, 'upstream_error'],
    [tooMany('7'), 429, 'rate_limit_exceeded'],
    [reset, 502, 'connect_failed'],
    [{ pieces: [errorEvent('Overloaded')] }, 502, 'upstream_error'],
    [{ pieces: [die] }, 502, 'upstream_protocol'],
  ] as const;
  for (const [plan, status, code] of early) {
    upstream.enqueue(plan);
    const answered = await client.post('/v1/messages', { ...messages, model: 'openai/m', stream: true });
    expect([answered.status, answered.headers.get('retry-after')], code).toEqual([
      status,
      status === 429 ? '7' : null,
    ]);
    expect(JSON.stringify(answered.body)).not.toContain('Bad key');
  }
  for (const end of [die, garbage, errorEvent('Overloaded')]) {
    upstream.enqueue(partial('Hel', end));
    const { status, body: text } = await client.post<string>('/v1/messages', {
      ...messages,
      model: 'openai/m',
      stream: true,
    });
    expect(status).toBe(200);
    expect(text).toContain('"text":"Hel"');
    expect(text).toMatch(
      /event: error\ndata: \{"type":"error","error":\{"type":"api_error","message":"[^\n]+\n\n$/,
    );
    expect(text).not.toContain('message_stop');
  }
});

it('lets go of the model when the caller has gone', async () => {
  upstream.enqueue(partial('Hel', hold));
  const before = upstream.calls.length;
  const gone = new AbortController();
  const asked = call('POST', `${server.url}/v1/messages`, {
    token: 'ada-token',
    body: { ...messages, model: 'openai/m', stream: true },
    abort: gone.signal,
  });
  const held = await upstream.call(before);
  await until(() => held.text === 'Hel', { what: 'the answer to begin' });
  gone.abort();
  await expect(asked).rejects.toThrow();
  expect(await held.closedByClient).toBe(true);
});

it('sends a model no more than it can take', async () => {
  const before = upstream.calls.length;
  upstream.enqueue(answer('Hi'));
  await client.post('/v1/messages', {
    ...messages,
    model: 'openai/gpt-4o',
    max_tokens: 1_000_000,
    thinking: { type: 'enabled', budget_tokens: 2048 },
  });
  const { request } = await upstream.call(before);
  expect(request.body).toMatchObject({ model: 'gpt-4o', max_tokens: 16_384 });
  expect(request.body).not.toHaveProperty('reasoning_effort');
  const image = { type: 'image_url', image_url: { url: 'data:image/png;base64,aGk=' } };
  const refused = await client.post('/v1/chat/completions', {
    model: 'scripted/plain',
    messages: [{ role: 'user', content: [image] }],
  });
  expect([refused.status, refused.body]).toEqual([400, openai('invalid_request_error', 'model_incapable')]);
});
