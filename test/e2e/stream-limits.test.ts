// Protocol 3.9: what bounds a stream of signals, in time and in number.
import { once } from 'node:events';
import { connect } from 'node:net';
import { expect, it } from 'vitest';
import { appendText, createContext, refusal, refused } from '../support/api.js';
import { call, caller } from '../support/http.js';
import { startServer, type TestServer } from '../support/server.js';
import { SseStream } from '../support/sse.js';
import { until } from '../support/until.js';

const follow = async (env: Record<string, string>) => {
  const server = await startServer({ env });
  const api = caller(server);
  const { id } = await createContext(api);
  return { server, api, id, url: `${server.url}/contexts/${id}/events` };
};

it('shows that it is alive by heartbeats, which leave the last event id as it is', async () => {
  const { api, id, url } = await follow({ PULLCORD_HEARTBEAT_MS: '20' });
  const stream = await SseStream.open(url);
  await stream.nextSignal('heartbeat');
  expect(await stream.nextSignal('heartbeat')).toEqual({
    type: 'heartbeat',
    timestamp: expect.any(String) as string,
  });
  await appendText(api, id, 'x');
  await stream.nextSignal('message_created');
  await stream.nextSignal('heartbeat');
  for (const [n, { type, revision }] of stream.signals.entries())
    expect(stream.events[n]?.id, type).toBe(type === 'heartbeat' ? undefined : String(revision));
  expect(stream.lastEventId).toBe('3');
  stream.destroy();
});

it('ends at its age, in good order, and tells when to come back', async () => {
  const { api, id, url } = await follow({ PULLCORD_SSE_MAX_AGE_MS: '100', PULLCORD_SSE_RETRY_MS: '1234' });
  const stream = await SseStream.open(url);
  expect((await stream.nextSignal()).type).toBe('snapshot');
  expect(stream.raw).toContain('retry: 1234\n');
  await stream.closed();
  expect(stream.raw).toMatch(/retry: \d+\n\n$/);
  const { revision } = await appendText(api, id, 'x');
  const next = await SseStream.open(url, { lastEventId: stream.lastEventId });
  expect(await next.nextSignal()).toMatchObject({ type: 'snapshot', revision });
  next.destroy();
});

/** Opens a stream as soon as there is a place for it. */
const openSoon = (url: string): Promise<SseStream> =>
  until(
    async () => {
      const stream = await SseStream.open(url);
      if (stream.status === 200) return stream;
      stream.destroy();
      return undefined;
    },
    { what: 'a place for one more stream' },
  );

it('has places for so many, and takes back those of the clients that have gone', async () => {
  const { server, url } = await follow({ PULLCORD_MAX_SUBSCRIBERS: '2' });
  const missing = '/contexts/01890a5d-ac96-774b-bcce-b302099a8057/events';
  // One that was refused takes no place, and one that asks for the head alone gives it back at once.
  for (let n = 0; n < 5; n++)
    expect(refused(await call('GET', server.url + missing))).toBe('404 context_not_found');
  for (let n = 0; n < 5; n++) expect((await call('HEAD', url)).status).toBe(200);
  const streams = [await openSoon(url), await openSoon(`${server.url}/events`)];
  for (const full of [url, `${server.url}/events`]) {
    const answer = await call('GET', full);
    expect(refusal(answer)).toMatchObject({ status: 429, code: 'too_many_requests' });
    expect(answer.headers.get('retry-after')).toMatch(/^[1-9]\d*$/);
  }
  streams[0]?.destroy();
  const third = await openSoon(url);
  expect((await third.nextSignal()).type).toBe('snapshot');
  for (const stream of [...streams, third]) stream.destroy();
  await expectEmptied(server);
});

/** All places are free again: as many streams as are allowed can be opened at once. */
async function expectEmptied(server: TestServer): Promise<void> {
  await until(
    async () => {
      const streams = await Promise.all([1, 2].map(() => SseStream.open(`${server.url}/events`)));
      streams.forEach((stream) => stream.destroy());
      return streams.every(({ status }) => status === 200);
    },
    { what: 'both places to be free' },
  );
}

it('ends, and holds nothing but its own bytes, when nonsense comes over its connection', async () => {
  const { server, id } = await follow({});
  const socket = connect(Number(new URL(server.url).port), '127.0.0.1');
  const closed = once(socket, 'close');
  socket.on('error', () => undefined);
  let seen = '';
  socket.on('data', (bytes: Buffer) => (seen += bytes.toString()));
  socket.write(`GET /contexts/${id}/events HTTP/1.1\r\nHost: localhost\r\n\r\n`);
  await until(() => seen.includes('"type":"snapshot"'), { what: 'the snapshot' });
  socket.write('NONSENSE\r\n\r\n');
  await closed;
  expect(seen.match(/^HTTP\/1\.1 /gm)).toHaveLength(1);
});
