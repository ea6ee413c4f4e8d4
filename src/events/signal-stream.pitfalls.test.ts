import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import {
  contentDelta,
  contextId,
  contextUpdated,
  eventLimits,
  messageCompleted,
  owner,
  snapshot,
  stateChanged,
} from '../../test/support/sample-signals.js';
import {
  announce,
  came,
  fill,
  left,
  nextTurn,
  ServedStreams,
  stopTime,
} from '../../test/support/served-streams.js';
import { until } from '../../test/support/until.js';
import type { MessageId } from '../kernel/ids.js';
import { SignalBus } from './signal-bus.js';

let streams: ServedStreams;

beforeEach(async () => void (streams = await ServedStreams.listen()));
afterEach(async () => {
  vi.restoreAllMocks();
  vi.useRealTimers();
  await streams.close();
});

describe('pitfall "Events lost between snapshot and subscription"', () => {
  it('sends what came before it was opened, after the snapshot', async () => {
    streams.onStart = ({ stream }) => {
      stream.send(announce(contentDelta(41)));
      stream.send(announce(contentDelta(42)));
      stream.send(announce(stateChanged(58)));
      stream.open([snapshot(57)]);
      stream.send(announce(messageCompleted(42, { revision: 59 })));
    };
    const { client } = await streams.read();
    await came(client, 4);
    expect(client.signals).toEqual([
      snapshot(57),
      contentDelta(42),
      stateChanged(58),
      messageCompleted(42, { revision: 59 }),
    ]);
  });

  it('makes it one resync when more came than may wait', async () => {
    streams.limits = eventLimits({ sseMaxPending: 2 });
    streams.onStart = ({ stream }) => {
      for (const revision of [1, 2, 3, 4]) stream.send(announce(stateChanged(revision)));
      stream.open([snapshot(5)]);
      stream.send(announce(stateChanged(6)));
    };
    const { client } = await streams.read();
    await came(client, 3);
    expect(client.signals).toEqual([
      snapshot(5),
      { type: 'resync', reason: 'too_many_pending', timestamp: '2024-05-01T12:00:00.000Z' },
      stateChanged(6),
    ]);
    expect(client.events[1]?.id).toBeUndefined();
  });
});

describe('pitfall "SSE arrives all at once behind a proxy"', () => {
  it('asks for no buffering and no storing, and sends a comment before anything happens', async () => {
    streams.onStart = ({ stream }) => stream.open([]);
    const { client } = await streams.read();
    await until(() => client.comments.length === 1, { what: 'the opening comment' });
    expect(client.headers).toMatchObject({
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store',
      'x-accel-buffering': 'no',
      'transfer-encoding': 'chunked',
    });
    expect(client.headers).not.toHaveProperty('content-length');
    expect(client.events).toEqual([]);
  });
});

describe('pitfall "An unbounded queue per SSE client"', () => {
  it('holds under 300 signals and a few MB for a client that reads none of 1,000,000 deltas', async () => {
    setFlagsFromString('--expose-gc');
    const collect: unknown = runInNewContext('gc');
    const heap = () => {
      if (typeof collect === 'function') collect();
      return process.memoryUsage().heapUsed + process.memoryUsage().external;
    };
    const bus = new SignalBus(streams.limits);
    const { socket, stream, response } = await streams.readNothing();
    stream.onClose(bus.subscribeOwner(owner, (announcement) => stream.send(announcement)));
    await fill(stream);
    const before = heap();
    let mostPending = 0;
    const delta = contentDelta(1);
    for (let sequence = 1; sequence <= 1_000_000; sequence += 1) {
      const message_id = `m${sequence % 8}` as MessageId;
      bus.publish(owner, { ...delta, message_id, current_sequence: sequence });
      mostPending = Math.max(mostPending, stream.pendingCount);
      if (sequence % 50_000 === 0) await nextTurn();
    }
    expect(mostPending).toBeLessThan(300);
    // Eight messages, and the one state_changed that filled the socket.
    expect(stream.pendingCount).toBeLessThanOrEqual(9);
    expect(response.writableLength).toBeLessThan(100_000);
    expect(heap() - before).toBeLessThan(8_000_000);
    socket.destroy();
    await left(stream);
    expect(bus.subscriberCount).toBe(0);
  });

  it('sends a reader that fell behind one resync, and then signals as before', async () => {
    const { client, stream } = await streams.read();
    client.pause();
    const sent = await fill(stream);
    for (let revision = 1; revision <= 1000; revision += 1) stream.send(announce(contextUpdated(revision)));
    expect(stream.pendingCount).toBe(1);
    client.resume();
    await until(() => client.raw.includes('"resync"'), { what: 'the resync' });
    await until(() => stream.pendingCount === 0, { what: 'the reader to catch up' });
    stream.send(announce(contextUpdated(5_000_000)));
    await until(() => client.raw.includes('"revision":5000000'), { what: 'the next signal' });
    const types = client.signals.map(({ type }) => type);
    expect(types.filter((type) => type === 'resync')).toHaveLength(1);
    expect(types.slice(-2)).toEqual(['resync', 'context_updated']);
    // All that the socket took before came in order; the one that waited when it overflowed is in the resync.
    const revisions = client.signals.filter(({ type }) => type === 'state_changed').map((s) => s['revision']);
    expect(revisions).toEqual(Array.from({ length: sent - 1_000_001 }, (_, i) => 1_000_001 + i));
  });

  it('gives up a reader that takes nothing for the stall time, and sends it no heartbeats meanwhile', async () => {
    stopTime();
    const { stream, response } = await streams.readNothing();
    const onClose = vi.fn();
    stream.onClose(onClose);
    await fill(stream);
    const written = response.writableLength;
    vi.advanceTimersByTime(29_999);
    expect(response.destroyed).toBe(false);
    expect(response.writableLength).toBe(written);
    vi.advanceTimersByTime(1);
    expect(response.destroyed).toBe(true);
    await left(stream);
    expect(onClose).toHaveBeenCalledTimes(1);
    expect(vi.getTimerCount()).toBe(0);
  });
});

describe('pitfall "Waiting for drain alone hangs for ever", and its opposite, "cuts slow readers off"', () => {
  it('is gone when the client leaves while it waits for drain', async () => {
    const { socket, stream } = await streams.readNothing();
    await fill(stream);
    socket.resetAndDestroy();
    await left(stream);
    expect(stream.pendingCount).toBe(0);
  });

  it('keeps a reader that is slow but reads, and sends it the newest of what it missed, in order', async () => {
    stopTime();
    const { client, stream } = await streams.read();
    client.pause();
    await fill(stream);
    for (let sequence = 1; sequence <= 500; sequence += 1) stream.send(announce(contentDelta(sequence)));
    stream.send(announce(messageCompleted(500)));
    vi.advanceTimersByTime(29_000);
    client.resume();
    await until(() => stream.pendingCount === 0, { what: 'the reader to catch up' });
    vi.advanceTimersByTime(29_000);
    stream.send(announce(stateChanged(5_000_000)));
    await until(() => client.raw.includes('"revision":5000000'), { what: 'the last signal' });
    const signals = client.signals.filter(({ type }) => type !== 'heartbeat');
    expect(signals.slice(-3)).toEqual([contentDelta(500), messageCompleted(500), stateChanged(5_000_000)]);
    expect(signals.filter(({ type }) => type === 'content_delta')).toHaveLength(1);
    expect(client.isClosed).toBe(false);
  });

  it('cuts a reader that does not even take the end', async () => {
    stopTime();
    const { stream, response } = await streams.readNothing();
    await fill(stream);
    vi.advanceTimersByTime(10_000);
    stream.end();
    expect(stream.pendingCount).toBe(0);
    vi.advanceTimersByTime(19_999);
    expect(response.destroyed).toBe(false);
    vi.advanceTimersByTime(1);
    expect(response.destroyed).toBe(true);
    await left(stream);
  });
});

describe('pitfall "A publisher is slowed by an idle subscriber"', () => {
  it('publishes without a pause while one subscriber reads nothing, and the others hear everything', async () => {
    const bus = new SignalBus(streams.limits);
    streams.onStart = ({ stream }) => {
      stream.onClose(bus.subscribeContext(contextId, (announcement) => stream.send(announcement)));
      stream.open([snapshot(57)]);
    };
    const idle = await streams.readNothing();
    await fill(idle.stream);
    const { client } = await streams.read();
    await came(client, 1);
    // One turn of the event loop: had any publish waited for the idle one, it could not have ended.
    for (let revision = 1; revision <= 200; revision += 1) bus.publish(owner, stateChanged(revision));
    await came(client, 201);
    expect(client.signals.slice(1).map((signal) => signal['revision'])).toEqual(
      Array.from({ length: 200 }, (_, i) => i + 1),
    );
    expect(idle.stream.pendingCount).toBeGreaterThan(0);
    idle.socket.destroy();
    client.destroy();
    await until(() => bus.subscriberCount === 0, { what: 'both to be gone' });
  });
});

describe('pitfall "req.on(\'close\') never fires once the body was read"', () => {
  it('has no subscriber left after 1,000 abrupt disconnects', async () => {
    const bus = new SignalBus(streams.limits);
    streams.onStart = ({ stream }) => {
      stream.onClose(bus.subscribeContext(contextId, (announcement) => stream.send(announcement)));
      // Some never get to be open, as if their client left during the look-up.
      if (streams.served.length % 4 > 0) stream.open([snapshot(57)]);
    };
    for (let wave = 1; wave <= 10; wave += 1) {
      const sockets = await Promise.all(Array.from({ length: 100 }, () => streams.ask()));
      await until(() => streams.served.length === wave * 100, { what: 'all to be connected' });
      expect(bus.subscriberCount).toBe(100);
      bus.publish(owner, stateChanged(58));
      sockets.forEach((socket, i) => (i % 2 ? socket.resetAndDestroy() : socket.destroy()));
      await until(() => bus.subscriberCount === 0, { what: 'all to be gone' });
    }
    expect(streams.served).toHaveLength(1000);
  });
});
