import { once } from 'node:events';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { eventLimits, snapshot } from '../../test/support/sample-signals.js';
import { SseStream } from '../../test/support/sse.js';
import { StreamServer } from '../../test/support/stream-server.js';
import { until } from '../../test/support/until.js';
import type { EventLimits } from './event-limits.js';
import { SignalStreams } from './signal-streams.js';
import type { Signal } from './signals.js';

const clock = { now: () => Date.UTC(2024, 4, 1, 12) };

let server: StreamServer;
let streams: SignalStreams;
let opening: () => Iterable<Signal>;

async function setUp(over: Partial<EventLimits> = {}) {
  opening = () => [snapshot(57)];
  streams = new SignalStreams(eventLimits(over), clock);
  server = await StreamServer.listen((response, request) => {
    request.resume();
    const refusal = streams.refusal();
    if (refusal) return void response.writeHead(refusal === 'draining' ? 503 : 429).end();
    streams.start(response, 'revision').open(opening());
  });
}

const counted = (count: number) => until(() => streams.count === count, { what: `${count} streams` });

afterEach(async () => {
  vi.restoreAllMocks();
  await server.close();
});

describe('SignalStreams', () => {
  it('refuses the stream after the last that may be open, until one leaves', async () => {
    await setUp({ maxSubscribers: 2 });
    const [first, , refused] = [
      await SseStream.open(server.url),
      await SseStream.open(server.url),
      await SseStream.open(server.url),
    ];
    expect(refused.status).toBe(429);
    expect(streams.count).toBe(2);
    first.destroy();
    await counted(1);
    expect((await SseStream.open(server.url)).status).toBe(200);
  });

  it('ends all at shutdown, tells each when to come back, and takes no new one', async () => {
    await setUp({ sseRetryMs: 40 });
    const clients = await Promise.all(Array.from({ length: 50 }, () => SseStream.open(server.url)));
    await streams.beforeApplicationShutdown();
    expect(streams.count).toBe(0);
    for (const client of clients) {
      await client.closed();
      expect(client.raw).toMatch(/retry: \d+\n\n$/);
    }
    expect((await SseStream.open(server.url)).status).toBe(503);
  });

  it('spreads the ends, so that the clients do not come back together', async () => {
    await setUp({ sseRetryMs: 40 });
    await Promise.all(Array.from({ length: 3 }, () => SseStream.open(server.url)));
    const random = vi
      .spyOn(Math, 'random')
      .mockReturnValueOnce(0)
      .mockReturnValueOnce(0.5)
      .mockReturnValueOnce(1);
    const armed = vi.spyOn(globalThis, 'setTimeout');
    // However long it takes to arm them.
    const clock = vi.spyOn(performance, 'now').mockReturnValue(performance.now());
    const ended = streams.endAll(10_000);
    clock.mockRestore();
    expect(random).toHaveBeenCalledTimes(3);
    // 0, 1.5 and 3 ms for three streams: a millisecond each.
    expect(armed.mock.calls.map(([, ms]) => ms)).toEqual([expect.any(Number), 2, 3, 10_000]);
    await ended;
  });

  it('cuts those that do not take the end within the limit', async () => {
    await setUp();
    /** More than any socket takes. */
    function* endless() {
      for (;;) yield snapshot(57);
    }
    opening = endless;
    const socket = await server.ask();
    await counted(1);
    const cut = once(socket, 'close');
    await streams.endAll(50);
    socket.resume();
    await cut;
    await counted(0);
  });

  it('has nothing to wait for when no stream is open', async () => {
    await setUp();
    await streams.endAll(60_000);
    expect(streams.count).toBe(0);
  });
});
