// The client's stream of signals against servers and networks that do everything wrong.
import type { ServerResponse } from 'node:http';
import { afterEach, expect, it } from 'vitest';
import { createSignalSource } from '../../client/dist/connection/create-signal-source.js';
import type { SignalSource } from '../../client/dist/connection/signal-source.js';
import type { PullcordOptions } from '../../client/dist/options.js';
import { resolveOptions } from '../../client/dist/settings.js';
import { StreamServer } from '../support/stream-server.js';
import { until } from '../support/until.js';

type Reply = (response: ServerResponse, authorization: string | undefined) => void;

const opened: { close(): void | Promise<void> }[] = [];
afterEach(async () => {
  for (const each of opened.splice(0)) await each.close();
});

/** A server that meets each connection with the next of these, and those that follow with the last. */
async function serverThat(...replies: readonly Reply[]) {
  const seen = { url: '', connections: 0, closed: 0 };
  const server = await StreamServer.listen((response, request) => {
    response.on('close', () => seen.closed++);
    replies[Math.min(seen.connections++, replies.length - 1)]?.(response, request.headers.authorization);
  });
  opened.push(server);
  seen.url = server.url;
  return seen;
}

/** A listener at a source, and all that it was told. */
function listenAt(url: string, options: PullcordOptions = {}) {
  const source = createSignalSource(resolveOptions({ baseUrl: url, maxRetryDelayMs: 20, ...options }));
  opened.push(source);
  const told: string[] = [];
  const stop = source.listen({
    connected: () => told.push('connected'),
    signal: (signal) => told.push('revision' in signal ? `${signal.type} ${signal.revision}` : signal.type),
  });
  return { source, told, stop };
}

const reaches = (source: SignalSource, status: string): Promise<unknown> =>
  until(() => source.view.getView().status === status, { what: `the status ${status}` });

const begin = (response: ServerResponse): void => {
  response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8' });
  response.flushHeaders();
};
const event = (revision: number): string =>
  `id: ${revision}\nevent: signal\ndata: ${JSON.stringify({ type: 'context_updated', context_id: 'c', revision })}\n\n`;
const heartbeat = 'event: signal\ndata: {"type":"heartbeat","timestamp":"2026-01-01T00:00:00.000Z"}\n\n';
const say =
  (...pieces: readonly string[]): Reply =>
  (response) => {
    begin(response);
    pieces.forEach((piece) => response.write(piece));
  };
const refuse =
  (status: number, code: string, headers: Readonly<Record<string, string>> = {}): Reply =>
  (response) => {
    const problem = { type: `/problems/${code}`, title: 'No', status, detail: 'No.', instance: '', code };
    response.writeHead(status, { 'content-type': 'application/problem+json', ...headers });
    response.end(JSON.stringify(problem));
  };

it('hears what is said, but for heartbeats, and comes back after an end in good order when it was told to', async () => {
  const server = await serverThat(
    (response) => {
      begin(response);
      response.end(`: welcome\nretry: 15\n\n${event(1)}${heartbeat}${event(2)}`);
    },
    say(event(3)),
  );
  const { source, told } = listenAt(server.url);
  await until(() => told.length === 5, { what: 'both streams' });
  expect(told).toEqual([
    'connected',
    'context_updated 1',
    'context_updated 2',
    'connected',
    'context_updated 3',
  ]);
  // An end in good order is no failure.
  expect(source.view.getView()).toEqual({ status: 'live', failures: 0, isShared: false });
});

it.each<readonly [string, Reply]>([
  [
    'is reset in the middle',
    (response) => (begin(response), response.write(event(1), () => response.destroy())),
  ],
  ['is no stream', (response) => response.writeHead(200, { 'content-type': 'text/html' }).end('<p>Welcome!')],
  [
    'is refused by a proxy',
    (response) => response.writeHead(502, { 'content-type': 'text/html' }).end('<p>Oh.'),
  ],
  ['is refused for a while', refuse(503, 'draining', { 'retry-after': '0' })],
  ['says what cannot be read', say('event: signal\ndata: {"type":"conte\n\n')],
  [
    'says an event without an end',
    (response) => {
      begin(response);
      response.write(`data: ${'x'.repeat(70_000)}`);
    },
  ],
])('a connection that %s is given up, and another is made', async (_, reply) => {
  const server = await serverThat(reply, reply, say(event(9)));
  const { source, told } = listenAt(server.url);
  await until(() => told.at(-1) === 'context_updated 9', { what: 'a good stream' });
  expect(told.at(-2)).toBe('connected');
  expect(server).toMatchObject({ connections: 3, closed: 2 });
  expect(source.view.getView()).toEqual({ status: 'live', failures: 0, isShared: false });
});

it.each<readonly [string, Reply]>([
  ['is never answered', () => undefined],
  ['falls silent', say(event(1))],
])('a connection that %s is given up after a while, and another is made', async (_, reply) => {
  const server = await serverThat(reply, reply, say(event(9)));
  const { source, told } = listenAt(server.url, { silenceLimitMs: 100 });
  const reasons = new Set<string | undefined>();
  source.view.subscribe(({ status, problem }) => status === 'waiting' && reasons.add(problem?.detail));
  await until(() => told.includes('context_updated 9'), { what: 'a good stream' });
  expect([...reasons]).toEqual(['Nothing was heard for too long.']);
});

it('counts its failures and says why', async () => {
  const server = await serverThat((response) => response.destroy());
  const { source, told } = listenAt(server.url, { maxRetryDelayMs: 5 });
  const { problem } = await until(
    () => {
      const view = source.view.getView();
      return view.failures >= 4 && view.status === 'waiting' && view;
    },
    { what: 'the fourth failure' },
  );
  expect(problem).toMatchObject({ code: 'network_error', status: 0 });
  expect(told).toEqual([]);
});

it('waits for as long as the server asks, and not when it is told to try now', async () => {
  const server = await serverThat(refuse(503, 'draining', { 'retry-after': '120' }), say());
  const { source } = listenAt(server.url);
  await reaches(source, 'waiting');
  expect(server.connections).toBe(1);
  source.retryNow();
  await reaches(source, 'live');
});

it('asks for another token once, and then not soon unless it is told to', async () => {
  const tokens = ['old', 'older', 'new'];
  const server = await serverThat((response, authorization) =>
    authorization === 'Bearer new'
      ? say()(response, authorization)
      : refuse(401, 'unauthorized')(response, authorization),
  );
  const { source, told } = listenAt(server.url, {
    maxRetryDelayMs: 600_000,
    token: () => Promise.resolve(tokens.shift()),
  });
  await reaches(source, 'refused');
  expect(server.connections).toBe(2);
  expect(source.view.getView()).toMatchObject({
    failures: 1,
    problem: { code: 'unauthorized', status: 401 },
  });
  expect(source.view.getView().retryAt).toBeUndefined();
  expect(told).toEqual([]);
  source.retryNow();
  await reaches(source, 'live');
  expect(server.connections).toBe(3);
});

it.each([
  ['401 to a token that cannot change', 401, 'unauthorized'],
  ['403', 403, 'host_not_allowed'],
])('does not soon try again by itself after %s', async (_, status, code) => {
  const server = await serverThat(refuse(status, code));
  const { source } = listenAt(server.url, { token: 'secret', maxRetryDelayMs: 600_000 });
  await reaches(source, 'refused');
  expect(server.connections).toBe(1);
});

it('a token that cannot be had is a failure like any other', async () => {
  const server = await serverThat(say());
  let asked = 0;
  const token = (): string => {
    if (asked++ < 2) throw new Error('The keys are upstairs.');
    return 'secret';
  };
  const { source } = listenAt(server.url, { token });
  const reasons: (string | undefined)[] = [];
  source.view.subscribe(({ status, problem }) => status === 'waiting' && reasons.push(problem?.detail));
  await reaches(source, 'live');
  expect(reasons).toEqual(['The keys are upstairs.', 'The keys are upstairs.']);
});

it('one stream serves all who listen; who comes later is told that it is live; it ends with the last', async () => {
  const server = await serverThat(say(event(1)));
  const { source, told, stop } = listenAt(server.url);
  await until(() => told.length === 2, { what: 'the first signal' });
  const later: string[] = [];
  const stopLater = source.listen({ connected: () => later.push('connected'), signal: () => undefined });
  await until(() => later.length === 1, { what: 'the second listener to be told' });
  stop();
  expect(source.view.getView().status).toBe('live');
  stopLater();
  stopLater();
  await until(() => server.closed === 1, { what: 'the connection to be closed' });
  expect(source.view.getView()).toEqual({ status: 'idle', failures: 0, isShared: false });
  expect([server.connections, told.length]).toEqual([1, 2]);
  source.listen({ connected: () => later.push('again'), signal: () => undefined });
  await until(() => later.at(-1) === 'again', { what: 'the stream to begin anew' });
  source.close();
  source.listen({ connected: () => later.push('never'), signal: () => undefined });
  await until(() => server.closed === 2, { what: 'the connection to be closed' });
  expect([server.connections, source.view.getView().status]).toEqual([2, 'idle']);
});
