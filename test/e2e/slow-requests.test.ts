// Requests that come a byte at a time, or not at all: their connections are given back, and nobody else's is touched.
import { connect, type Socket } from 'node:net';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { appendDeltas, beginStream, createContext, getMetadata, pullChunks } from '../support/api.js';
import { caller, type Caller } from '../support/http.js';
import { startServer, type TestServer } from '../support/server.js';
import { SseStream } from '../support/sse.js';
import { until } from '../support/until.js';

const headMs = 400;
const wholeMs = 1_200;

let server: TestServer;
let api: Caller;
beforeAll(async () => {
  server = await startServer({
    env: {
      PULLCORD_HEADERS_TIMEOUT_MS: String(headMs),
      PULLCORD_REQUEST_TIMEOUT_MS: String(wholeMs),
      PULLCORD_HEARTBEAT_MS: '100',
    },
  });
  api = caller(server);
});
afterAll(() => server.kill());

interface Slow {
  readonly socket: Socket;
  readonly drip: string;
  /** What came back. */
  readonly text: () => string;
  /** Resolves once the server has hung up, with how long that took. */
  readonly ended: Promise<number>;
}

/** A connection that says this at once, and then a byte of `drip` at a time for as long as it may. */
function say(text: string, drip = ''): Slow {
  const began = performance.now();
  const socket = connect(Number(new URL(server.url).port), '127.0.0.1');
  // What is said to a connection that is closed.
  socket.on('error', () => undefined);
  let received = '';
  socket.setEncoding('utf8').on('data', (piece: string) => (received += piece));
  socket.write(text);
  const dripping = drip ? setInterval(() => socket.write(drip), 50) : undefined;
  const ended = new Promise((resolve) => socket.once('close', resolve)).then(() => {
    clearInterval(dripping);
    return performance.now() - began;
  });
  return { socket, drip, text: () => received, ended };
}

/** `mayBeLost`: whoever goes on sending to a closed connection may be told that before it has read the answer. */
const expectTimeout = (text: string, mayBeLost = false): void => {
  if (mayBeLost && text === '') return;
  const [head = '', body = ''] = text.split('\r\n\r\n');
  expect(head).toMatch(/^HTTP\/1\.1 408 Request Timeout\r\n/);
  expect(head).toMatch(/\r\nContent-Type: application\/problem\+json\r\n/);
  expect(head).toMatch(/\r\nConnection: close(\r\n|$)/);
  const problem = JSON.parse(body) as { code: string; instance: string };
  expect(problem).toMatchObject({ status: 408, code: 'request_timeout', type: '/problems/request_timeout' });
  expect(head).toContain(`X-Request-Id: ${problem.instance.split(':').at(-1)}`);
};

const get = (path: string): string => `GET ${path} HTTP/1.1\r\nHost: localhost\r\n\r\n`;

/** The head of an upload. */
const upload = (path: string, length = 100_000): string =>
  [`POST ${path} HTTP/1.1`, 'Host: localhost', 'Content-Type: application/json', `Content-Length: ${length}`]
    .join('\r\n')
    .concat('\r\n\r\n');

it('gives up a head that does not end, and one that never begins', async () => {
  const slow = [
    say('GET /contexts HTTP/1.1\r\nHost: localhost\r\n', 'X'),
    say('GET /contexts HTTP/1.1\r\n', 'X: y\r\n'),
    say('', '\r\n'),
    say(''),
  ];
  for (const { ended, text, drip } of slow) {
    expect(await ended).toBeGreaterThanOrEqual(headMs - 50);
    expectTimeout(text(), drip !== '');
  }
});

it('gives up a body that does not end, on every kind of route, and nothing has changed', async () => {
  const { id } = await createContext(api);
  const stream = await beginStream(api, id);
  await appendDeltas(api, stream, 'one');
  const before = await getMetadata(api, id);
  const paths = ['/contexts', `${stream}/streaming-chunks`, `/contexts/${id}/actions/send_message`];
  const slow = paths.flatMap((path) => [say(`${upload(path)}{"content":"`, 'x'), say(upload(path))]);
  for (const { ended, text, drip } of slow) {
    expect(await ended).toBeGreaterThanOrEqual(wholeMs - 50);
    expectTimeout(text(), drip !== '');
  }
  expect(await getMetadata(api, id)).toEqual(before);
  expect((await pullChunks(api, stream)).chunks).toHaveLength(1);
});

it('ends neither a stream nor a held pull nor a connection that is kept, though they last longer', async () => {
  const { id } = await createContext(api);
  const stream = await beginStream(api, id);
  const signals = await SseStream.open(`${server.url}/contexts/${id}/events`);
  const [held, kept] = [say(get(`${stream}/streaming-chunks?wait_ms=30000`)), say(get('/health/live'))];
  await until(() => kept.text().includes('"ok"'), { what: 'the first answer on the connection' });
  // These begin later than those, and are over.
  for (let n = 0; n < 2; n++) await say(upload('/contexts')).ended;
  expect([signals.isClosed, held.socket.closed, kept.socket.closed]).toEqual([false, false, false]);
  expect(held.text()).toBe('');
  await appendDeltas(api, stream, 'word');
  await until(() => held.text().includes('"delta":"word"'), { what: 'the held pull to be answered' });
  kept.socket.write(get('/health/live'));
  await until(() => kept.text().split('"ok"').length === 3, { what: 'the second answer' });
  expect(await signals.nextSignal('content_delta')).toMatchObject({ current_sequence: 1 });
  for (const end of [signals, held.socket, kept.socket]) end.destroy();
});

it('takes an upload that is slow, but whole in time', async () => {
  const body = JSON.stringify({ title: 'Slowly' });
  const slow = say(upload('/contexts', body.length));
  for (const letter of body) {
    await new Promise((resolve) => setImmediate(resolve));
    slow.socket.write(letter);
  }
  await until(() => slow.text().includes('"title":"Slowly"'), { what: 'the context to be made' });
  expect(slow.text()).toMatch(/^HTTP\/1\.1 201 /);
  slow.socket.destroy();
});

it('goes on for everybody else while hundreds are slow, and tells the operator of no defect', async () => {
  const slow = Array.from({ length: 300 }, (_, n) =>
    n % 2 ? say(upload('/contexts'), '{') : say('GET /', 'x'),
  );
  let [isOver, answered] = [false, 0];
  const over = Promise.all(slow.map(({ ended }) => ended)).then(() => (isOver = true));
  while (!isOver) {
    expect((await createContext(api)).revision).toBe(1);
    answered++;
  }
  await over;
  for (const { text, drip } of slow) expectTimeout(text(), drip !== '');
  expect(answered).toBeGreaterThan(0);
  expect(server.logs.filter(({ level }) => level === 'error' || level === 'fatal')).toEqual([]);
});
