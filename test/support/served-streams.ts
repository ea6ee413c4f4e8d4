// Signal streams on real sockets, without a service: what the tests of src/events stand on.
import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { vi } from 'vitest';
import { Announcement, type EventIds } from '../../src/events/announcement.js';
import { SignalStream } from '../../src/events/signal-stream.js';
import type { Signal } from '../../src/events/signals.js';
import { eventLimits, owner, snapshot, stateChanged } from './sample-signals.js';
import { SseStream } from './sse.js';
import { StreamServer } from './stream-server.js';
import { until } from './until.js';

export interface Served {
  readonly response: ServerResponse;
  readonly stream: SignalStream;
}

export const clock = { now: () => Date.UTC(2024, 4, 1, 12) };
export const announce = (signal: Signal): Announcement => new Announcement(owner, signal);
export const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
export const left = (stream: SignalStream): Promise<void> =>
  new Promise((resolve) => stream.onClose(resolve));
export const came = (client: SseStream, count: number): Promise<unknown> =>
  until(() => client.events.length >= count, { what: `${count} events` });

/** The streams' own time stands still until the test moves it; sockets go on. */
export const stopTime = (): unknown =>
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });

/** Sends signals of their own, from revision 1,000,001 on, until the socket takes no more; answers the last. */
export async function fill(stream: SignalStream): Promise<number> {
  let revision = 1_000_000;
  // The kernel may still move what it has; it is full once the same signals have waited for some turns.
  for (let turnsFull = 0; turnsFull < 50; turnsFull += 1) {
    while (stream.pendingCount === 0) {
      turnsFull = 0;
      for (let i = 0; i < 20 && stream.pendingCount === 0; i += 1)
        stream.send(announce(stateChanged(++revision)));
      await nextTurn();
    }
    await nextTurn();
  }
  return revision;
}

export class ServedStreams {
  limits = eventLimits();
  ids: EventIds = 'revision';
  /** What is done with the next stream. */
  onStart: (served: Served) => void = ({ stream }) => stream.open([snapshot(57)]);
  readonly served: Served[] = [];
  private server: StreamServer | undefined;

  static async listen(): Promise<ServedStreams> {
    const streams = new ServedStreams();
    streams.server = await StreamServer.listen((response, request) => {
      // Read to its end before any stream begins, as Fastify does.
      request.resume();
      request.once('end', () => streams.start(response));
    });
    return streams;
  }

  /** A client that reads as it comes. */
  async read(): Promise<Served & { readonly client: SseStream }> {
    const client = await SseStream.open(this.server?.url ?? '');
    return { client, ...this.newest() };
  }

  /** Asks, and reads nothing. */
  async ask(): Promise<Socket> {
    if (!this.server) throw new Error('nothing listens');
    return this.server.ask();
  }

  /** A client that reads nothing, once its stream has begun. */
  async readNothing(): Promise<Served & { readonly socket: Socket }> {
    const before = this.served.length;
    const socket = await this.ask();
    await until(() => this.served.length > before, { what: 'the stream to begin' });
    return { socket, ...this.newest() };
  }

  async close(): Promise<void> {
    await this.server?.close();
  }

  private start(response: ServerResponse): void {
    const served = { response, stream: new SignalStream(response, this.ids, this.limits, clock) };
    this.served.push(served);
    this.onStart(served);
  }

  private newest(): Served {
    const newest = this.served.at(-1);
    if (!newest) throw new Error('nothing was served yet');
    return newest;
  }
}
