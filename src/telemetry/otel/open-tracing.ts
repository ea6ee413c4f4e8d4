import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { defaultResource, resourceFromAttributes } from '@opentelemetry/resources';
import { BasicTracerProvider, BatchSpanProcessor } from '@opentelemetry/sdk-trace-base';
import { useTracing } from '../tracing.js';
import { OtelTracing } from './otel-tracing.js';
import { WatchedExporter } from './watched-exporter.js';

export interface TracingOptions {
  /** The base URL of the collector: spans go to `/v1/traces` under it. */
  readonly endpoint: string;
  readonly serviceName: string;
  readonly version: string;
  /** Spans that may wait to be sent; past it new ones are dropped. */
  readonly queueMax: number;
  /** How long the last ones may take to be sent at the end. */
  readonly flushMs: number;
  /** Hears once that the collector does not take spans, and again after it has taken some. */
  readonly warn: (sentence: string) => void;
}

/** Spans that are sent together. */
const batchMax = 512;

/**
 * Begins to make spans and to send them, by OTLP over HTTP. What else OpenTelemetry lets people set (headers, sampler,
 * delays) it reads from the environment itself. Answers how to end it, which sends what is left within `flushMs`.
 *
 * Nobody waits for the collector: spans wait in a bounded queue, and are dropped when it is full or cannot be sent.
 */
export function openTracing(options: TracingOptions): () => Promise<void> {
  const { endpoint, serviceName, version, queueMax, flushMs, warn } = options;
  const url = `${endpoint.replace(/\/+$/, '')}/v1/traces`;
  const exporter = new WatchedExporter(new OTLPTraceExporter({ url }), warn);
  const provider = new BasicTracerProvider({
    resource: defaultResource().merge(
      resourceFromAttributes({ 'service.name': serviceName, 'service.version': version }),
    ),
    spanProcessors: [
      new BatchSpanProcessor(exporter, {
        maxQueueSize: queueMax,
        maxExportBatchSize: Math.min(batchMax, queueMax),
      }),
    ],
  });
  const contexts = new AsyncLocalStorageContextManager().enable();
  useTracing(new OtelTracing(provider.getTracer('pullcord', version), contexts));
  return async () => {
    useTracing(undefined);
    await inTime(provider.shutdown(), flushMs);
    contexts.disable();
  };
}

/** Resolves when `work` has ended, well or not, or its time is over. */
async function inTime(work: Promise<unknown>, ms: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<void>((resolve) => (timer = setTimeout(resolve, ms)));
  // What could not be sent was told by the exporter.
  await Promise.race([work.catch(() => undefined), limit]);
  clearTimeout(timer);
}
