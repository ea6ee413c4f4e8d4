// Clients that vanish, seen from inside: every subscription and every held pull is given back.
import 'reflect-metadata';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { readSettings } from '../../src/config/read-settings.js';
import { createApp } from '../../src/create-app.js';
import { SignalBus } from '../../src/events/signal-bus.js';
import { SignalStreams } from '../../src/events/signal-streams.js';
import { createLogger } from '../../src/http/request-logger.js';
import { appendDeltas, beginStream, createContext } from '../support/api.js';
import { caller } from '../support/http.js';
import { until } from '../support/until.js';

const folder = mkdtempSync(join(tmpdir(), 'pullcord-disconnects-'));
let app: NestFastifyApplication;
let url = '';
let stream = '';
let context = '';

beforeAll(async () => {
  app = await createApp(readSettings({ PULLCORD_DATA_DIR: folder }), createLogger('silent'));
  await app.listen(0, '127.0.0.1');
  url = await app.getUrl();
  const api = caller({ url });
  context = (await createContext(api)).id;
  stream = await beginStream(api, context);
  await appendDeltas(api, stream, 'word');
});
afterAll(async () => {
  await app.close();
  rmSync(folder, { recursive: true });
});

const subscribers = (): number => app.get(SignalBus).subscriberCount;
const streams = (): number => app.get(SignalStreams).count;
const nobodyIsLeft = (): Promise<boolean> =>
  until(() => subscribers() === 0 && streams() === 0, { what: 'every subscription to end' });
afterEach(nobodyIsLeft);

/** Asks, on a connection of its own, and reads nothing. */
function ask(path: string): Socket {
  const socket = connect(Number(new URL(url).port), '127.0.0.1').pause();
  socket.on('error', () => undefined);
  socket.write(`GET ${path} HTTP/1.1\r\nHost: localhost\r\n\r\n`);
  return socket;
}

it.each<readonly [string, () => string, number]>([
  ['streams of one context', () => `/contexts/${context}/events`, 1],
  ['streams of several contexts', () => `/events?contexts=${context}`, 1],
  ['streams of everything', () => '/events', 1],
  ['held pulls', () => `${stream}/streaming-chunks?after=1&wait_ms=30000`, 0],
])('1,000 clients of %s that vanish leave nothing behind', async (_, path, streamsEach) => {
  for (let round = 0; round < 4; round++) {
    const sockets = Array.from({ length: 250 }, () => ask(path()));
    await until(() => subscribers() === 250, { what: 'all of them to be there' });
    expect(streams()).toBe(250 * streamsEach);
    sockets.forEach((socket) => socket.destroy());
    await nobodyIsLeft();
  }
});

it('clients that vanish before they are answered leave nothing behind', async () => {
  let gone = 0;
  for (let n = 0; n < 500; n++) {
    const socket = ask(`/contexts/${context}/events`);
    socket.once('close', () => gone++);
    socket.once('connect', () => setImmediate(() => socket.resetAndDestroy()));
  }
  await until(() => gone === 500, { what: 'all of them to go' });
  // One who comes after them is answered after them.
  expect((await fetch(`${url}/health/ready`)).status).toBe(200);
  await nobodyIsLeft();
});

it('a stream of a context that does not exist leaves nothing behind', async () => {
  const { status } = await fetch(`${url}/contexts/01890a5d-ac96-774b-bcce-b302099a8057/events`);
  expect(status).toBe(404);
  await nobodyIsLeft();
});
