/** What a span says beside its name and times: words, numbers, ids; never what people or models wrote. */
export type Attributes = Readonly<Record<string, string | number | boolean | string[]>>;

export interface SpanPlan {
  readonly name: string;
  /** `server`: somebody asked us. `client`: we ask somebody. `internal`: neither. */
  readonly kind: 'server' | 'client' | 'internal';
  /**
   * The `traceparent` (W3C Trace Context §3.2) of what it is a part of; null, or what is none, for the beginning of a trace;
   * left out, it is a part of the span that is under way.
   */
  readonly parent?: string | null;
  readonly attributes: Attributes;
}

/** Something that takes time. It is sent once it has ended, and only then. */
export interface Span {
  /** Runs `work`, and all that follows from it, as a part of this span. */
  within<Result>(work: () => Result): Result;
  set(attributes: Attributes): void;
  /** It did not come to a good end; `code` is a word of ours, or a status. */
  fail(code: string): void;
  end(): void;
}

/** Who makes spans. */
export interface Tracing {
  begin(plan: SpanPlan): Span;
  /** The `traceparent` of the span that is under way; undefined outside of all. */
  traceParent(): string | undefined;
  /** The same function, run as a part of the span that is under way now, whenever that is. */
  bind<Work extends (...args: never[]) => unknown>(work: Work): Work;
}

let current: Tracing | undefined;

/** Undefined while nobody wants traces: then none of them is loaded, and nothing is done for them. */
export const tracing = (): Tracing | undefined => current;

/** To be called before the first request; undefined when traces have come to their end. */
export const useTracing = (given: Tracing | undefined): void => void (current = given);

/** Runs `work` within a span, where there is one. */
export const within = <Result>(span: Span | undefined, work: () => Result): Result =>
  span ? span.within(work) : work();

/** What tells a server that we ask to go on with our trace; nothing while there is none. */
export function traceHeaders(): Readonly<Record<string, string>> {
  const traceparent = current?.traceParent();
  return traceparent === undefined ? {} : { traceparent };
}
