// What bounds a call of another program: how many there are, how long they are silent, and who does not read.
import { request } from 'node:http';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { body } from '../support/api.js';
import { answer, FakeUpstream, hold, partial, type Plan } from '../support/fake-upstream.js';
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
      PULLCORD_PROVIDERS: providers(),
      PULLCORD_GATEWAY_MAX_CALLS: '3',
      PULLCORD_GATEWAY_KEEP_ALIVE_MS: '30',
      PULLCORD_GATEWAY_STALL_MS: '300',
      PULLCORD_GATEWAY_BODY_BYTES: '20000',
    },
  });
  client = caller(server);
});
afterAll(() => upstream.close());

const providers = (): string =>
  JSON.stringify({ chat: { type: 'openai_compatible', base_url: upstream.url, models: ['m'] } });

const chat = { model: 'chat/m', messages: [{ role: 'user', content: 'Hi' }], stream: true };
const held = (text: string): Plan => partial(text, hold);

it('lets go of the provider when the caller has gone, shows signs of life, and takes so many calls', async () => {
  const gone = new AbortController();
  upstream.enqueue(held('Hel'), held('Hel'), held('Hel'));
  const streams = await Promise.all(
    [1, 2, 3].map(() =>
      fetch(`${server.url}/v1/chat/completions`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(chat),
        signal: gone.signal,
      }),
    ),
  );
  const refused = await client.post('/v1/messages', { ...chat, max_tokens: 5 });
  expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, '1']);
  const reader = streams[0]?.body?.getReader();
  let seen = '';
  while (!seen.includes(': keep-alive\n\n'))
    seen += Buffer.from((await reader?.read())?.value ?? []).toString();
  expect(seen).toContain('"content":"Hel"');
  gone.abort();
  const calls = await Promise.all([0, 1, 2].map((n) => upstream.call(n)));
  expect(await Promise.all(calls.map(({ closedByClient }) => closedByClient))).toEqual([true, true, true]);
  const isFree = async () => (await client.post('/v1/chat/completions', chat)).status === 200;
  await until(isFree, { what: 'room for a call' });
});

it.each(['chat/m', 'translated'])(
  'gives up a reader who does not read, and the provider with it: %s',
  async (model) => {
    const before = upstream.calls.length;
    // More than all buffers between the two ends hold.
    upstream.enqueue(
      partial(
        Array.from({ length: 400 }, () => 'x'.repeat(100_000)),
        hold,
      ),
    );
    const isTranslated = model === 'translated';
    const asked = request(`${server.url}/v1/${isTranslated ? 'messages' : 'chat/completions'}`, {
      method: 'POST',
      agent: false,
      headers: { 'content-type': 'application/json' },
    });
    asked.on('error', () => undefined);
    asked.on('response', (response) => response.pause());
    asked.end(JSON.stringify({ ...chat, ...(isTranslated && { max_tokens: 5 }) }));
    expect(await (await upstream.call(before)).closedByClient).toBe(true);
    asked.destroy();
  },
);

it('tells its callers when it has to end', async () => {
  const ending = await startServer({ env: { PULLCORD_PROVIDERS: providers(), PULLCORD_DRAIN_MS: '1' } });
  upstream.enqueue(held('Hel'), held('Hel'));
  const ask = (path: string) => call<string>('POST', ending.url + path, { body: { ...chat, max_tokens: 5 } });
  const before = upstream.calls.length;
  const asked = Promise.all([ask('/v1/messages'), ask('/v1/chat/completions')]);
  const calls = await Promise.all([upstream.call(before), upstream.call(before + 1)]);
  await until(() => calls.every(({ text }) => text === 'Hel'), { what: 'the answers to begin' });
  const [ended, answers] = await Promise.all([ending.stop(), asked]);
  expect(ended).toMatchObject({ code: 0 });
  // Whether the head was sent before is the machine's business.
  for (const { status, body } of answers) {
    expect([200, 503]).toContain(status);
    expect(JSON.stringify(body)).toContain('shutting down');
  }
});

it.each([
  ['/v1/chat/completions', `{"model":"chat/m","messages":[{"role":"user","content":"Hi"}],"x":DEEP}`],
  ['/v1/messages', `{"model":"chat/m","max_tokens":5,"messages":[{"role":"user","content":"Hi"}],"x":DEEP}`],
  ['/v1/responses', `{"model":"chat/m","input":"Hi","x":DEEP}`],
  ['/v1/conversations', `{"items":[{"type":"message","role":"user","content":"Hi","x":DEEP}]}`],
])('refuses what is nested too deep to be written down: %s', async (path, text) => {
  const asked = await fetch(`${server.url}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: text.replace('DEEP', '['.repeat(9000) + ']'.repeat(9000)),
  });
  expect(asked.status).toBe(400);
  expect(await asked.json()).toMatchObject({
    error: { message: expect.stringContaining('levels deep') as string },
  });
});

interface Stored {
  readonly output: readonly { readonly id: string }[];
}

it('refuses references to more than a body may hold, however short their names are', async () => {
  upstream.enqueue(answer('x'.repeat(3000)));
  const stored = await client.post<Stored>('/v1/responses', { model: 'chat/m', input: 'Hi' });
  const [item] = body(stored).output;
  const refer = (times: number) =>
    client.post('/v1/conversations', { items: Array.from({ length: times }, () => ({ id: item?.id })) });
  expect((await refer(5)).status).toBe(200);
  const refused = await refer(10);
  expect(refused.status).toBe(400);
  expect(refused.body).toMatchObject({ error: { param: 'items' } });
});
