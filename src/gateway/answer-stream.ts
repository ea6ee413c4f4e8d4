import type { OutgoingHttpHeaders, ServerResponse } from 'node:http';

export interface StreamLimits {
  /** After so long without a word, `ping` is written. */
  readonly keepAliveMs: number;
  /** A reader that takes nothing for so long is given up. */
  readonly stallMs: number;
}

/** What is written in one turn of the event loop goes out before it is over once it has so much. */
const largestPiece = 65_536;

/** Lower case, so that they win over the same names among those that were set before. */
const streamHeaders = {
  'content-type': 'text/event-stream; charset=utf-8',
  'cache-control': 'no-store',
  'x-accel-buffering': 'no',
};

/**
 * A streamed answer to one caller. Invariants: what is written in one turn of the event loop goes out in one piece; once
 * the socket is full, `write` gives a promise that is over when there is room, and a reader that makes none for `stallMs`
 * is cut off; whole events are written, so that a sign of life can come between any two.
 */
export class AnswerStream {
  private waiting: (string | Buffer)[] = [];
  private waitingSize = 0;
  private flushing: NodeJS.Immediate | undefined;
  private lastWrite = 0;
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly response: ServerResponse,
    private readonly limits: StreamLimits,
    private readonly ping: () => string,
  ) {}

  /** Sends the status and the headers. */
  open(headers: OutgoingHttpHeaders): void {
    // A socket that breaks is an ordinary end here.
    this.response.on('error', () => this.response.destroy());
    this.response.writeHead(200, { ...headers, ...streamHeaders });
    this.lastWrite = performance.now();
    this.ringIn(this.limits.keepAliveMs);
  }

  /** Undefined while there is room. */
  write(events: string | Buffer): Promise<void> | undefined {
    if (events.length === 0) return undefined;
    this.waiting.push(events);
    this.waitingSize += events.length;
    if (this.waitingSize >= largestPiece) this.flush();
    else this.flushing ??= setImmediate(() => this.flush());
    return this.response.writableNeedDrain ? this.drained() : undefined;
  }

  /** Resolves once all of it was handed to the socket, or its reader is gone. */
  async end(): Promise<void> {
    this.flush();
    clearTimeout(this.timer);
    if (this.response.writableNeedDrain) await this.drained();
    this.response.end();
  }

  /** Over, whatever becomes of the response. */
  stop(): void {
    clearTimeout(this.timer);
    if (this.flushing) clearImmediate(this.flushing);
    this.waiting = [];
  }

  private flush(): void {
    if (this.flushing) clearImmediate(this.flushing);
    this.flushing = undefined;
    const [first, ...others] = this.waiting;
    this.waiting = [];
    this.waitingSize = 0;
    if (first === undefined || this.response.destroyed) return;
    this.response.write(others.length === 0 ? first : join([first, ...others]));
    this.lastWrite = performance.now();
  }

  private drained(): Promise<void> {
    const { response } = this;
    return new Promise((resolve) => {
      if (response.destroyed) return resolve();
      const stalled = setTimeout(() => response.destroy(), this.limits.stallMs);
      const done = (): void => {
        clearTimeout(stalled);
        response.off('drain', done).off('close', done);
        resolve();
      };
      response.on('drain', done).on('close', done);
    });
  }

  private ringIn(ms: number): void {
    this.timer = setTimeout(() => this.rung(), Math.ceil(ms)).unref();
  }

  private rung(): void {
    const left = this.lastWrite + this.limits.keepAliveMs - performance.now();
    if (left > 0) return this.ringIn(left);
    // Whoever does not read is told nothing by a sign of life.
    if (!this.response.writableNeedDrain) void this.write(this.ping());
    this.ringIn(this.limits.keepAliveMs);
  }
}

const join = (pieces: readonly (string | Buffer)[]): string | Buffer =>
  pieces.every((piece) => typeof piece === 'string')
    ? pieces.join('')
    : Buffer.concat(pieces.map((piece) => (typeof piece === 'string' ? Buffer.from(piece) : piece)));
