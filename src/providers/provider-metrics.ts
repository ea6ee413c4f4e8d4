import { counterBy, histogramBy } from '../telemetry/instruments.js';
import { within, type Span } from '../telemetry/tracing.js';
import { beginCallSpan, mapToFinish, type CallFacts, type FinishPart } from './call-spans.js';
import { ModelError } from './model-error.js';

/** `aborted`: whoever called has left. Otherwise `ok`, the code of a ModelError, or `internal_error`. */
const calls = counterBy(
  'pullcord_provider_calls_total',
  'Calls to providers that are over, retries and fallbacks each for itself, by what came of them',
  ['provider', 'outcome'],
);

const firstChunk = histogramBy(
  'pullcord_provider_first_chunk_seconds',
  'From a call to a provider to the first piece of its answer, its wait for a free place included',
  ['provider'],
);

const chunkGap = histogramBy(
  'pullcord_provider_chunk_gap_seconds',
  'From one piece of a provider’s answer to the next',
  ['provider'],
);

const callSeconds = histogramBy(
  'pullcord_provider_call_seconds',
  'How long calls to a provider took, whatever came of them',
  ['provider'],
);

const open = new Map<string, number>();

/** Calls that are under way, or wait for a free place, by provider. */
export const openCalls = (): ReadonlyMap<string, number> => open;

/** What is measured of one call. It is over once `end` was called, the first time. */
export class CallMeasure {
  private readonly began = performance.now();
  private last = this.began;
  private hasPart = false;
  private outcome = 'aborted';
  private isOver = false;
  private readonly gaps;
  private readonly span: Span | undefined;

  constructor(
    private readonly provider: string,
    asked: CallFacts,
  ) {
    this.span = beginCallSpan(provider, asked);
    this.gaps = chunkGap.of(provider);
    open.set(provider, (open.get(provider) ?? 0) + 1);
  }

  /** Runs what makes the call, as a part of its span. */
  within<Result>(work: () => Result): Result {
    return within(this.span, work);
  }

  /** What the model said of its answer. */
  finish(part: FinishPart): void {
    this.span?.set(mapToFinish(part));
  }

  /** A piece of the answer has come. */
  part(): void {
    const now = performance.now();
    if (this.hasPart) this.gaps.observe((now - this.last) / 1000);
    else firstChunk.of(this.provider).observe((now - this.began) / 1000);
    this.hasPart = true;
    this.last = now;
  }

  /** It came to its end. */
  succeed(): void {
    this.outcome = 'ok';
  }

  /** It failed, unless the caller had left before that. */
  fail(error: unknown, abort: AbortSignal): void {
    if (!abort.aborted) this.outcome = error instanceof ModelError ? error.code : 'internal_error';
  }

  /** The server answered with this status, which is none of success. */
  refuse(status: number): void {
    if (status === 429) this.outcome = 'rate_limited';
    else this.outcome = status >= 500 ? 'upstream_error' : 'upstream_rejected';
  }

  end(): void {
    if (this.isOver) return;
    this.isOver = true;
    open.set(this.provider, (open.get(this.provider) ?? 1) - 1);
    calls.of(this.provider, this.outcome).add();
    if (this.outcome !== 'ok' && this.outcome !== 'aborted') this.span?.fail(this.outcome);
    this.span?.end();
    callSeconds.of(this.provider).observe((performance.now() - this.began) / 1000);
  }
}
