// A real SSE client on a socket of its own: it can be slow, and it can vanish without a goodbye.
import { once } from 'node:events';
import { request, type IncomingHttpHeaders, type IncomingMessage } from 'node:http';
import { createParser, type EventSourceMessage } from 'eventsource-parser';
import { until } from './until.js';

export interface SseOptions {
  readonly token?: string;
  readonly lastEventId?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A signal as it came over the wire. */
export interface WireSignal {
  readonly type: string;
  readonly [field: string]: unknown;
}

export class SseStream {
  /** All that came so far, in order. */
  readonly events: EventSourceMessage[] = [];
  readonly comments: string[] = [];
  /** The server's `retry:`, once it came. */
  retryMs?: number;
  /** Everything that was received, as it was written. */
  raw = '';
  isClosed = false;
  /** How many events nextSignal has given out. */
  private taken = 0;

  private constructor(private readonly response: IncomingMessage) {
    const decoder = new TextDecoder();
    const parser = createParser({
      onEvent: (event) => this.events.push(event),
      onComment: (comment) => this.comments.push(comment),
      onRetry: (ms) => (this.retryMs = ms),
    });
    response.on('data', (bytes: Buffer) => {
      const text = decoder.decode(bytes, { stream: true });
      this.raw += text;
      parser.feed(text);
    });
    // An aborted answer is an ordinary end here.
    response.on('error', () => undefined);
    response.on('close', () => (this.isClosed = true));
  }

  /** Resolves with the answer's head, whatever its status. */
  static async open(url: string, { token, lastEventId, headers }: SseOptions = {}): Promise<SseStream> {
    const asked = request(url, {
      agent: false,
      headers: {
        accept: 'text/event-stream',
        ...(token && { authorization: `Bearer ${token}` }),
        ...(lastEventId !== undefined && { 'last-event-id': lastEventId }),
        ...headers,
      },
    });
    asked.end();
    const [response] = (await once(asked, 'response')) as [IncomingMessage];
    // After a destroy the request would otherwise report the broken connection as uncaught.
    asked.on('error', () => undefined);
    return new SseStream(response);
  }

  get status(): number {
    return this.response.statusCode ?? 0;
  }

  get headers(): IncomingHttpHeaders {
    return this.response.headers;
  }

  /** Whether it ended as the server meant it to: not cut off. */
  get isWhole(): boolean {
    return this.response.complete;
  }

  /** The id that a reconnecting client would send. */
  get lastEventId(): string | undefined {
    return this.events.findLast((event) => event.id !== undefined)?.id;
  }

  get signals(): WireSignal[] {
    return this.events.map(({ data }) => JSON.parse(data) as WireSignal);
  }

  /** The next signal that was not given out yet and is of one of these types (of any, when none is named). */
  async nextSignal(...types: readonly string[]): Promise<WireSignal> {
    return until(() => this.take(types), { what: `a signal ${types.join(' or ')} at ${this.status}` });
  }

  private take(types: readonly string[]): WireSignal | undefined {
    while (this.taken < this.events.length) {
      const signal = JSON.parse(this.events[this.taken++]?.data ?? '') as WireSignal;
      if (types.length === 0 || types.includes(signal.type)) return signal;
    }
    if (this.isClosed) throw new Error(`the stream ended before a signal ${types.join(' or ')}`);
    return undefined;
  }

  /** Stops reading, so that the server's buffers fill up. */
  pause(): void {
    this.response.pause();
  }

  resume(): void {
    this.response.resume();
  }

  /** Breaks the connection without a word. */
  destroy(): void {
    this.response.destroy();
  }

  /** Resolves when the server, or destroy, has ended the stream. */
  async closed(): Promise<void> {
    await until(() => this.isClosed, { what: 'the stream to end' });
  }
}
