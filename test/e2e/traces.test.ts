// One trace from a request through its run to the provider, sent to a collector that nobody waits for.
import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { act, body, createContext, reaches, type Accepted } from '../support/api.js';
import { FakeCollector, type CollectedSpan } from '../support/collector.js';
import { answer, FakeUpstream, partial, refusal, type PlannedCall } from '../support/fake-upstream.js';
import { caller, type Caller } from '../support/http.js';
import { scrape } from '../support/metrics.js';
import { startServer, type TestServer } from '../support/server.js';
import { until } from '../support/until.js';

const secretWords = 'a-very-secret-sentence';
const now: PlannedCall = { id: 'call_now', name: 'current_time', arguments: ['{}'] };

let collector: FakeCollector;
let near: FakeUpstream;
let server: TestServer;
let api: Caller;

beforeAll(async () => {
  [collector, near] = await Promise.all([FakeCollector.start(), FakeUpstream.start()]);
  server = await startServer({
    env: {
      PULLCORD_PROVIDERS: JSON.stringify({
        near: { type: 'openai_compatible', base_url: near.url, models: ['a'], api_key: 'sk-near-0123456789' },
      }),
      PULLCORD_MODEL_MAX_ATTEMPTS: '1',
      OTEL_EXPORTER_OTLP_ENDPOINT: `${collector.url}/`,
      OTEL_SERVICE_NAME: 'our-chat',
      OTEL_BSP_SCHEDULE_DELAY: '20',
      PULLCORD_TRACE_FLUSH_MS: '300',
    },
  });
  api = caller(server);
});
afterAll(() => Promise.all([collector.close(), near.close()]));
beforeEach(() => {
  near.clear().on(() => answer(`${secretWords} from near.`));
  collector.mode = 'take';
});

interface Caught {
  readonly traceId: string;
  readonly spanId: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** A trace that the caller has begun. */
function begun(flags = '01'): Caught {
  const [traceId, spanId] = [randomBytes(16).toString('hex'), randomBytes(8).toString('hex')];
  return { traceId, spanId, headers: { traceparent: `00-${traceId}-${spanId}-${flags}` } };
}

/** Sends a message as a part of a trace; resolves once it is answered, with the context's id. */
async function ask(
  { headers }: Pick<Caught, 'headers'>,
  input: object = {},
  ends = 'awaiting_user',
): Promise<string> {
  const { id } = await createContext(api, { config: { model: 'near/a' } });
  const send = { content: secretWords, ...input };
  body(
    await api.post<Accepted>(`/contexts/${id}/actions/send_message?q=${secretWords}`, send, { headers }),
    202,
  );
  await reaches(api, id, ends);
  return id;
}

const named = (spans: readonly CollectedSpan[], name: string): readonly CollectedSpan[] =>
  spans.filter((span) => span.name === name);

const request = 'POST /contexts/:context_id/actions/send_message';

describe('a message', () => {
  it('is one trace: the caller’s, with the request in it, in that the run, and in that the call', async () => {
    const given = begun();
    const calls = near.calls.length;
    const id = await ask(given);
    const spans = await collector.trace(given.traceId, 3);
    const [asked] = named(spans, request);
    const [run] = named(spans, 'run answer');
    const [call] = named(spans, 'chat a');
    expect(spans).toHaveLength(3);
    expect(asked).toMatchObject({ parentSpanId: given.spanId, kind: 2, isError: false });
    expect(run).toMatchObject({ parentSpanId: asked?.spanId, kind: 1, isError: false });
    expect(call).toMatchObject({ parentSpanId: run?.spanId, kind: 3, isError: false });
    expect(asked?.attributes).toMatchObject({
      'http.request.method': 'POST',
      'http.route': '/contexts/:context_id/actions/send_message',
      'http.response.status_code': 202,
      'url.path': `/contexts/${id}/actions/send_message`,
      'url.scheme': 'http',
    });
    expect(run?.attributes).toMatchObject({ 'pullcord.run.kind': 'answer', 'gen_ai.conversation.id': id });
    expect(call?.attributes).toMatchObject({
      'gen_ai.operation.name': 'chat',
      'gen_ai.provider.name': 'near',
      'gen_ai.request.model': 'a',
      'gen_ai.response.finish_reasons': { values: [{ stringValue: 'stop' }] },
    });
    expect(call?.attributes).toHaveProperty(['gen_ai.usage.input_tokens']);
    expect(call?.resource).toMatchObject({ 'service.name': 'our-chat' });
    const { request: upstream } = await near.call(calls);
    expect(upstream.headers.traceparent).toBe(`00-${given.traceId}-${call?.spanId}-01`);
    expect(new Set(collector.paths)).toEqual(new Set(['/v1/traces']));
  });

  it('whose tools wait for approval stays one trace, also when the server restarts meanwhile', async () => {
    near.enqueue(answer([], { calls: [now] }), answer('It is late.'));
    const given = begun();
    const id = await ask(given);
    const [first] = named(await collector.trace(given.traceId, 3), 'run answer');
    await server.restart();
    await act(api, id, 'approve_tools', { approvals: [{ tool_call_id: 'call_now', decision: 'approve' }] });
    const spans = await collector.trace(given.traceId, 5);
    const [asked] = named(spans, request);
    const runs = named(spans, 'run answer');
    expect(runs.map(({ parentSpanId }) => parentSpanId)).toEqual([asked?.spanId, asked?.spanId]);
    const second = runs.find(({ spanId }) => spanId !== first?.spanId);
    const calls = named(spans, 'chat a').map(({ parentSpanId }) => parentSpanId);
    expect(calls).toEqual([first?.spanId, second?.spanId]);
  });

  it('that waited behind another is of its own trace, though the other’s end has woken it', async () => {
    const [first, second] = [begun(), begun()];
    near.enqueue(partial(['One'], { type: 'hold' }), answer('Two'));
    const calls = near.calls.length;
    const id = await ask(first, {}, 'streaming_response');
    const input = { content: 'And?', on_busy: 'queue' };
    body(await api.post(`/contexts/${id}/actions/send_message`, input, second), 202);
    (await near.call(calls)).release();
    await until(async () => near.calls.length === calls + 2, { what: 'the second call' });
    const spans = await collector.trace(second.traceId, 3);
    const [asked] = named(spans, request);
    expect(named(spans, 'run answer')).toMatchObject([{ parentSpanId: asked?.spanId }]);
    expect(await collector.trace(first.traceId, 3)).toHaveLength(3);
  });

  it('whose call fails says so of the call and of the run, not of the request', async () => {
    near.enqueue(refusal(503, secretWords));
    const given = begun();
    await ask(given, {}, 'error');
    const spans = await collector.trace(given.traceId, 3);
    const errors = spans.map(({ name, isError, attributes }) => [name, isError, attributes['error.type']]);
    expect(new Map(errors.map(([name, ...rest]) => [name, rest]))).toEqual(
      new Map([
        [request, [false, undefined]],
        ['run answer', [true, 'upstream_error']],
        ['chat a', [true, 'upstream_error']],
      ]),
    );
  });

  it('that was cancelled has failed nowhere', async () => {
    near.enqueue(partial(['One'], { type: 'stall' }));
    const given = begun();
    const id = await ask(given, {}, 'streaming_response');
    await act(api, id, 'cancel');
    const spans = await collector.trace(given.traceId, 3);
    expect(spans.filter(({ isError }) => isError)).toEqual([]);
    expect(named(spans, 'run answer')).toMatchObject([
      { attributes: { 'pullcord.run.stopped': 'turn_ended' } },
    ]);
  });

  it('is not traced where its caller has decided so, and the provider is told of that', async () => {
    const given = begun('00');
    const calls = near.calls.length;
    await ask(given);
    const { request: upstream } = await near.call(calls);
    expect(upstream.headers.traceparent).toMatch(new RegExp(`^00-${given.traceId}-[0-9a-f]{16}-00$`));
    await ask(begun());
    await collector.span('chat a');
    expect(collector.spans.filter(({ traceId }) => traceId === given.traceId)).toEqual([]);
  });
});

describe('a request', () => {
  it('begins a trace where it brings none, or something that is none', async () => {
    for (const traceparent of [undefined, 'x', `00-${'0'.repeat(32)}-1-01`]) {
      const from = collector.spans.length;
      await api.get('/models', { headers: traceparent === undefined ? {} : { traceparent } });
      const span = await until(() => collector.spans.slice(from).find(({ name }) => name === 'GET /models'), {
        what: 'its span',
      });
      expect(span).toMatchObject({
        parentSpanId: '',
        traceId: expect.stringMatching(/^[0-9a-f]{32}$/) as string,
      });
    }
  });

  it('to the gateway has the call in it', async () => {
    const given = begun();
    const calls = near.calls.length;
    const input = { model: 'near/a', messages: [{ role: 'user', content: secretWords }], stream: true };
    body(await api.post('/v1/chat/completions', input, given));
    const spans = await collector.trace(given.traceId, 2);
    const [asked] = named(spans, 'POST /v1/chat/completions');
    expect(asked).toMatchObject({ parentSpanId: given.spanId });
    const [call] = named(spans, 'chat a');
    expect(call).toMatchObject({ parentSpanId: asked?.spanId });
    const { request: upstream } = await near.call(calls);
    expect(upstream.headers.traceparent).toBe(`00-${given.traceId}-${call?.spanId}-01`);
  });

  it('of a watcher is in no trace', async () => {
    await api.get('/metrics');
    await api.get('/health/ready');
    await api.get('/openapi.json');
    await collector.span('GET /openapi.json');
    expect(collector.spans.filter(({ name }) => /metrics|health/.test(name))).toEqual([]);
  });

  it('leaves nothing in any span of what was said, searched for or kept secret', () => {
    expect(collector.spans.length).toBeGreaterThan(20);
    for (const secret of [secretWords, 'sk-near', 'from near', 'It is late'])
      expect(collector.received).not.toContain(secret);
  });
});

describe('a collector', () => {
  it('that takes nothing is told of once, and keeps nobody waiting', async () => {
    collector.mode = 'refuse';
    const lost = async (): Promise<number> => (await scrape(api)).sum('pullcord_spans_lost_total');
    for (const least of [1, 2]) {
      const before = await lost();
      await ask(begun());
      await until(async () => (await lost()) >= before + least, { what: 'the lost spans' });
    }
    const told = server.logs.filter(({ msg }) => msg?.startsWith('Traces cannot be sent'));
    expect(told).toMatchObject([{ level: 'warn' }]);
    expect(told[0]?.msg).not.toContain(collector.url);
  });

  it('that is silent makes no queue grow past its bound, and no end longer than its own', async () => {
    await server.stop();
    await server.restart({ PULLCORD_TRACE_QUEUE_MAX: '5', OTEL_EXPORTER_OTLP_TIMEOUT: '600000' });
    const from = collector.spans.length;
    collector.mode = 'hold';
    for (let n = 0; n < 30; n++) await api.get('/models');
    collector.release();
    await until(() => collector.spans.length > from, { what: 'the spans that were kept' });
    collector.mode = 'hold';
    for (let n = 0; n < 10; n++) await api.get('/models');
    const paths = collector.paths.length;
    expect(await server.stop()).toEqual({ code: 0, signal: null });
    expect(collector.paths.length).toBeGreaterThanOrEqual(paths);
    // Five were on their way, five waited; the end of a request may come a moment after its answer.
    expect(collector.spans.length - from).toBeLessThanOrEqual(15);
    collector.release();
  });
});
