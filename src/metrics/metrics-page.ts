import type { Family } from '../telemetry/family.js';

/** The text of docs/reference/metrics.md, from the declarations themselves. */
export const metricsPage = (families: readonly Family[]): string => `# Metrics and traces

## Metrics

\`GET /metrics\` answers in Prometheus’ text format:

\`\`\`sh
curl -s http://127.0.0.1:3000/metrics | grep '^pullcord_runs_live'
\`\`\`

\`\`\`text
pullcord_runs_live 0
\`\`\`

Without \`PULLCORD_TOKENS\` it is open, like everything; with them any of them will do. What is measured is of all owners
together, so a server of several owners better sets \`PULLCORD_METRICS_TOKEN\`: then that token alone is let in, and to nothing
but this.

\`\`\`yaml
scrape_configs:
  - job_name: pullcord
    authorization: { credentials: the-token }
    static_configs: [{ targets: ['127.0.0.1:3000'] }]
\`\`\`

\`ops/grafana/pullcord.json\` is a dashboard of all this: import it in Grafana, and choose the Prometheus that scrapes.

Labels are words of the code or of the settings: the pattern of an address, the name of a provider. Ids, owners, models and
texts are in none, so there are never many; past 2000 series of one name, all new ones would share one whose labels are
\`other\`. Every number is of one node and begins anew with each start, but for \`pullcord_runs\`, which is read from the
database. Histograms of time have buckets from half a millisecond to a minute, those of runs to an hour.

| Name | Kind | Labels | What it is |
| --- | --- | --- | --- |
${families.map(row).join('\n')}

Beside these there are what [prom-client](https://github.com/siimon/prom-client) measures of any process, \`process_…\` and
\`nodejs_…\`: memory, CPU, open files, garbage collection, and \`nodejs_eventloop_lag_p99_seconds\` and the like, the delay of the
event loop since the last scrape. They begin with the first scrape.

### What to look at first

- \`pullcord_run_first_chunk_seconds\` is what people wait for. When it grows, \`pullcord_provider_first_chunk_seconds\` tells
  whether the provider is slow; what is beyond that is waiting for a turn, preparing, and committing.
- \`pullcord_unit_seconds\` is how long a write takes; \`pullcord_commit_sync_seconds\` is the disk’s part of it.
- \`pullcord_units_waiting\` and \`pullcord_units_undone_total{reason="unavailable"}\` grow when the database cannot keep up.
- \`pullcord_signals_dropped_total\` and \`pullcord_streams_stalled_total\` are readers that are too slow. They lose nothing: they
  are told to pull.
- \`nodejs_eventloop_lag_p99_seconds\` above a tenth of a second means that the process has too much to do: add a node.

## Traces

With \`OTEL_EXPORTER_OTLP_ENDPOINT\` spans are sent to a collector, by OTLP over HTTP as JSON, to \`/v1/traces\` under it. Without
it nothing of OpenTelemetry is loaded. A message is one trace:

\`\`\`text
POST /contexts/:context_id/actions/send_message    the request; goes on with the caller's trace (traceparent)
└── run answer                                     whichever node executes it, also after a restart
    ├── chat gpt-4o-mini                           a call to the model; the provider is sent traceparent
    └── chat gpt-4o-mini                           the next one, after a round of tools
\`\`\`

| Span | Kind | Attributes |
| --- | --- | --- |
| a request: method and pattern of its address | server | \`http.request.method\`, \`http.route\`, \`http.response.status_code\`, \`url.path\`, \`url.scheme\`, \`network.protocol.version\`, \`pullcord.request.id\`, \`pullcord.request.aborted\`, \`error.type\` from status 500 on |
| \`run\` and its kind | internal | \`pullcord.run.id\`, \`pullcord.run.kind\`, \`gen_ai.conversation.id\` (the context), \`pullcord.run.stopped\`, \`error.type\` |
| \`chat\`, \`embeddings\` or \`count_tokens\`, and the model | client | \`gen_ai.operation.name\`, \`gen_ai.provider.name\`, \`gen_ai.request.model\`, \`gen_ai.response.finish_reasons\`, \`gen_ai.usage.input_tokens\`, \`gen_ai.usage.output_tokens\`, \`error.type\` |

No span holds what people or models wrote, what was searched for, a token, or an owner. Streams of signals, \`/health/…\` and
\`/metrics\` have none. Spans wait in a queue of \`PULLCORD_TRACE_QUEUE_MAX\`; when it is full new ones are dropped, and when the
collector takes none there is one line in the log, \`pullcord_spans_lost_total\` grows, and nobody waits. At the end the last ones
have \`PULLCORD_TRACE_FLUSH_MS\`. \`OTEL_SERVICE_NAME\` is a setting too; what else OpenTelemetry reads from the environment
(\`OTEL_EXPORTER_OTLP_HEADERS\`, \`OTEL_TRACES_SAMPLER\`, \`OTEL_RESOURCE_ATTRIBUTES\`, \`OTEL_BSP_SCHEDULE_DELAY\` …) means here what
its documentation says.
`;

const row = ({ name, kind, labelNames, about }: Family): string =>
  `| \`${name}\` | ${kind} | ${labelNames.map((label) => `\`${label}\``).join(', ')} | ${about} |`;
