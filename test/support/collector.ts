// A collector of traces for tests: OTLP over HTTP, as JSON, on 127.0.0.1.
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { until } from './until.js';

/** A span as it arrived. */
export interface CollectedSpan {
  readonly name: string;
  readonly traceId: string;
  readonly spanId: string;
  /** Empty for the first of a trace that nobody else began. */
  readonly parentSpanId: string;
  /** 1 internal, 2 server, 3 client (opentelemetry/proto/trace/v1). */
  readonly kind: number;
  readonly isError: boolean;
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly resource: Readonly<Record<string, unknown>>;
}

interface WireAttribute {
  readonly key: string;
  readonly value: Readonly<Record<string, unknown>>;
}

interface WireSpan {
  readonly name: string;
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly kind: number;
  readonly status?: { readonly code?: number };
  readonly attributes?: readonly WireAttribute[];
}

interface WireTraces {
  readonly resourceSpans: readonly {
    readonly resource: { readonly attributes: readonly WireAttribute[] };
    readonly scopeSpans: readonly { readonly spans: readonly WireSpan[] }[];
  }[];
}

export class FakeCollector {
  readonly spans: CollectedSpan[] = [];
  /** The paths that were asked for, and everything that was sent. */
  readonly paths: string[] = [];
  received = '';
  /** What is done with what comes: `refuse` it for good, or say nothing until `release`. */
  mode: 'take' | 'refuse' | 'hold' = 'take';
  private readonly held: (() => void)[] = [];
  private readonly server = createServer((request, response) => void this.take(request, response));

  static async start(): Promise<FakeCollector> {
    const collector = new FakeCollector();
    collector.server.listen(0, '127.0.0.1');
    await once(collector.server, 'listening');
    return collector;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** Takes what it held, and all that comes. */
  release(): void {
    this.mode = 'take';
    for (const goOn of this.held.splice(0)) goOn();
  }

  /** The spans of a trace, once so many have come. */
  trace(traceId: string, count: number): Promise<readonly CollectedSpan[]> {
    const ofTrace = (): CollectedSpan[] => this.spans.filter((span) => span.traceId === traceId);
    return until(() => ofTrace().length >= count && ofTrace(), { what: `${count} spans of the trace` });
  }

  /** The first span of this name. */
  span(name: string): Promise<CollectedSpan> {
    return until(() => this.spans.find((span) => span.name === name), { what: `the span ${name}` });
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    this.server.close();
    await once(this.server, 'close');
  }

  private async take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await text(request);
    this.paths.push(request.url ?? '');
    if (this.mode === 'hold') await new Promise<void>((resolve) => this.held.push(resolve));
    if (this.mode === 'refuse') return void response.writeHead(400).end();
    this.received += body;
    for (const { resource, scopeSpans } of (JSON.parse(body) as WireTraces).resourceSpans)
      for (const span of scopeSpans.flatMap(({ spans }) => spans))
        this.spans.push(read(span, plain(resource.attributes)));
    response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
  }
}

const read = (span: WireSpan, resource: CollectedSpan['resource']): CollectedSpan => ({
  name: span.name,
  traceId: span.traceId,
  spanId: span.spanId,
  parentSpanId: span.parentSpanId ?? '',
  kind: span.kind,
  isError: span.status?.code === 2,
  attributes: plain(span.attributes ?? []),
  resource,
});

const plain = (attributes: readonly WireAttribute[]): Record<string, unknown> =>
  Object.fromEntries(attributes.map(({ key, value }) => [key, Object.values(value)[0]]));
