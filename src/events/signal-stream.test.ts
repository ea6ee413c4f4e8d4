import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { contentDelta, otherContextId, snapshot, stateChanged } from '../../test/support/sample-signals.js';
import {
  announce,
  came,
  clock,
  left,
  nextTurn,
  ServedStreams,
  stopTime,
} from '../../test/support/served-streams.js';
import { until } from '../../test/support/until.js';
import { SignalStream } from './signal-stream.js';

let streams: ServedStreams;

beforeEach(async () => void (streams = await ServedStreams.listen()));
afterEach(async () => {
  vi.restoreAllMocks();
  vi.useRealTimers();
  await streams.close();
});

describe('a signal stream', () => {
  it('begins with its headers, a comment, retry and the snapshot, and sends signals with the revision as id', async () => {
    const { client, stream } = await streams.read();
    stream.send(announce(contentDelta(42)));
    await came(client, 2);
    expect(client.status).toBe(200);
    expect(client.retryMs).toBeGreaterThanOrEqual(1600);
    expect(client.retryMs).toBeLessThanOrEqual(2400);
    expect(client.raw).toMatch(/^: [^\n]+\nretry: \d+\n\nid: 57\nevent: signal\ndata: \{"type":"snapshot"/);
    expect(client.signals).toEqual([snapshot(57), contentDelta(42)]);
    expect(client.events.map(({ id, event }) => ({ id, event }))).toEqual([
      { id: '57', event: 'signal' },
      { id: '57', event: 'signal' },
    ]);
  });

  it('keeps the headers it was given, but not in the place of its own', async () => {
    streams.onStart = ({ stream }) =>
      stream.open([], {
        'access-control-allow-origin': 'https://chat.example',
        'x-request-id': 'r1',
        'content-type': 'application/json',
      });
    const { client } = await streams.read();
    expect(client.headers).toMatchObject({
      'access-control-allow-origin': 'https://chat.example',
      'x-request-id': 'r1',
      'content-type': 'text/event-stream; charset=utf-8',
    });
  });

  it('gives the events of several contexts ids that are no revision of either', async () => {
    streams.ids = 'opaque';
    streams.onStart = ({ stream }) =>
      stream.open([snapshot(57), snapshot(9, { context_id: otherContextId })]);
    const { client } = await streams.read();
    await came(client, 2);
    const eventIds = client.events.map(({ id }) => id);
    expect(new Set(eventIds).size).toBe(2);
    for (const id of eventIds) expect(id).not.toMatch(/^\d+$/);
  });

  it('sends a heartbeat every so often, without an id', async () => {
    stopTime();
    const { client } = await streams.read();
    await came(client, 1);
    vi.advanceTimersByTime(14_999);
    vi.advanceTimersByTime(1);
    await came(client, 2);
    vi.advanceTimersByTime(15_000);
    await came(client, 3);
    expect(client.signals.slice(1)).toEqual(
      Array(2).fill({ type: 'heartbeat', timestamp: '2024-05-01T12:00:00.000Z' }),
    );
    expect(client.raw.split('\n\n').filter((frame) => frame.includes('heartbeat'))).toEqual(
      Array(2).fill(expect.not.stringMatching(/^id/m)),
    );
    // What an EventSource would send when it reconnects is still the snapshot's.
    expect(client.lastEventId).toBe('57');
  });

  it('ends in good order at its age, give or take 20 %, and says when to come back', async () => {
    for (const [random, age] of [
      [0, 480_000],
      [1, 720_000],
    ] as const) {
      vi.spyOn(Math, 'random').mockReturnValue(random);
      stopTime();
      const { client, stream, response } = await streams.read();
      vi.advanceTimersByTime(age - 1);
      expect(response.writableEnded).toBe(false);
      vi.advanceTimersByTime(1);
      expect(response.writableEnded).toBe(true);
      await Promise.all([client.closed(), left(stream)]);
      expect(response.writableFinished).toBe(true);
      expect(client.raw).toMatch(/retry: \d+\n\n$/);
      expect(vi.getTimerCount()).toBe(0);
      vi.useRealTimers();
    }
  });

  it('keeps one timer and no queue while it is idle, and none once it is gone', async () => {
    stopTime();
    const { client, stream } = await streams.read();
    stream.send(announce(contentDelta(42)));
    await came(client, 2);
    expect(vi.getTimerCount()).toBe(1);
    expect(stream.pendingCount).toBe(0);
    client.destroy();
    await left(stream);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('calls back once each when it closes, at once when it is closed already, and sends nothing more', async () => {
    const { client, stream, response } = await streams.read();
    const [before, after] = [vi.fn(), vi.fn()];
    stream.onClose(before);
    client.destroy();
    await left(stream);
    stream.onClose(after);
    response.emit('close');
    for (const act of [() => stream.end(), () => stream.destroy(), () => stream.open([])]) act();
    stream.send(announce(stateChanged(58)));
    await nextTurn();
    expect(before).toHaveBeenCalledTimes(1);
    expect(after).toHaveBeenCalledTimes(1);
    expect(stream.pendingCount).toBe(0);
  });

  it('is gone after an error of the response, which ends nothing else', async () => {
    const { client, stream, response } = await streams.read();
    response.emit('error', new Error('write EPIPE'));
    await Promise.all([client.closed(), left(stream)]);
  });

  it('cuts a connection that does not close in the stall time after its end', async () => {
    stopTime();
    const { stream, response } = await streams.read();
    stream.end();
    // In the same turn, so that the connection had no chance to.
    vi.advanceTimersByTime(29_999);
    expect(response.destroyed).toBe(false);
    vi.advanceTimersByTime(1);
    expect(response.destroyed).toBe(true);
    await left(stream);
  });

  it('notices a client that was gone before there was a stream', async () => {
    const gone = createServer();
    const asked = once(gone, 'request');
    gone.listen(0, '127.0.0.1');
    await once(gone, 'listening');
    const socket = connect((gone.address() as AddressInfo).port, '127.0.0.1');
    socket.write('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n');
    const [, response] = (await asked) as [unknown, ServerResponse];
    const closed = once(response, 'close');
    socket.destroy();
    await closed;
    const onClose = vi.fn();
    const stream = new SignalStream(response, 'revision', streams.limits, clock);
    stream.onClose(onClose);
    stream.open([snapshot(57)]);
    expect(onClose).toHaveBeenCalledTimes(1);
    gone.close();
  });

  it('writes nothing before it is opened, so that a problem can still be the answer', async () => {
    streams.onStart = ({ response, stream }) => {
      stream.send(announce(stateChanged(58)));
      response.writeHead(503, { 'content-type': 'application/problem+json' });
      response.end('{}');
    };
    const { client, stream } = await streams.read();
    await client.closed();
    await left(stream);
    expect(client.status).toBe(503);
    expect(client.raw).toBe('{}');
  });

  it('ends right after its snapshot when it was told to end before it was opened', async () => {
    streams.onStart = ({ stream }) => {
      stream.end();
      stream.open([snapshot(57)]);
    };
    const { client } = await streams.read();
    await client.closed();
    expect(client.signals).toEqual([snapshot(57)]);
  });

  it('reads its snapshots no faster than the client does', async () => {
    let asked = 0;
    let mostBuffered = 0;
    function* many(response: ServerResponse) {
      for (; asked < 20_000; asked += 1) {
        mostBuffered = Math.max(mostBuffered, response.writableLength);
        yield snapshot(asked);
      }
    }
    streams.onStart = ({ stream, response }) => stream.open(many(response));
    const { socket, stream } = await streams.readNothing();
    stream.send(announce(stateChanged(20_000)));
    let text = '';
    socket.setEncoding('utf8');
    socket.on('data', (more: string) => (text += more));
    socket.resume();
    await until(() => text.includes('state_changed'), { what: 'the signal after all snapshots' });
    expect(mostBuffered).toBeLessThan(100_000);
    expect(text.match(/"type":"snapshot"/g)).toHaveLength(20_000);
    socket.destroy();
  });
});
