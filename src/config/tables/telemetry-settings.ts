import { tokenHash } from '../access-token.js';
import { longest, text, url, wholeNumber } from '../kinds.js';
import { Setting } from '../setting.js';

/** Who may read what is measured, and where traces go. */
export class TelemetrySettings {
  @Setting(
    {
      env: 'PULLCORD_METRICS_TOKEN',
      file: 'metrics.token',
      about:
        'The one token that GET /metrics is answered to; unset, it is answered to whoever may call the server at all.',
      secret: true,
    },
    tokenHash,
  )
  /** SHA-256, 64 lower-case hex digits. */
  readonly metricsToken?: string;

  @Setting(
    {
      env: 'OTEL_EXPORTER_OTLP_ENDPOINT',
      file: 'traces.endpoint',
      about: 'The collector that traces are sent to, by OTLP over HTTP; unset, none are made.',
    },
    url('http:', 'https:'),
  )
  readonly otlpEndpoint?: string;

  @Setting(
    {
      env: 'OTEL_SERVICE_NAME',
      file: 'traces.service_name',
      about: 'What this server is called in traces.',
    },
    text('1 to 100 characters', /^[^\p{C}]{1,100}$/u),
  )
  readonly otelServiceName: string = 'pullcord';

  @Setting(
    {
      env: 'PULLCORD_TRACE_QUEUE_MAX',
      file: 'traces.queue_max',
      about: 'Spans that may wait to be sent; past it new ones are dropped.',
    },
    wholeNumber(1, 1_000_000),
  )
  readonly traceQueueMax: number = 2048;

  @Setting(
    {
      env: 'PULLCORD_TRACE_FLUSH_MS',
      file: 'traces.flush_ms',
      about: 'How long the last spans may take to be sent when the server ends; then they are left.',
    },
    wholeNumber(0, longest),
  )
  readonly traceFlushMs: number = 2_000;
}
