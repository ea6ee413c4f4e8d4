import { ExportResultCode, type ExportResult } from '@opentelemetry/core';
import type { ReadableSpan, SpanExporter } from '@opentelemetry/sdk-trace-base';
import { counter } from '../instruments.js';

const sent = counter('pullcord_spans_sent_total', 'Spans that the collector took');
const lost = counter(
  'pullcord_spans_lost_total',
  'Spans that could not be sent to the collector; those that the queue had no room for are not in it',
);

/** Tells once that the collector does not take spans, and again only after it has taken some: it may be away for days. */
export class WatchedExporter implements SpanExporter {
  private isFailing = false;

  constructor(
    private readonly exporter: SpanExporter,
    private readonly warn: (sentence: string) => void,
  ) {}

  export(spans: ReadableSpan[], done: (result: ExportResult) => void): void {
    this.exporter.export(spans, (result) => {
      const isSent = result.code === ExportResultCode.SUCCESS;
      (isSent ? sent : lost).add(spans.length);
      if (!isSent && !this.isFailing)
        this.warn(`Traces cannot be sent: ${reasonOf(result.error)}. They are dropped until they can be.`);
      this.isFailing = !isSent;
      done(result);
    });
  }

  shutdown(): Promise<void> {
    return this.exporter.shutdown();
  }

  forceFlush(): Promise<void> {
    return this.exporter.forceFlush?.() ?? Promise.resolve();
  }
}

/** The code where there is one: a message may hold the answer of whoever is at that address. */
const reasonOf = (error: Error | undefined): string => {
  const { code } = (error ?? {}) as { readonly code?: string | number };
  return code === undefined || code === '' ? (error?.name ?? 'unknown') : String(code);
};
