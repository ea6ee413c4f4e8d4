// A provider that speaks the caller's own dialect: nothing is translated, so nothing is lost.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { body } from '../support/api.js';
import { die, FakeUpstream, type Piece, type Plan, raw } from '../support/fake-upstream.js';
import { caller, type Caller } from '../support/http.js';
import { startServer, type TestServer } from '../support/server.js';

let upstream: FakeUpstream;
let other: FakeUpstream;
let server: TestServer;
let client: Caller;
beforeAll(async () => {
  upstream = await FakeUpstream.start();
  other = await FakeUpstream.start();
  const origin = new URL(upstream.url).origin;
  server = await startServer({
    env: {
      PULLCORD_PROVIDERS: JSON.stringify({
        chat: { type: 'openai_compatible', base_url: upstream.url, api_key: 'key-of-chat', models: ['m'] },
        claude: { type: 'anthropic', base_url: origin, api_key: 'key-of-claude', models: ['c'] },
        second: { type: 'openai_compatible', base_url: other.url, models: ['m'] },
        third: { type: 'anthropic', base_url: new URL(other.url).origin, models: ['c'] },
      }),
      PULLCORD_MODEL_FALLBACKS: JSON.stringify({
        'claude/c': ['second/m'],
        'chat/m': ['third/c', 'second/m'],
      }),
      PULLCORD_BREAKER_FAILURES: '0',
    },
  });
  client = caller(server);
});
afterAll(() => Promise.all([upstream.close(), other.close()]));

const chat = { model: 'chat/m', messages: [{ role: 'user', content: 'Hi' }] };
const messages = { model: 'claude/c', max_tokens: 9, messages: [{ role: 'user', content: 'Hi' }] };

const sse = (...pieces: readonly (string | Piece)[]): Plan => ({
  pieces: pieces.map((piece) => (typeof piece === 'string' ? raw(piece) : piece)),
  isDoneSent: false,
});
const json = (status: number, value: unknown, headers: Record<string, string> = {}): Plan => ({
  whole: { status, headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify(value) },
});
const data = (value: unknown): string => `data: ${JSON.stringify(value)}\n\n`;
const piece = (content: string): string =>
  data({ id: 'x', unheard: { of: [1] }, choices: [{ index: 0, delta: { content }, finish_reason: null }] });
const used = data({ choices: [], usage: { prompt_tokens: 20, completion_tokens: 3 } });
const done = 'data: [DONE]\n\n';
const start = `event: message_start\n${data({
  type: 'message_start',
  message: { id: 'msg_9', unheard: 'of', usage: { input_tokens: 7, output_tokens: 1 } },
})}`;
const stop =
  `event: message_delta\n${data({ type: 'message_delta', delta: {}, usage: { output_tokens: 5 } })}` +
  `event: message_stop\n${data({ type: 'message_stop' })}`;

/** Asks, with this in line for the upstream; `seen` is what the upstream was asked. */
async function ask(path: string, input: object, plan: Plan, headers: Record<string, string> = {}) {
  const before = upstream.calls.length;
  upstream.enqueue(plan);
  const answer = await client.post(path, input, { headers });
  const seen = upstream.calls[before]?.request;
  return { ...answer, seen };
}

it('passes on all of the request but the model’s name, and what its caller says in headers', async () => {
  const more = {
    n: 3,
    unheard: { of: null },
    messages: [{ role: 'user', content: [{ type: 'video', x: 1 }] }],
  };
  const headers = {
    'anthropic-beta': 'b-1',
    'anthropic-version': '2099-01-01',
    'x-secret': 's',
    authorization: 'Bearer mine',
  };
  const inChat = await ask('/v1/chat/completions', { ...chat, ...more }, json(200, {}), headers);
  expect(inChat.seen?.body).toEqual({ ...more, model: 'm' });
  expect(inChat.seen?.headers).toMatchObject({ authorization: 'Bearer key-of-chat' });
  const inMessages = await ask('/v1/messages', { ...messages, ...more }, json(200, {}), headers);
  expect(inMessages.seen?.body).toEqual({ ...messages, ...more, model: 'c' });
  expect(inMessages.seen?.headers).toMatchObject({
    'anthropic-beta': 'b-1',
    'anthropic-version': '2099-01-01',
    'x-api-key': 'key-of-claude',
  });
  for (const { seen } of [inChat, inMessages]) expect(seen?.headers).not.toHaveProperty('x-secret');
});

it('passes on the answer to the byte, whole or in a stream', async () => {
  const whole = { id: 'x', unheard: [{ of: 1 }], usage: { prompt_tokens: 1, completion_tokens: 2 } };
  expect((await ask('/v1/chat/completions', chat, json(200, whole))).body).toEqual(whole);
  const stream = [': hello\n\n', piece('zażółć 🙂'), 'event: odd\ndata: 1\ndata: 2\n\n', done];
  for (const packing of [1, 100, 'torn'] as const) {
    const answer = await ask(
      '/v1/chat/completions',
      { ...chat, stream: true },
      { ...sse(...stream), packing },
    );
    expect(answer.body).toBe(stream.join(''));
    expect(answer.headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
    expect(answer.headers.get('x-pullcord-model')).toBe('chat/m');
  }
  const anthropic = await ask('/v1/messages', { ...messages, stream: true }, sse(start, stop));
  expect(anthropic.body).toBe(start + stop);
});

it('asks what a stream uses for itself alone, and counts it', async () => {
  const totals = async () =>
    body(
      await client.get<{ groups: { model: string; prompt_tokens: number; completion_tokens: number }[] }>(
        '/usage?group_by=model',
      ),
    ).groups;
  const of = async (model: string) => {
    const row = (await totals()).find((one) => one.model === model);
    return [row?.prompt_tokens ?? 0, row?.completion_tokens ?? 0] as const;
  };
  const [prompt, completion] = await of('chat/m');
  const plan = sse(piece('Hi'), used, done);
  const unasked = await ask('/v1/chat/completions', { ...chat, stream: true }, plan);
  expect(unasked.seen?.body).toMatchObject({ stream_options: { include_usage: true } });
  expect(unasked.body).toBe(piece('Hi') + done);
  const options = { include_usage: true, unheard: 1 };
  const asked = await ask('/v1/chat/completions', { ...chat, stream: true, stream_options: options }, plan);
  expect(asked.seen?.body).toMatchObject({ stream_options: options });
  expect(asked.body).toBe(piece('Hi') + used + done);
  expect(await of('chat/m')).toEqual([prompt + 40, completion + 6]);
  const [before, after] = await of('claude/c');
  await ask('/v1/messages', { ...messages, stream: true }, sse(start, stop));
  expect(await of('claude/c')).toEqual([before + 7, after + 5]);
});

it('passes on a refusal in its own words, but for what is about keys', async () => {
  const error = {
    type: 'error',
    error: { type: 'invalid_request_error', message: 'Too long.', unheard: 'of' },
  };
  for (const status of [400, 413, 422])
    expect(await ask('/v1/messages', messages, json(status, error))).toMatchObject({ status, body: error });
  other.enqueue(json(503, {}));
  const refused = await ask('/v1/messages', messages, json(403, error));
  expect(refused).toMatchObject({ status: 502, body: { error: { type: 'api_error' } } });
  expect(JSON.stringify(refused.body)).not.toContain('Too long');
  other.enqueue(json(503, {}));
  const busy = await ask('/v1/messages', messages, json(429, error, { 'retry-after': '9' }));
  expect([busy.status, busy.headers.get('retry-after'), busy.body]).toEqual([429, '9', error]);
});

it('passes on nothing of a key, whoever quotes it', async () => {
  const quoted = { type: 'error', error: { type: 'x', message: 'Not for key-of-claude.' } };
  const refused = await ask('/v1/messages', messages, json(400, quoted));
  expect(refused.body).toMatchObject({ error: { message: 'Not for [key].' } });
  other.enqueue(json(503, {}));
  const first = sse(`event: error\n${data(quoted)}`);
  const begun = await ask('/v1/messages', { ...messages, stream: true }, first);
  expect(begun.status).toBe(502);
  expect(JSON.stringify(begun.body)).not.toContain('key-of-claude');
});

it('goes to the next model until one has begun to answer, and never after that', async () => {
  other.enqueue({ pieces: [raw(piece('From the second.')), raw(done)], isDoneSent: false });
  const failing = sse(`event: error\n${data({ type: 'error', error: { message: 'Overloaded.' } })}`);
  const saved = await ask('/v1/messages', { ...messages, stream: true }, failing);
  // The second speaks another dialect: its words are translated.
  expect(saved.status).toBe(200);
  expect(saved.headers.get('x-pullcord-model')).toBe('second/m');
  expect(saved.headers.get('x-pullcord-skipped')).toBe('claude/c; upstream_error');

  for (const plan of [json(500, {}), { isReset: true }, sse(die)]) {
    other.enqueue(json(529, {}), json(200, { id: 'theirs' }));
    const answer = await ask('/v1/chat/completions', chat, plan);
    expect(answer.body).toEqual({ id: 'theirs' });
    expect(answer.headers.get('x-pullcord-model')).toBe('second/m');
    expect(answer.headers.get('x-pullcord-skipped')).toMatch(/^chat\/m; \w+, third\/c; upstream_error$/);
  }

  const before = other.calls.length;
  const late = await ask('/v1/chat/completions', { ...chat, stream: true }, sse(piece('Hel'), die));
  expect(late.status).toBe(200);
  expect(late.body).toMatch(/^data: .*"Hel".*\n\ndata: \{"error":\{"message":"[^\n]*\n\n$/);
  expect(other.calls).toHaveLength(before);
});

it('drops half an event of an answer that breaks off', async () => {
  const cut = await ask(
    '/v1/messages',
    { ...messages, stream: true },
    sse(start, 'event: x\ndata: {"ty', die),
  );
  expect(cut.body).toMatch(
    /^event: message_start\n[^\n]*\n\nevent: error\ndata: \{"type":"error"[^\n]*\n\n$/,
  );
});
