// SIGTERM: what is open ends well or is marked, and the process is gone in bounded time whatever its clients do.
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Message } from '../../src/messages/message-kinds.js';
import {
  act,
  appendDeltas,
  beginStream,
  createContext,
  getMessage,
  getMetadata,
  pullChunks,
  refusal,
  type Accepted,
  type ChunkPage,
} from '../support/api.js';
import { caller, type Caller } from '../support/http.js';
import { startServer, type TestServer } from '../support/server.js';
import { SseStream } from '../support/sse.js';
import { until } from '../support/until.js';
import { allChunks, settled, streamOf } from '../support/whole-pulls.js';

const gone = { code: 0, signal: null };
const usersTurn = { type: 'awaiting_user', reason: 'input' };
const never = 600_000;

let server: TestServer;
let api: Caller;
const start = async (drainMs: number): Promise<void> => {
  server = await startServer({ env: { PULLCORD_DRAIN_MS: String(drainMs), PULLCORD_SSE_RETRY_MS: '700' } });
  api = caller(server);
};
const restart = async (): Promise<void> => {
  await server.start();
  api = caller(server);
};
const begin = async (): Promise<string> => (await createContext(api)).id;
const send = (id: string, content: string): Promise<Accepted> => act(api, id, 'send_message', { content });
const health = async (name: 'live' | 'ready'): Promise<number> => (await api.get(`/health/${name}`)).status;

const messageOf = (id: string, stream: string): Promise<Message> =>
  getMessage(api, id, stream.split('/').at(-1) ?? '');

/** A run that ends only when it is told to, in a server that has just been asked to end. */
async function drainBehindStall(): Promise<{ readonly id: string; readonly stream: string }> {
  const id = await begin();
  await send(id, '/pace 0\n/words 50\n/stall 20');
  const stream = await streamOf(api, id);
  server.signal('SIGTERM');
  await until(async () => (await health('ready')) === 503, { what: 'the drain to begin' });
  return { id, stream };
}

describe('while it drains', () => {
  beforeEach(() => start(never));

  it('refuses what would start a run, with Retry-After, and adds nothing', async () => {
    const { id } = await drainBehindStall();
    const other = await begin();
    const before = [await getMetadata(api, id), await getMetadata(api, other)];
    for (const [context, action] of [
      [id, 'send_message'],
      [other, 'send_message'],
      [other, 'retry'],
      [other, 'generate_title'],
      [other, 'compress'],
    ] as const) {
      const refused = await api.post(`/contexts/${context}/actions/${action}`, {
        ...(action === 'send_message' && { content: 'Too late?', on_busy: 'queue' }),
      });
      expect(refusal(refused)).toMatchObject({ status: 503, code: 'draining' });
      expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    }
    const ready = await api.get('/health/ready');
    expect(refusal(ready)).toMatchObject({ status: 503, code: 'draining' });
    expect(await health('live')).toBe(200);
    expect([await getMetadata(api, id), await getMetadata(api, other)]).toEqual(before);
    await act(api, id, 'cancel');
    expect(await server.hasEnded()).toEqual(gone);
  });

  it('serves pulls, streams and external producers until the last run has ended', async () => {
    const { id, stream } = await drainBehindStall();
    expect((await allChunks(api, stream)).chunks).toHaveLength(20);
    const produced = await beginStream(api, await begin());
    expect(await appendDeltas(api, produced, 'still ', 'here')).toBe(2);
    const client = await SseStream.open(`${server.url}/contexts/${id}/events`);
    expect(await client.nextSignal('snapshot')).toMatchObject({ state: { type: 'streaming_response' } });
    await act(api, id, 'cancel');
    await client.nextSignal('message_completed');
    expect(await server.hasEnded()).toEqual(gone);
    await restart();
    expect((await pullChunks(api, produced)).chunks.map(({ delta }) => delta)).toEqual(['still ', 'here']);
  });
});

describe('an open run', () => {
  it('finishes when it can do so in time, and its followers hear of it', async () => {
    await start(never);
    const id = await begin();
    const client = await SseStream.open(`${server.url}/contexts/${id}/events`);
    await send(id, '/pace 5\n/words 100');
    const stream = await streamOf(api, id);
    server.signal('SIGTERM');
    expect(await client.nextSignal('message_completed')).toMatchObject({ status: 'complete' });
    expect(await server.hasEnded()).toEqual(gone);
    await restart();
    expect((await getMetadata(api, id)).state).toEqual(usersTurn);
    const { chunks } = await allChunks(api, stream);
    expect(chunks).toHaveLength(100);
    const message = await messageOf(id, stream);
    expect(message.data).toMatchObject({ content: chunks.map(({ delta }) => delta).join('') });
  });

  it('is marked as interrupted when it cannot, with all of its text, and can be retried', async () => {
    await start(300);
    const id = await begin();
    const client = await SseStream.open(`${server.url}/contexts/${id}/events`);
    await send(id, '/pace 0\n/words 50\n/stall 20');
    const stream = await streamOf(api, id);
    const chunks = await until(
      async () => {
        const pulled = (await allChunks(api, stream)).chunks;
        return pulled.length === 20 && pulled;
      },
      { what: 'all that the model says before it stalls' },
    );
    server.signal('SIGTERM');
    expect(await client.nextSignal('message_completed')).toMatchObject({ status: 'interrupted' });
    expect(await server.hasEnded()).toEqual(gone);
    await restart();
    // Marked by the process that ended, on both dialects: no lease has to lapse.
    const { state } = await getMetadata(api, id);
    expect(state).toMatchObject({ type: 'error', code: 'interrupted', retryable: true });
    expect((await allChunks(api, stream)).chunks).toEqual(chunks);
    expect(await messageOf(id, stream)).toMatchObject({
      status: 'interrupted',
      data: { content: chunks.map(({ delta }) => delta).join('') },
    });
    await act(api, id, 'retry');
    await streamOf(api, id);
    await act(api, id, 'cancel');
    expect((await settled(api, id)).state).toEqual(usersTurn);
  });

  it('leaves what was queued behind it to the next start', async () => {
    await start(300);
    const id = await begin();
    await send(id, '/pace 0\n/words 50\n/stall 20');
    await streamOf(api, id);
    await act(api, id, 'send_message', { content: '/pace 0\n/echo Next!', on_busy: 'queue' });
    expect(await server.stop()).toEqual(gone);
    await restart();
    expect((await settled(api, id)).state).toEqual(usersTurn);
    const { body } = await api.get<{ messages: { status: string; data: { content: string } }[] }>(
      `/contexts/${id}/messages`,
    );
    expect(body.messages.map(({ status }) => status)).toEqual([
      'complete',
      'interrupted',
      'complete',
      'complete',
    ]);
    expect(body.messages.at(-1)?.data.content).toBe('Next!');
  });
});

describe('clients that stay', () => {
  const sockets: Socket[] = [];
  beforeEach(() => start(200));
  afterEach(() => sockets.splice(0).forEach((socket) => socket.destroy()));

  async function open(said: string): Promise<Socket> {
    const socket = connect(Number(new URL(server.url).port), '127.0.0.1');
    socket.on('error', () => undefined);
    sockets.push(socket);
    await once(socket, 'connect');
    socket.write(said);
    return socket;
  }

  it('are told when to come back, and their streams end in good order', async () => {
    const id = await begin();
    const paths = [`/contexts/${id}/events`, '/events', `/events?contexts=${id}`];
    const clients = await Promise.all(paths.map((path) => SseStream.open(server.url + path)));
    await until(() => clients.every(({ raw }) => raw.includes('retry: 700')), {
      what: 'the streams to open',
    });
    server.signal('SIGTERM');
    await Promise.all(clients.map((client) => client.closed()));
    for (const client of clients) {
      expect(client.isWhole).toBe(true);
      expect(client.raw).toMatch(/retry: \d+\n\n$/);
      expect(client.retryMs).toBeGreaterThanOrEqual(0.8 * 700);
      expect(client.retryMs).toBeLessThanOrEqual(1.2 * 700);
    }
    expect(await server.hasEnded()).toEqual(gone);
  });

  it('do not keep the process: an idle connection, a held pull, a request that never arrives whole', async () => {
    const idle = await open('GET /health/live HTTP/1.1\r\nHost: localhost\r\n\r\n');
    await once(idle, 'data');
    const half = await open(
      'POST /contexts HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 99\r\n\r\n{',
    );
    const stream = await beginStream(api, await begin());
    await appendDeltas(api, stream, 'something');
    const held = api.get<ChunkPage>(`${stream}/streaming-chunks?after=1&wait_ms=30000`);
    expect(await health('live')).toBe(200);
    // Long before the held pull's own time is over.
    expect(await server.stop(20_000)).toEqual(gone);
    expect(await held).toMatchObject({ status: 200, body: { chunks: [], current_sequence: 1 } });
    await until(() => idle.closed && half.closed, { what: 'the connections to end' });
  });
});
