// What stands between the server and the web pages of a browser on the same machine: Host, Origin, CORS, headers.
import { beforeAll, expect, it } from 'vitest';
import { createContext, refusal, refused } from '../support/api.js';
import { call, caller } from '../support/http.js';
import { getRaw } from '../support/raw-http.js';
import { startServer, type TestServer } from '../support/server.js';
import { SseStream } from '../support/sse.js';
import { until } from '../support/until.js';

const origin = 'https://chat.example';
const token = 'ada-token';
const withTokens = { PULLCORD_TOKENS: `ada:${token}` };
const withOrigin = { PULLCORD_CORS_ORIGINS: origin };

/** Without tokens. */
let open: TestServer;
let guarded: TestServer;
/** With tokens, and without an origin that is allowed. */
let closed: TestServer;
beforeAll(async () => {
  [open, guarded, closed] = await Promise.all([
    startServer({ env: withOrigin }),
    startServer({ env: { ...withTokens, ...withOrigin } }),
    startServer({ env: withTokens }),
  ]);
});

const hosts: readonly [host: string, status: number][] = [
  ['localhost', 200],
  ['localhost:1', 200],
  ['LOCALHOST:3000', 200],
  ['app.localhost', 200],
  ['127.0.0.1', 200],
  ['127.1.2.3:80', 200],
  ['[::1]:3000', 200],
  ['evil.example', 403],
  ['127.0.0.1.evil.example', 403],
  ['localhost.evil.example', 403],
  ['notlocalhost', 403],
  ['localhost:3000@evil.example', 403],
  ['0.0.0.0', 403],
  ['192.168.1.7', 403],
  ['', 403],
];

it('without tokens answers to loopback names alone; with them, to any', async () => {
  for (const [Host, status] of hosts) {
    const answer = await getRaw(open, '/contexts', { Host });
    expect(answer.status, Host).toBe(status);
    if (status === 403) expect(refusal(answer), Host).toMatchObject({ code: 'host_not_allowed' });
    const headers = { Host: Host || 'x', Authorization: `Bearer ${token}` };
    expect((await getRaw(guarded, '/contexts', headers)).status, Host).toBe(200);
  }
  for (const path of ['/', '/health/live', '/nowhere', '/contexts/%zz'])
    expect((await getRaw(open, path, { Host: 'evil.example' })).status, path).toBeGreaterThanOrEqual(400);
});

it('without tokens does nothing for the pages of other machines', async () => {
  const create = (from: string) => call('POST', `${open.url}/contexts`, { headers: { origin: from } });
  for (const foreign of [
    'https://evil.example',
    'http://127.0.0.1.evil.example',
    'null',
    'https://chat.example.evil',
  ])
    expect(refused(await create(foreign)), foreign).toBe('403 host_not_allowed');
  expect((await caller(open).get<{ contexts: [] }>('/contexts')).body.contexts).toEqual([]);
  for (const own of [origin, open.url, 'http://localhost:5173', 'http://[::1]'])
    expect((await create(own)).status, own).toBe(201);
});

const preflight = (server: TestServer, from: string, method = 'PATCH') =>
  call('OPTIONS', `${server.url}/contexts`, {
    headers: {
      origin: from,
      'access-control-request-method': method,
      'access-control-request-headers':
        'authorization, content-type, idempotency-key, if-match, last-event-id',
    },
  });
const list = (header: string | null) => (header ?? '').toLowerCase().split(/, */).sort();

it('lets pages of the allowed origins call, and read what they need', async () => {
  const asked = await preflight(guarded, origin);
  expect([asked.status, asked.headers.get('access-control-allow-origin')]).toEqual([204, origin]);
  expect(list(asked.headers.get('access-control-allow-methods'))).toEqual([
    'delete',
    'get',
    'patch',
    'post',
    'put',
  ]);
  expect(list(asked.headers.get('access-control-allow-headers'))).toEqual(
    expect.arrayContaining(['authorization', 'content-type', 'idempotency-key', 'if-match', 'last-event-id']),
  );
  const { id } = await createContext(caller(guarded, { token }));
  const stream = await SseStream.open(`${guarded.url}/contexts/${id}/events`, { token, headers: { origin } });
  stream.destroy();
  const seen = [
    await call('GET', `${guarded.url}/contexts`, { token, headers: { origin } }),
    await call('GET', `${guarded.url}/contexts`, { headers: { origin } }),
    await call('GET', `${guarded.url}/contexts/nobody`, { token, headers: { origin } }),
    await call('POST', `${guarded.url}/contexts`, { token, headers: { origin }, body: '{' }),
    { status: stream.status, headers: new Headers(stream.headers as Record<string, string>) },
  ];
  expect(seen.map(({ status }) => status)).toEqual([200, 401, 404, 400, 200]);
  for (const { headers } of seen) {
    expect(headers.get('access-control-allow-origin')).toBe(origin);
    expect(list(headers.get('vary'))).toContain('origin');
    expect(list(headers.get('access-control-expose-headers'))).toEqual(
      expect.arrayContaining([
        'etag',
        'location',
        'retry-after',
        'x-request-id',
        'deprecation',
        'sunset',
        'link',
      ]),
    );
    // Tokens go with every request; cookies play no part.
    expect(headers.get('access-control-allow-credentials')).toBeNull();
  }
  for (const foreign of ['https://evil.example', 'http://chat.example', 'https://chat.example:8443'])
    expect((await preflight(guarded, foreign)).headers.get('access-control-allow-origin'), foreign).not.toBe(
      foreign,
    );
});

it('says nothing of CORS when no origin is allowed', async () => {
  const answers = [
    await preflight(closed, origin),
    await call('GET', `${closed.url}/contexts`, { token, headers: { origin } }),
  ];
  for (const { headers } of answers)
    expect([...headers.keys()].filter((name) => name.startsWith('access-control-'))).toEqual([]);
});

it('does not listen elsewhere, or to everybody, without tokens', async () => {
  for (const [env, names] of [
    [{ HOST: '0.0.0.0' }, 'PULLCORD_TOKENS'],
    [{ PULLCORD_CORS_ORIGINS: '*' }, 'PULLCORD_TOKENS'],
  ] as const) {
    const text = await startServer({ env, dialect: 'sqlite' }).then(
      () => 'it started',
      (error: unknown) => String(error),
    );
    expect(text, JSON.stringify(env)).toContain(names);
    expect(text, JSON.stringify(env)).not.toMatch(/\n\s+at /);
  }
  const server = await startServer({ env: { ...withTokens, HOST: '0.0.0.0' }, dialect: 'sqlite' });
  expect((await caller({ url: server.url.replace('0.0.0.0', '127.0.0.1') }).get('/contexts')).status).toBe(
    401,
  );
});

it('sends the headers that keep browsers from guessing, framing and loading', async () => {
  const { id } = await createContext(caller(open));
  const stream = await SseStream.open(`${open.url}/contexts/${id}/events`);
  stream.destroy();
  const paths = ['/', '/contexts', `/contexts/${id}`, '/nowhere', '/contexts?limit=x', '/openapi.json'];
  const answers = await Promise.all(paths.map((path) => call('GET', open.url + path)));
  for (const headers of [
    ...answers.map((answer) => answer.headers),
    new Headers(stream.headers as Record<string, string>),
  ]) {
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('content-security-policy')).toMatch(/default-src 'none'.*frame-ancestors 'none'/);
    expect(headers.get('referrer-policy')).toBe('no-referrer');
    expect([headers.get('server'), headers.get('x-powered-by'), headers.get('set-cookie')]).toEqual([
      null,
      null,
      null,
    ]);
  }
});

it('names each request, by the id that it came with or by one of its own, in the log too', async () => {
  const ask = (id?: string) =>
    call('GET', `${open.url}/contexts/nobody`, id === undefined ? {} : { headers: { 'x-request-id': id } });
  for (const id of ['req-1', 'a.b:c_D', 'x'.repeat(128)]) {
    const answer = await ask(id);
    expect(answer.headers.get('x-request-id')).toBe(id);
    expect(refusal(answer).instance).toBe(`urn:request:${id}`);
  }
  const given = ['x'.repeat(129), 'a b', '<script>', ''];
  const own = await Promise.all([ask(), ...given.map((id) => ask(id))]);
  const ids = own.map(({ headers }) => headers.get('x-request-id') ?? '');
  expect(new Set(ids).size).toBe(ids.length);
  for (const [n, id] of ids.entries()) {
    expect(id).toMatch(/^[\w.:-]{1,128}$/);
    expect(refusal(own[n] ?? (await ask())).instance).toBe(`urn:request:${id}`);
  }
  const isLogged = (id: string) => open.logs.some(({ request_id }) => request_id === id);
  await until(() => ids.every(isLogged), { what: 'a log line for each request' });
});
