import {
  ROOT_CONTEXT,
  SpanKind,
  SpanStatusCode,
  trace,
  type Context,
  type ContextManager,
  type Span as OtelSpan,
  type Tracer,
} from '@opentelemetry/api';
import { parseTraceParent } from '@opentelemetry/core';
import type { Attributes, Span, SpanPlan, Tracing } from '../tracing.js';

const kinds = {
  server: SpanKind.SERVER,
  client: SpanKind.CLIENT,
  internal: SpanKind.INTERNAL,
} as const;

/** Spans of OpenTelemetry, with a context of our own: nothing is registered globally, so nobody else's is in the way. */
export class OtelTracing implements Tracing {
  constructor(
    private readonly tracer: Tracer,
    private readonly contexts: ContextManager,
  ) {}

  begin({ name, kind, parent, attributes }: SpanPlan): Span {
    const within = parent === undefined ? this.contexts.active() : contextOf(parent);
    const span = this.tracer.startSpan(name, { kind: kinds[kind], attributes: { ...attributes } }, within);
    return new LiveSpan(span, trace.setSpan(within, span), this.contexts);
  }

  traceParent(): string | undefined {
    const span = trace.getSpanContext(this.contexts.active());
    if (!span) return undefined;
    return `00-${span.traceId}-${span.spanId}-${span.traceFlags.toString(16).padStart(2, '0')}`;
  }

  bind<Work extends (...args: never[]) => unknown>(work: Work): Work {
    return this.contexts.bind(this.contexts.active(), work);
  }
}

/** Where what somebody else began goes on here. What is no `traceparent` is none (W3C Trace Context §4.3). */
function contextOf(parent: string | null): Context {
  const found = parent === null ? null : parseTraceParent(parent);
  return found ? trace.setSpanContext(ROOT_CONTEXT, { ...found, isRemote: true }) : ROOT_CONTEXT;
}

class LiveSpan implements Span {
  constructor(
    private readonly span: OtelSpan,
    private readonly context: Context,
    private readonly contexts: ContextManager,
  ) {}

  within<Result>(work: () => Result): Result {
    return this.contexts.with(this.context, work);
  }

  set(attributes: Attributes): void {
    this.span.setAttributes({ ...attributes });
  }

  fail(code: string): void {
    this.span.setAttribute('error.type', code);
    this.span.setStatus({ code: SpanStatusCode.ERROR });
  }

  end(): void {
    this.span.end();
  }
}
