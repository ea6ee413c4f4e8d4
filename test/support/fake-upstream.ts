import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { answer, type Plan } from './upstream-plan.js';
import { toMoves, type Move } from './upstream-wire.js';

export * from './upstream-plan.js';

/** The request as a provider's server would read it. */
export interface UpstreamRequest {
  readonly method: string;
  /** With its query. */
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Record<string, unknown>;
}

/** One request and what became of it. */
export class UpstreamCall {
  private sent = '';
  /** True when the client closed the connection before the answer had ended, false when it had. */
  readonly closedByClient: Promise<boolean>;

  constructor(
    readonly request: UpstreamRequest,
    private readonly response: ServerResponse,
  ) {
    this.closedByClient = once(response, 'close').then(() => !response.writableFinished && !this.isCutByUs);
  }

  isCutByUs = false;

  /** Exactly the text of the answer that was sent so far. */
  get text(): string {
    return this.sent;
  }

  addText(text: string): void {
    this.sent += text;
  }

  private open: () => void = () => undefined;
  private readonly released = new Promise<void>((resolve) => (this.open = resolve));

  /** Lets an answer that holds go on. */
  release(): void {
    this.open();
  }

  /** Waits for the release; false when the client has gone before it. */
  isReleased(response: ServerResponse): Promise<boolean> {
    const gone = once(response, 'close').then(() => false);
    return Promise.race([this.released.then(() => true), gone]);
  }

  /** The upstream dies now, whatever was planned. */
  cut(): void {
    this.isCutByUs = true;
    this.response.destroy();
  }
}

/**
 * A provider's server for tests: its own HTTP server on 127.0.0.1, speaking the real wire format of any dialect
 * (chat completions by `answer`, all of them by `speak` in upstreams/) and any fault that it is asked for. It does for each request what `enqueue` put in line, else what the function
 * given to `on` says, else answers "Hello."
 */
export class FakeUpstream {
  /** Every request so far, the oldest first. */
  readonly calls: UpstreamCall[] = [];
  private readonly queue: Plan[] = [];
  private plan: (request: UpstreamRequest) => Plan = () => answer('Hello.');
  private readonly waiting: (() => void)[] = [];
  private accepted = 0;
  private readonly server = createServer((request, response) => void this.respond(request, response));

  static async start(port = 0): Promise<FakeUpstream> {
    const upstream = new FakeUpstream();
    upstream.server.on('connection', (socket) => {
      upstream.accepted += 1;
      socket.setNoDelay(true);
    });
    upstream.server.listen(port, '127.0.0.1');
    await once(upstream.server, 'listening');
    return upstream;
  }

  /** The base URL of an address where nothing listens. */
  static async refusedUrl(): Promise<string> {
    const upstream = await FakeUpstream.start();
    const { url } = upstream;
    await upstream.close();
    return url;
  }

  /** The base URL without a version: an Azure endpoint, or what ANTHROPIC_BASE_URL is to Anthropic's own SDK. */
  get origin(): string {
    const { port } = this.server.address() as AddressInfo;
    return `http://127.0.0.1:${port}`;
  }

  /** The base URL, with its version: what OPENAI_BASE_URL takes. */
  get url(): string {
    return `${this.origin}/v1`;
  }

  /** How many connections were made so far. */
  get connections(): number {
    return this.accepted;
  }

  /** Plans for the next requests, in this order. */
  enqueue(...plans: readonly Plan[]): this {
    this.queue.push(...plans);
    return this;
  }

  /** Forgets the plans that are still in line. */
  clear(): this {
    this.queue.length = 0;
    return this;
  }

  /** What is done with a request for which nothing is in line. */
  on(plan: (request: UpstreamRequest) => Plan): this {
    this.plan = plan;
    return this;
  }

  /** The call of this number, counted from 0, once it has come. */
  async call(index: number): Promise<UpstreamCall> {
    for (;;) {
      const call = this.calls[index];
      if (call) return call;
      await new Promise<void>((resolve) => this.waiting.push(resolve));
    }
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    this.server.close();
    await once(this.server, 'close');
  }

  private async respond(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const request = await readRequest(incoming);
    const call = new UpstreamCall(request, response);
    this.calls.push(call);
    this.waiting.splice(0).forEach((wake) => wake());
    // Writing to a client that has gone fails; that it has gone is what closedByClient says.
    response.on('error', () => undefined);
    await play(this.queue.shift() ?? this.plan(request), call, response);
  }
}

async function readRequest(incoming: IncomingMessage): Promise<UpstreamRequest> {
  const pieces: Buffer[] = [];
  for await (const piece of incoming) pieces.push(piece as Buffer);
  const body = JSON.parse(Buffer.concat(pieces).toString('utf8') || '{}') as Record<string, unknown>;
  return { method: incoming.method ?? '', path: incoming.url ?? '', headers: incoming.headers, body };
}

async function play(plan: Plan, call: UpstreamCall, response: ServerResponse): Promise<void> {
  if (plan.headersAfterMs) await pause(plan.headersAfterMs, response);
  if (plan.isReset) {
    call.isCutByUs = true;
    response.socket?.resetAndDestroy();
    return;
  }
  if (plan.unstreamed !== undefined && call.request.body['stream'] !== true) {
    response.writeHead(200, { 'content-type': 'application/json', ...plan.headers });
    response.end(JSON.stringify(plan.unstreamed));
    return;
  }
  if (plan.whole) {
    response.writeHead(plan.whole.status, plan.whole.headers).end(plan.whole.body);
    return;
  }
  response.writeHead(200, {
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-cache',
    ...plan.headers,
  });
  response.flushHeaders();
  for (const move of toMoves(plan)) {
    if (response.destroyed) return;
    if (move.type === 'write' && plan.paceMs) await pause(plan.paceMs, response);
    if (!(await make(move, call, response))) return;
  }
  if (!plan.isLeftOpen) response.end();
}

/** False when nothing may follow. */
async function make(move: Move, call: UpstreamCall, response: ServerResponse): Promise<boolean> {
  switch (move.type) {
    case 'write':
      if (!(await write(move.bytes, response))) return false;
      call.addText(move.text);
      return true;
    case 'wait':
      await pause(move.ms, response);
      return true;
    case 'stall':
      return false;
    case 'hold':
      return call.isReleased(response);
    case 'die':
      call.isCutByUs = true;
      response.socket?.write('ff\r\ndata: {"choices":[{"delta":{"con', () => response.socket?.destroy());
      return false;
  }
}

/** Waits until the kernel has it, so that the next write is another packet. False when the client has gone. */
const write = (bytes: Buffer, response: ServerResponse): Promise<boolean> =>
  new Promise((resolve) => {
    const leave = (): void => resolve(false);
    if (response.destroyed) return leave();
    response.once('close', leave);
    response.write(bytes, (error) => {
      response.off('close', leave);
      resolve(!error);
    });
  });

/** Over early when the client goes. */
async function pause(ms: number, response: ServerResponse): Promise<void> {
  const gone = new AbortController();
  const leave = (): void => gone.abort();
  response.once('close', leave);
  await wait(ms, undefined, { signal: gone.signal }).catch(() => undefined);
  response.off('close', leave);
}
