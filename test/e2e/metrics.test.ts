// What whoever watches the server is told by GET /metrics.
import { beforeAll, describe, expect, it } from 'vitest';
import { createHash } from 'node:crypto';
import { dialect } from '../support/databases.js';
import {
  act,
  appendDeltas,
  beginStream,
  body,
  createContext,
  getPage,
  pullChunks,
  reaches,
  refused,
} from '../support/api.js';
import { call, caller, type Caller } from '../support/http.js';
import { scrape, type Scrape } from '../support/metrics.js';
import { startServer, type TestServer } from '../support/server.js';
import { SseStream } from '../support/sse.js';
import { until } from '../support/until.js';

const secretWords = 'a-very-secret-sentence';

let server: TestServer;
let ada: Caller;
beforeAll(async () => {
  server = await startServer({ env: { PULLCORD_TOKENS: 'ada-the-owner:ada-token,bob:bob-token' } });
  ada = caller(server, { token: 'ada-token' });
});

/** Scrapes until it shows that; what is counted when an answer has left comes a moment after the answer. */
const shows = (what: string, isShown: (scraped: Scrape) => boolean): Promise<Scrape> =>
  until(
    async () => {
      const scraped = await scrape(ada);
      return isShown(scraped) && scraped;
    },
    { what },
  );

/** An answer of the scripted model; resolves with the context's id and the message that holds it. */
async function converse(content: string): Promise<{ id: string; messageId: string; text: string }> {
  const { id } = await createContext(ada);
  await act(ada, id, 'send_message', { content });
  await reaches(ada, id, 'awaiting_user');
  const { messages } = await getPage(ada, id);
  const answer = messages.find(({ role }) => role === 'assistant');
  return { id, messageId: answer?.id ?? '', text: JSON.stringify(answer) };
}

describe('a scrape', () => {
  it('is of Prometheus’ text format, and is not to be kept', async () => {
    const answer = await ada.get<string>('/metrics');
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
    expect(answer.headers.get('cache-control')).toBe('no-store');
    const { families } = await scrape(ada);
    expect(families.size).toBeGreaterThan(40);
    for (const { name, type, help, samples } of families.values()) {
      expect(['counter', 'gauge', 'histogram', 'summary'], name).toContain(type);
      expect(help, name).toMatch(/\w/);
      if (!name.startsWith('pullcord_')) continue;
      expect(help, name).toMatch(/\.$/);
      expect(name.endsWith('_total'), name).toBe(type === 'counter');
      expect(
        samples.every(({ value }) => value >= 0),
        name,
      ).toBe(true);
    }
  });

  it('has histograms whose buckets hold those below them, and in the last one all', async () => {
    await converse('/words 5');
    const { families } = await scrape(ada);
    const histograms = [...families.values()].filter(({ type }) => type === 'histogram');
    expect(histograms.length).toBeGreaterThan(5);
    for (const { name, samples } of histograms) {
      const counts = samples.filter((sample) => sample.name === `${name}_count`);
      for (const { labels, value } of counts) {
        const mine = samples.filter(
          (sample) =>
            sample.name === `${name}_bucket` &&
            Object.entries(labels).every(([label, text]) => sample.labels[label] === text),
        );
        const buckets = mine.map((bucket) => bucket.value);
        expect(buckets, name).toEqual([...buckets].sort((a, b) => a - b));
        expect(mine.at(-1), name).toMatchObject({ labels: { le: '+Inf' }, value });
      }
    }
  });

  it('says what runs', async () => {
    const { sum } = await scrape(ada);
    expect(sum('pullcord_build', { dialect, node: process.version })).toBe(1);
    expect(sum('process_resident_memory_bytes')).toBeGreaterThan(10_000_000);
    expect((await scrape(ada)).families.has('nodejs_eventloop_lag_p99_seconds')).toBe(true);
  });
});

describe('after a conversation', () => {
  it('its run, its chunks, its call and its tokens are counted', async () => {
    const before = await scrape(ada);
    const { id, messageId } = await converse(`/words 7\n${secretWords}`);
    const { current_sequence: chunks } = await pullChunks(ada, `/contexts/${id}/messages/${messageId}`);
    const after = await shows('the run that ended', ({ sum }) =>
      ['pullcord_run_seconds_count', 'pullcord_provider_calls_total'].every(
        (name) => sum(name) === before.sum(name) + 1,
      ),
    );
    const moved = (name: string, labels: Readonly<Record<string, string>> = {}): number =>
      after.sum(name, labels) - before.sum(name, labels);
    expect(chunks).toBeGreaterThan(6);
    expect(moved('pullcord_chunks_total', { by: 'run' })).toBe(chunks);
    expect(moved('pullcord_chunks_total', { by: 'producer' })).toBe(0);
    expect(moved('pullcord_runs_accepted_total', { kind: 'answer' })).toBe(1);
    expect(moved('pullcord_runs_ended_total', { kind: 'answer', status: 'completed' })).toBe(1);
    expect(moved('pullcord_run_first_chunk_seconds_count')).toBe(1);
    expect(moved('pullcord_provider_calls_total', { provider: 'scripted', outcome: 'ok' })).toBe(1);
    expect(moved('pullcord_provider_first_chunk_seconds_count', { provider: 'scripted' })).toBe(1);
    expect(moved('pullcord_provider_chunk_gap_seconds_count')).toBeGreaterThan(5);
    expect(moved('pullcord_tokens_total', { provider: 'scripted', kind: 'completion' })).toBeGreaterThan(0);
    expect(moved('pullcord_units_total', { unit: 'send_message' })).toBe(1);
    expect(moved('pullcord_unit_seconds_count')).toBeGreaterThan(chunks / 2);
    expect(moved('pullcord_commit_units_count')).toBeGreaterThan(2);
    expect(after.sum('pullcord_runs')).toBe(0);
    expect(after.sum('pullcord_provider_calls_open')).toBe(0);
  });

  it('nothing in it says whose it was, which one, or what was said', async () => {
    const { id, messageId, text } = await converse(`/echo ${secretWords}`);
    expect(text).toContain(secretWords);
    const { text: scraped } = await scrape(ada);
    for (const secret of [id, messageId, secretWords, 'ada-the-owner', 'ada-token'])
      expect(scraped).not.toContain(secret);
    expect(scraped).not.toMatch(/[0-9a-f]{8}-[0-9a-f]{4}-/);
  });

  it('a failed call has the code of its failure, and its run is failed', async () => {
    const { id } = await createContext(ada);
    await act(ada, id, 'send_message', { content: '/fail upstream_rejected' });
    await reaches(ada, id, 'error');
    const after = await shows(
      'the failed run',
      ({ sum }) => sum('pullcord_runs', { status: 'running' }) === 0,
    );
    const failed = { provider: 'scripted', outcome: 'upstream_rejected' };
    expect(after.sum('pullcord_provider_calls_total', failed)).toBe(1);
    expect(after.sum('pullcord_runs_ended_total', { status: 'failed' })).toBe(1);
  });

  it('a run under way and its call are shown while they last, and the call was left when it is cancelled', async () => {
    const { id } = await createContext(ada);
    await act(ada, id, 'send_message', { content: '/stall 2' });
    await reaches(ada, id, 'streaming_response');
    const during = await scrape(ada);
    expect(during.sum('pullcord_runs', { status: 'running' })).toBe(1);
    expect(during.sum('pullcord_runs_live')).toBe(1);
    expect(during.sum('pullcord_provider_calls_open', { provider: 'scripted' })).toBe(1);
    await act(ada, id, 'cancel');
    await shows('the cancelled run', ({ sum }) => {
      const isOver = sum('pullcord_runs_live') + sum('pullcord_provider_calls_open') === 0;
      return isOver && sum('pullcord_provider_calls_total', { outcome: 'aborted' }) === 1;
    });
  });
});

describe('requests and pulls', () => {
  it('are counted by the pattern of their address, whatever the ids', async () => {
    await createContext(ada);
    const before = await shows('the first', ({ sum }) => sum('pullcord_http_requests_total') > 0);
    const nowhere = { route: 'none', status: '404' };
    const contexts = [await createContext(ada), await createContext(ada), await createContext(ada)];
    for (const { id } of contexts) body(await ada.get(`/contexts/${id}/metadata`));
    await ada.get('/no/such/address');
    await ada.get(`/${secretWords}?q=${secretWords}`);
    const route = '/contexts/:context_id/metadata';
    const after = await shows('six requests', ({ sum }) => {
      const isThere = sum('pullcord_http_requests_total', { route, method: 'GET', status: '200' }) >= 3;
      const lost = sum('pullcord_http_requests_total', nowhere);
      return isThere && lost === before.sum('pullcord_http_requests_total', nowhere) + 2;
    });
    expect(after.sum('pullcord_http_request_seconds_count', { route })).toBeGreaterThanOrEqual(3);
    expect(after.text).not.toContain(secretWords);
    const routes = (scraped: Scrape['families']): number =>
      new Set(scraped.get('pullcord_http_requests_total')?.samples.map(({ labels }) => labels.route)).size;
    expect(routes(after.families) - routes(before.families)).toBeLessThanOrEqual(2);
  });

  it('are told apart by cursor, and by whether there was anything', async () => {
    const { id } = await createContext(ada);
    const stream = await beginStream(ada, id);
    await appendDeltas(ada, stream, 'one', 'two', 'three');
    const before = await scrape(ada);
    await pullChunks(ada, stream, '?after=1');
    await pullChunks(ada, stream, '?after=3');
    body(await ada.get(`/contexts/${id}/messages?changed_since=0`));
    const tag = (await ada.get(`/contexts/${id}/metadata`)).headers.get('etag') ?? '';
    expect((await ada.get(`/contexts/${id}/metadata`, { headers: { 'if-none-match': tag } })).status).toBe(
      304,
    );
    const after = await scrape(ada);
    const moved = (cursor: string, found: string): number =>
      after.sum('pullcord_pulls_total', { cursor, found }) -
      before.sum('pullcord_pulls_total', { cursor, found });
    expect([moved('sequence', 'something'), moved('sequence', 'nothing')]).toEqual([1, 1]);
    expect([moved('revision', 'something'), moved('revision', 'nothing')]).toEqual([1, 0]);
    expect([moved('etag', 'something'), moved('etag', 'nothing')]).toEqual([0, 1]);
  });

  it('streams and the signals on them are counted, and how long a stream lasts is nobody’s latency', async () => {
    const { id } = await createContext(ada);
    const before = await scrape(ada);
    const stream = await SseStream.open(`${server.url}/contexts/${id}/events`, { token: 'ada-token' });
    const message = await beginStream(ada, id);
    await appendDeltas(ada, message, 'one', 'two');
    await until(() => stream.signals.some(({ type }) => type === 'content_delta'), { what: 'the delta' });
    const during = await scrape(ada);
    expect(during.sum('pullcord_streams')).toBe(1);
    expect(during.sum('pullcord_subscribers')).toBe(1);
    expect(during.sum('pullcord_streams_opened_total') - before.sum('pullcord_streams_opened_total')).toBe(1);
    expect(during.sum('pullcord_chunks_total', { by: 'producer' })).toBe(
      before.sum('pullcord_chunks_total', { by: 'producer' }) + 2,
    );
    const sent = during.sum('pullcord_signals_sent_total') - before.sum('pullcord_signals_sent_total');
    // The snapshot was no signal of anybody's.
    expect(sent).toBe(stream.signals.length - 1);
    stream.destroy();
    const route = '/contexts/:context_id/events';
    const after = await shows('the end of the stream', ({ sum }) => {
      const isCounted = sum('pullcord_http_requests_total', { route }) === 1;
      return isCounted && sum('pullcord_streams') + sum('pullcord_subscribers') === 0;
    });
    expect(after.sum('pullcord_http_request_seconds_count', { route })).toBe(0);
  });
});

describe('who may scrape', () => {
  it('is whoever may call, where nothing else is set', async () => {
    expect(refused(await call('GET', `${server.url}/metrics`))).toBe('401 unauthorized');
    expect(refused(await call('GET', `${server.url}/metrics`, { token: 'wrong' }))).toBe('401 unauthorized');
    expect((await call('GET', `${server.url}/metrics`, { token: 'bob-token' })).status).toBe(200);
    expect(refused(await call('POST', `${server.url}/metrics`, { token: 'bob-token' }))).toBe(
      '405 method_not_allowed',
    );
  });

  it('is who has the token that is for this alone, which opens nothing else', async () => {
    const metricsToken = createHash('sha256').update('watcher').digest('hex');
    await server.restart({ PULLCORD_METRICS_TOKEN: `sha256:${metricsToken}` });
    const watcher = caller(server, { token: 'watcher' });
    expect((await watcher.get('/metrics')).status).toBe(200);
    expect(refused(await watcher.get('/contexts'))).toBe('401 unauthorized');
    expect(refused(await ada.get('/metrics'))).toBe('401 unauthorized');
    expect((await ada.get('/contexts')).status).toBe(200);
    expect(refused(await call('GET', `${server.url}/metrics`))).toBe('401 unauthorized');
  });

  it('is who has that token, also where nobody else needs any', async () => {
    await server.restart({ PULLCORD_TOKENS: '', PULLCORD_METRICS_TOKEN: 'watcher' });
    expect((await call('GET', `${server.url}/metrics`, { token: 'watcher' })).status).toBe(200);
    expect(refused(await call('GET', `${server.url}/metrics`))).toBe('401 unauthorized');
    expect((await call('GET', `${server.url}/contexts`)).status).toBe(200);
  });

  it('is everybody, where nothing is set at all', async () => {
    await server.restart({ PULLCORD_METRICS_TOKEN: '' });
    expect((await call('GET', `${server.url}/metrics`)).status).toBe(200);
  });
});
