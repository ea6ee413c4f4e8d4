// A network that cannot be trusted, between clients and a server: an HTTP proxy that loses, cuts, delays, swallows and
// refuses what goes through it, as chance has it; and counts what it did.
import { once } from 'node:events';
import { Agent, createServer, request, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { FaultySignals } from './faulty-signals.js';
import { Random } from './random.js';

/** What may happen to a request. */
export const requestFaults = [
  /** The connection is reset before the server hears of it. */
  'request_lost',
  /** The server hears of it, and does it; the answer is never sent. */
  'answer_lost',
  /** The answer ends somewhere in the middle, by a reset. */
  'answer_cut',
  /** As before, but the connection is closed in good order, on one side. */
  'answer_half_closed',
  /** Nothing is ever answered, and the server does not hear of it. */
  'black_hole',
  /** As before, but the server hears of it, and does it. */
  'answer_black_hole',
  /** It arrives late. */
  'delayed',
  /** Somebody on the way says that the server is not there. */
  'bad_gateway',
  'unavailable',
] as const;

/** What may happen to an open stream of signals, with each piece that comes. */
const streamFaults = ['stream_cut', 'stream_half_closed', 'stream_black_hole', 'stream_delayed'] as const;

export type RequestFault = (typeof requestFaults)[number];

export type Fault =
  RequestFault | (typeof streamFaults)[number] | 'signal_lost' | 'signal_doubled' | 'signal_late';

export interface Weather {
  /** The chance of a fault for each request that is not for a stream of signals, and for the opening of one. */
  readonly requests: number;
  /** For each piece of a stream. */
  readonly streams: number;
  /** For each signal. */
  readonly signals: number;
}

const calm: Weather = { requests: 0, streams: 0, signals: 0 };
const longestDelayMs = 40;

export class FaultProxy {
  readonly faults = new Map<Fault, number>();
  /** Streams of signals that were asked for so far. */
  streamsAsked = 0;
  requests = 0;
  private weather = calm;
  private isDeaf = false;
  /** What the next commands meet. */
  private readonly planned: RequestFault[] = [];
  private readonly random: Random;
  private readonly open = new Set<{ readonly response: ServerResponse; readonly isStream: boolean }>();
  private readonly agent = new Agent({ keepAlive: true });
  private readonly server = createServer((incoming, response) => void this.pass(incoming, response));

  private constructor(
    /** Wherever it listens by then: a restart may move it. */
    private readonly target: { readonly url: string },
    seed: number,
  ) {
    this.random = new Random(seed);
  }

  static async listen(target: { readonly url: string }, seed = 1): Promise<FaultProxy> {
    const proxy = new FaultProxy(target, seed);
    proxy.server.listen(0, '127.0.0.1');
    await once(proxy.server, 'listening');
    return proxy;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** Streams of signals that are open. */
  get streams(): number {
    return [...this.open].filter(({ isStream }) => isStream).length;
  }

  get faultCount(): number {
    return [...this.faults.values()].reduce((sum, count) => sum + count, 0);
  }

  rain(weather: Weather): void {
    this.weather = weather;
  }

  /** What the next commands meet, in this order, whatever the weather. */
  plan(...faults: readonly RequestFault[]): void {
    this.planned.push(...faults);
  }

  /** From now on no stream says anything, until it clears up. */
  deafen(): void {
    this.isDeaf = true;
  }

  /** From now on nothing happens to anything. What is under way is cut, since some of it would never end. */
  clearUp(): void {
    this.weather = calm;
    this.isDeaf = false;
    this.cut();
  }

  /** Resets every connection that waits for something. */
  cut(): void {
    for (const { response } of [...this.open]) reset(response);
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    this.server.close();
    this.agent.destroy();
    await once(this.server, 'close');
  }

  private async pass(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    // Not the question beforehand whether a page of another origin may ask.
    const isStream = incoming.method === 'GET' && /\/events(\?|$)/.test(incoming.url ?? '');
    const entry = { response, isStream };
    this.open.add(entry);
    response.on('close', () => this.open.delete(entry));
    // A client that has gone is an ordinary end here.
    response.on('error', () => undefined);
    this.requests++;
    if (isStream) this.streamsAsked++;
    const planned = incoming.method === 'POST' ? this.planned.shift() : undefined;
    const fault = planned ?? (this.random.isLucky(this.weather.requests) ? this.requestFault() : undefined);
    if (fault) this.count(fault);
    await this.meet(fault, incoming, response, isStream).catch(() => reset(response));
  }

  /** Black holes are rarer: each takes all the patience that a client has. */
  private requestFault(): RequestFault {
    const fault = this.random.oneOf(requestFaults);
    const isHole = fault === 'black_hole' || fault === 'answer_black_hole';
    return isHole && this.random.isLucky(0.8) ? 'request_lost' : fault;
  }

  private async meet(
    fault: RequestFault | undefined,
    incoming: IncomingMessage,
    response: ServerResponse,
    isStream: boolean,
  ): Promise<void> {
    if (fault === 'request_lost') return reset(response);
    if (fault === 'delayed') await wait(this.random.below(longestDelayMs));
    if (fault === 'black_hole' || fault === 'bad_gateway' || fault === 'unavailable') {
      incoming.resume();
      if (fault === 'bad_gateway') response.writeHead(502, { 'content-type': 'text/html' }).end('<p>Oh.</p>');
      if (fault === 'unavailable') response.writeHead(503, { 'retry-after': '0' }).end();
      return;
    }
    const answer = await this.forward(incoming, response).catch(() => undefined);
    if (!answer) return reset(response);
    if (fault && fault !== 'delayed') return this.spoil(fault, answer, response);
    response.writeHead(answer.statusCode ?? 502, answer.headers);
    if (isStream) return this.stream(answer, response);
    answer.on('error', () => reset(response));
    answer.pipe(response);
  }

  /** The server's answer, of which the head has come. */
  private async forward(incoming: IncomingMessage, response: ServerResponse): Promise<IncomingMessage> {
    const { method, url, headers } = incoming;
    const asked = request(this.target.url + url, { method, headers, agent: this.agent });
    response.on('close', () => asked.destroy());
    incoming.pipe(asked);
    const [answer] = (await once(asked, 'response')) as [IncomingMessage];
    // After its head, what breaks is told by the answer.
    asked.on('error', () => undefined);
    return answer;
  }

  /** What was done cannot be told from what was not. */
  private async spoil(fault: RequestFault, answer: IncomingMessage, response: ServerResponse): Promise<void> {
    if (fault === 'answer_black_hole') return void answer.resume();
    if (fault === 'answer_lost') {
      answer.destroy();
      return reset(response);
    }
    response.writeHead(answer.statusCode ?? 502, answer.headers);
    const first = await firstPiece(answer);
    // Whatever length was promised, at least the last byte of it is missing.
    response.write(first.subarray(0, this.random.below(first.length)), () => {
      if (fault === 'answer_half_closed') response.socket?.end();
      else reset(response);
    });
    answer.destroy();
  }

  private stream(answer: IncomingMessage, response: ServerResponse): void {
    response.flushHeaders();
    const signals = new FaultySignals(this.random, (fault) => this.count(fault));
    let isSilent = false;
    let last = Promise.resolve();
    const write = async (piece: Buffer): Promise<void> => {
      const bytes = Buffer.from(signals.pass(piece.toString('latin1'), this.weather.signals), 'latin1');
      if (isSilent || this.isDeaf || response.destroyed) return;
      const fault = this.random.isLucky(this.weather.streams) ? this.random.oneOf(streamFaults) : undefined;
      if (fault) this.count(fault);
      if (fault === 'stream_delayed') await wait(this.random.below(longestDelayMs));
      if (fault === 'stream_black_hole') isSilent = true;
      if (fault === undefined || fault === 'stream_delayed') return void response.write(bytes);
      if (isSilent) return;
      response.write(bytes.subarray(0, this.random.below(bytes.length)), () => {
        if (fault === 'stream_half_closed') response.socket?.end();
        else reset(response);
      });
    };
    answer.on('data', (piece: Buffer) => (last = last.then(() => write(piece))));
    answer.on('error', () => reset(response));
    answer.on('end', () => void last.then(() => response.end()));
  }

  private count(fault: Fault): void {
    this.faults.set(fault, (this.faults.get(fault) ?? 0) + 1);
  }
}

function reset(response: ServerResponse): void {
  if (response.socket) response.socket.resetAndDestroy();
  else response.destroy();
}

/** Empty when the answer is. */
async function firstPiece(answer: IncomingMessage): Promise<Buffer> {
  for await (const piece of answer) return piece as Buffer;
  return Buffer.alloc(0);
}
