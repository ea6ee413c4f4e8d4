import { describe, expect, it, vi } from 'vitest';
import type { PullcordOptions } from '../options.js';
import { resolveOptions } from '../settings.js';
import { apiClient } from './api-client.js';

/** A client, and all that it has sent. */
function begin(answers: readonly (() => Response | Promise<Response>)[], options: PullcordOptions = {}) {
  const sent: { readonly url: string; readonly init: RequestInit }[] = [];
  const fetch = ((url: string, init: RequestInit) => {
    const answer = answers[Math.min(sent.length, answers.length - 1)];
    sent.push({ url, init });
    return Promise.resolve(answer?.());
  }) as typeof globalThis.fetch;
  const settings = resolveOptions({ baseUrl: 'https://example.org/chat/', ...options, fetch });
  return { client: apiClient(settings), sent };
}

const json =
  (body: unknown, status = 200) =>
  (): Response =>
    Response.json(body, { status });

describe('a call', () => {
  it('fills in the path and the query, and leaves out what is not given', async () => {
    const { client, sent } = begin([json({ ok: true })]);
    const { data } = await client.get({
      url: '/contexts/{context_id}/messages',
      path: { context_id: 'a/b' },
      query: { limit: 5, q: 'ä&b', before: undefined },
    });
    expect(data).toEqual({ ok: true });
    expect(sent[0]?.url).toBe('https://example.org/chat/contexts/a%2Fb/messages?limit=5&q=%C3%A4%26b');
    expect(sent[0]?.init).toMatchObject({ method: 'GET', body: undefined, headers: {}, cache: 'no-store' });
  });

  it('sends JSON, forms and files each as what they are', async () => {
    const { client, sent } = begin([json({})]);
    const headers = { 'Content-Type': 'application/json', 'Idempotency-Key': undefined };
    await client.post({ url: '/contexts', body: { title: 'x' }, headers });
    await client.post({ url: '/contexts', headers });
    await client.post({ url: '/attachments', body: { file: new Blob(['abc']) }, headers, isForm: true });
    const file = new Blob(['{}']);
    await client.post({
      url: '/contexts/import',
      body: file,
      headers: { 'Content-Type': 'application/jsonl' },
    });
    expect(sent.map(({ init }) => init.headers)).toEqual([
      { 'Content-Type': 'application/json' },
      {},
      {},
      { 'Content-Type': 'application/jsonl' },
    ]);
    expect(sent[0]?.init.body).toBe('{"title":"x"}');
    expect(sent[2]?.init.body).toBeInstanceOf(FormData);
    expect(sent[3]?.init.body).toBe(file);
  });

  it('reads an answer by its type, or as it is asked to', async () => {
    const text = (): Response => new Response('hi', { headers: { 'content-type': 'text/plain' } });
    const { client } = begin([() => new Response(null, { status: 204 }), text, text, json({ a: 1 })]);
    expect((await client.delete({ url: '/x' })).data).toBeUndefined();
    expect((await client.get({ url: '/x' })).data).toBe('hi');
    expect((await client.get({ url: '/x', parseAs: 'blob' })).data).toBeInstanceOf(Blob);
    expect((await client.get({ url: '/x', parseAs: 'text' })).data).toBe('{"a":1}');
  });

  it('throws what the server says, and what never got there', async () => {
    const problem = {
      type: '/problems/x',
      title: 'X',
      status: 429,
      detail: 'Too many.',
      code: 'too_many_requests',
    };
    const refuse = (): Response => Response.json(problem, { status: 429, headers: { 'retry-after': '2' } });
    const { client } = begin([
      refuse,
      () => new Response('<html>', { status: 502 }),
      () => Promise.reject(new Error('reset')),
    ]);
    await expect(client.get({ url: '/x' })).rejects.toMatchObject({ problem, retryAfterMs: 2_000 });
    await expect(client.get({ url: '/x' })).rejects.toMatchObject({
      problem: { code: 'network_error', status: 502 },
    });
    await expect(client.get({ url: '/x' })).rejects.toMatchObject({
      name: 'PullcordError',
      problem: { code: 'network_error', status: 0, detail: 'reset' },
    });
  });
});

describe('the way to the server', () => {
  const bearers = (sent: readonly { readonly init: RequestInit }[]): unknown[] =>
    sent.map(({ init }) => new Headers(init.headers).get('authorization'));

  it('asks for another token once when one is refused', async () => {
    const tokens = ['old', 'new', 'newer'];
    const token = (): string | undefined => tokens.shift();
    const { client, sent } = begin([json({}, 401), json({ ok: true })], { token });
    expect((await client.get({ url: '/x' })).data).toEqual({ ok: true });
    expect(bearers(sent)).toEqual(['Bearer old', 'Bearer new']);
  });

  it('does not send the same token twice', async () => {
    const fixed = begin([json({}, 401)], { token: 'fixed' });
    await expect(fixed.client.get({ url: '/x' })).rejects.toMatchObject({ problem: { status: 401 } });
    const same = begin([json({}, 401)], { token: () => 'same' });
    await expect(same.client.get({ url: '/x' })).rejects.toMatchObject({ problem: { status: 401 } });
    expect([...bearers(fixed.sent), ...bearers(same.sent)]).toEqual(['Bearer fixed', 'Bearer same']);
  });

  it('gives up an answer, or a token, that takes too long, and says so to whoever answers', async () => {
    const { client, sent } = begin([() => new Promise<Response>(() => undefined)], { requestTimeoutMs: 10 });
    await expect(client.get({ url: '/x' })).rejects.toMatchObject({ problem: { code: 'network_error' } });
    expect(sent[0]?.init.signal?.aborted).toBe(true);
    const never = begin([json({})], { requestTimeoutMs: 10, token: () => new Promise(() => undefined) });
    await expect(never.client.get({ url: '/x' })).rejects.toMatchObject({
      problem: { code: 'network_error' },
    });
    expect(never.sent).toEqual([]);
  });

  it('gives what is sent time by its size, as a file or in a form', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const { client } = begin([() => new Promise<Response>(() => undefined)], { requestTimeoutMs: 10 });
    const failed: string[] = [];
    const send = (name: string, body: unknown, isForm = false): void =>
      void client.post({ url: '/x', body, isForm }).catch(() => failed.push(name));
    const file = new Blob([new Uint8Array(160_000)]);
    send('text', { title: 'x' });
    send('file', file);
    send('form', { file, name: 'x'.repeat(16_000) }, true);
    try {
      await vi.advanceTimersByTimeAsync(100);
      expect(failed).toEqual(['text']);
      await vi.advanceTimersByTimeAsync(9_909);
      expect(failed).toEqual(['text']);
      await vi.advanceTimersByTimeAsync(1);
      expect(failed).toEqual(['text', 'file']);
      await vi.advanceTimersByTimeAsync(1_001);
      expect(failed).toEqual(['text', 'file', 'form']);
    } finally {
      vi.useRealTimers();
    }
  });

  it('ends with the signal that it was given', async () => {
    const { client } = begin([() => new Promise<Response>(() => undefined)]);
    const abort = new AbortController();
    const asked = client.get({ url: '/x', signal: abort.signal });
    abort.abort();
    await expect(asked).rejects.toMatchObject({ problem: { code: 'network_error' } });
  });
});
