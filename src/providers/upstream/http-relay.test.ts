import { getEventListeners, once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  answer,
  die,
  FakeUpstream,
  json,
  partial,
  reset,
  stall,
} from '../../../test/support/fake-upstream.js';
import { openings } from '../../../test/support/providers.js';
import { hosted } from '../../../test/support/upstreams/routes.js';
import { openAnthropic } from '../anthropic/open-anthropic.js';
import { openAzure } from '../azure/open-azure.js';
import type { ModelProvider } from '../model-provider.js';
import { openOpenAiCompatible } from '../openai-compatible/open-openai-compatible.js';
import { openOpenAi } from '../openai/open-openai.js';
import type { Relay, RelayAnswer, RelayTarget } from '../relay.js';

let upstream: FakeUpstream;
const providers: ModelProvider[] = [];

beforeEach(async () => {
  upstream = await FakeUpstream.start();
});
afterEach(async () => {
  await Promise.all(providers.splice(0).map((provider) => provider.close()));
  await upstream.close();
});

const key = 'sk-test-0123456789';
const never = new AbortController().signal;

function opened<Provider extends ModelProvider>(provider: Provider): Provider {
  providers.push(provider);
  return provider;
}

function relayOf(provider: ModelProvider, target: RelayTarget, name = 'fake-1'): Relay {
  const relay = provider.relay(name, target);
  if (!relay) throw new Error(`There is no relay for ${target}`);
  return relay;
}

const openai = () => relayOf(opened(openOpenAi(openings.openai(upstream.url))), 'chat_completions');
const anthropic = () => relayOf(opened(openAnthropic(openings.anthropic(upstream.origin))), 'messages');

async function read({ body }: RelayAnswer): Promise<string> {
  const pieces: Buffer[] = [];
  for await (const piece of body) pieces.push(piece);
  return Buffer.concat(pieces).toString();
}

describe('a provider', () => {
  const kinds = ['chat_completions', 'responses', 'messages', 'embeddings', 'count_tokens'] as const;

  it.each([
    [
      'OpenAI',
      () => openOpenAi(openings.openai(upstream.url)),
      ['chat_completions', 'responses', 'embeddings'],
    ],
    [
      'a server without Responses',
      () => openOpenAi(openings.openai(upstream.url, { api: 'chat_completions' })),
      ['chat_completions', 'embeddings'],
    ],
    [
      'a compatible server',
      () => openOpenAiCompatible(openings.compatible(upstream.url)),
      ['chat_completions', 'embeddings'],
    ],
    [
      'a compatible server with the other API',
      () => openOpenAiCompatible(openings.compatible(upstream.url, { api: 'responses' })),
      ['responses', 'embeddings'],
    ],
    ['Anthropic', () => openAnthropic(openings.anthropic(upstream.origin)), ['messages', 'count_tokens']],
    ['Azure', () => openAzure(openings.azure(upstream.origin)), ['chat_completions', 'embeddings']],
    [
      'Azure with both APIs',
      () => openAzure(openings.azure(upstream.origin, { api: 'responses' })),
      ['chat_completions', 'responses', 'embeddings'],
    ],
  ] as const)('relays what its server takes itself: %s', (_, open, relayed) => {
    const provider = opened(open());

    expect(kinds.filter((target) => provider.relay('fake-1', target))).toEqual(relayed);
  });

  it.each([
    ['openai', () => openOpenAi(openings.openai(upstream.url)), 'responses', '/v1/responses'],
    ['openai', () => openOpenAi(openings.openai(upstream.url)), 'embeddings', '/v1/embeddings'],
    [
      'anthropic',
      () => openAnthropic(openings.anthropic(upstream.origin)),
      'count_tokens',
      '/v1/messages/count_tokens',
    ],
    [
      'azure',
      () =>
        openAzure(
          openings.azure(upstream.origin, { api_version: '2024-10-21', deployments: { 'fake-1': 'mine' } }),
        ),
      'chat_completions',
      '/openai/deployments/mine/chat/completions?api-version=2024-10-21',
    ],
  ] as const)(
    'of %s is asked with its key where it takes such requests',
    async (host, open, target, path) => {
      upstream.on(hosted(host, key, () => json({ fine: true })));

      const answered = await relayOf(opened(open()), target).send(
        { body: { max_tokens: 5 }, headers: {} },
        never,
      );

      expect(answered.status).toBe(200);
      expect(await read(answered)).toBe('{"fine":true}');
      expect((await upstream.call(0)).request.path).toBe(path);
    },
  );
});

describe('a relayed request', () => {
  it('is as it came but for the name of the model, with the headers that were given', async () => {
    const body = {
      model: 'as-the-caller-says',
      messages: [],
      unknown_field: { deep: [1, null] },
      stream: true,
    };
    const headers = { 'Anthropic-Beta': 'some-beta', 'anthropic-version': '2099-01-01' };
    await read(await anthropic().send({ body, headers }, never));

    const { request } = await upstream.call(0);
    expect(request.body).toEqual({ ...body, model: 'fake-1' });
    expect(request.headers).toMatchObject({
      'anthropic-beta': 'some-beta',
      'anthropic-version': '2099-01-01',
      'content-type': 'application/json',
      'accept-encoding': 'identity',
      'x-api-key': key,
    });
  });

  it('takes no key of the caller’s, nor what it said of its own body', async () => {
    const headers = {
      authorization: 'Bearer the-callers',
      'X-Api-Key': 'the-callers',
      cookie: 'the-callers',
      host: 'the-callers',
      'content-length': '5',
      'content-encoding': 'gzip',
      'accept-encoding': 'br',
    };
    await read(await openai().send({ body: {}, headers }, never));

    const { request } = await upstream.call(0);
    expect(JSON.stringify(request.headers)).not.toMatch(/the-callers|gzip|"br"/);
    expect(request.headers.authorization).toBe(`Bearer ${key}`);
  });

  it('has the headers that are set for the provider', async () => {
    const headers = { 'OpenAI-Organization': 'org-1', Authorization: 'Custom 1' };
    const provider = opened(openOpenAi(openings.openai(upstream.url, { headers })));
    await read(await relayOf(provider, 'responses').send({ body: {}, headers: {} }, never));

    expect((await upstream.call(0)).request.headers).toMatchObject({
      'openai-organization': 'org-1',
      authorization: 'Custom 1',
    });
  });
});

describe('a relayed answer', () => {
  it('comes byte for byte, with its status and headers', async () => {
    upstream.enqueue({
      ...answer(['Good', ' morning 🙂']),
      packing: 'torn',
      headers: { 'x-request-id': 'r1' },
    });
    const answered = await openai().send({ body: { stream: true }, headers: {} }, never);
    const text = await read(answered);

    expect(answered).toMatchObject({
      status: 200,
      headers: { 'x-request-id': 'r1', 'content-type': 'text/event-stream; charset=utf-8' },
    });
    expect(answered.headers).not.toHaveProperty('transfer-encoding');
    expect(answered.headers).not.toHaveProperty('connection');
    expect(text).toContain('"content":" morning 🙂"');
    expect(text).toMatch(/data: \[DONE\]\n\n$/);
  });

  it.each([400, 404, 429, 500])('is handed on with the status %i too', async (status) => {
    upstream.enqueue(json({ error: { message: 'No' } }, status, { 'retry-after': '7' }));
    const answered = await openai().send({ body: {}, headers: {} }, never);

    expect(answered).toMatchObject({ status, headers: { 'retry-after': '7' } });
    expect(await read(answered)).toBe('{"error":{"message":"No"}}');
  });

  it('is decoded where its server has compressed it all the same', async () => {
    const body = gzipSync('{"fine":true}');
    const server = createServer((_, response) => {
      const headers = { 'content-encoding': 'gzip', 'content-length': body.length };
      response.writeHead(200, headers).end(body);
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const provider = opened(openOpenAi(openings.openai(`http://127.0.0.1:${port}/v1`)));
    const answered = await relayOf(provider, 'responses').send({ body: {}, headers: {} }, never);
    const text = await read(answered);
    await provider.close();
    server.close();

    expect(text).toBe('{"fine":true}');
    expect(answered.headers).not.toHaveProperty('content-encoding');
    expect(answered.headers).not.toHaveProperty('content-length');
  });

  it.each([
    [
      'cannot be reached',
      async () => openOpenAi(openings.openai(await FakeUpstream.refusedUrl())),
      'connect_failed',
    ],
    [
      'closes the connection instead of answering',
      () => {
        upstream.enqueue(reset);
        return openOpenAi(openings.openai(upstream.url));
      },
      'connect_failed',
    ],
  ] as const)('is none from a server that %s', async (_, open, code) => {
    const relay = relayOf(opened(await open()), 'responses');

    await expect(relay.send({ body: {}, headers: {} }, never)).rejects.toMatchObject({
      code,
      retryable: true,
    });
  });

  it('that breaks off fails, after what came before', async () => {
    upstream.enqueue(partial(['Half'], die));
    const { body } = await openai().send({ body: {}, headers: {} }, never);
    let text = '';
    const reading = async (): Promise<void> => {
      for await (const piece of body) text += piece.toString();
    };

    await expect(reading()).rejects.toMatchObject({ code: 'upstream_protocol', retryable: true });
    expect(text).toContain('Half');
  });
});

describe('a relayed call', () => {
  it('is over upstream when its caller leaves, and nothing of it stays on the signal', async () => {
    const { signal } = new AbortController();
    upstream.enqueue(partial(['Half'], stall));
    const { body } = await openai().send({ body: {}, headers: {} }, signal);
    for await (const piece of body) if (piece.length > 0) break;

    expect(await (await upstream.call(0)).closedByClient).toBe(true);
    expect(getEventListeners(signal, 'abort')).toEqual([]);
  });

  it('is over upstream when it is aborted, for the reason that was given', async () => {
    const abort = new AbortController();
    const reason = new Error('enough');
    upstream.enqueue(partial(['Half'], stall));
    const { body } = await openai().send({ body: {}, headers: {} }, abort.signal);
    const reading = async (): Promise<void> => {
      for await (const piece of body) if (piece.length > 0) abort.abort(reason);
    };

    await expect(reading()).rejects.toBe(reason);
    expect(await (await upstream.call(0)).closedByClient).toBe(true);
    expect(getEventListeners(abort.signal, 'abort')).toEqual([]);
  });

  it('may be aborted before it has a head', async () => {
    const abort = new AbortController();
    upstream.on(() => {
      abort.abort(new Error('enough'));
      return { headersAfterMs: 60_000 };
    });

    await expect(openai().send({ body: {}, headers: {} }, abort.signal)).rejects.toThrow('enough');
    expect(await (await upstream.call(0)).closedByClient).toBe(true);
    expect(getEventListeners(abort.signal, 'abort')).toEqual([]);
  });

  it('that is read to its end leaves nothing on the signal, and its connection is used again', async () => {
    const { signal } = new AbortController();
    const provider = opened(openOpenAi(openings.openai(upstream.url, { max_concurrent: 1 })));
    const relay = relayOf(provider, 'responses');
    for (let n = 0; n < 3; n += 1) await read(await relay.send({ body: {}, headers: {} }, signal));

    expect(getEventListeners(signal, 'abort')).toEqual([]);
    expect(upstream.connections).toBe(1);
  });
});

describe('a redirect', () => {
  const moved = (location: string) => ({ whole: { status: 307, headers: { location }, body: '' } });

  it('within the server is followed with the key', async () => {
    upstream.enqueue(moved('/v1/elsewhere'), json({ fine: true }));

    expect(await read(await anthropic().send({ body: { max_tokens: 5 }, headers: {} }, never))).toBe(
      '{"fine":true}',
    );
    expect((await upstream.call(1)).request).toMatchObject({
      path: '/v1/elsewhere',
      headers: { 'x-api-key': key },
      body: { max_tokens: 5 },
    });
  });

  it('to another server does not take the keys along', async () => {
    const other = await FakeUpstream.start();
    other.on(() => json({ fine: true }));
    upstream.on(() => moved(`${other.url}/elsewhere`));
    const headers = { 'X-Secret': 'a-secret-of-ours' };
    const provider = opened(openAnthropic(openings.anthropic(upstream.origin, { headers })));
    await read(
      await relayOf(provider, 'messages').send({ body: {}, headers: { 'anthropic-beta': 'b' } }, never),
    );
    const { request } = await other.call(0);
    await other.close();

    expect(request.headers).toMatchObject({ 'anthropic-beta': 'b', 'content-type': 'application/json' });
    expect(JSON.stringify(request.headers)).not.toMatch(/sk-test|a-secret-of-ours/);
  });
});

describe('the list of a provider', () => {
  const models = { data: [{ id: 'gpt-5', created: 5, owned_by: 'openai' }, { id: 'gpt-5-mini' }] };

  it.each([
    ['openai', () => openOpenAi(openings.openai(upstream.url))],
    ['openai', () => openOpenAiCompatible(openings.compatible(upstream.url))],
    ['anthropic', () => openAnthropic(openings.anthropic(upstream.origin))],
  ] as const)('of %s is asked with its key', async (host, open) => {
    upstream.on(
      hosted(host, key, ({ method }, { target }) =>
        target === 'models' && method === 'GET' ? json(models) : reset,
      ),
    );
    const { signal } = new AbortController();

    expect(await opened(open()).list?.(signal)).toEqual([
      { name: 'gpt-5', created: 5, owned_by: 'openai' },
      { name: 'gpt-5-mini' },
    ]);
    expect(getEventListeners(signal, 'abort')).toEqual([]);
  });

  it('of Azure is not asked: it names what might be deployed', () => {
    expect(opened(openAzure(openings.azure(upstream.origin))).list).toBeUndefined();
  });

  it.each([
    [json({ error: { message: `No ${key}` } }, 401), 'upstream_rejected'],
    [json({ error: { message: 'Later' } }, 503), 'upstream_error'],
    [json({ nothing: true }), 'upstream_protocol'],
    [{ whole: { status: 200, body: '<html>' } }, 'upstream_protocol'],
    [json({ data: [{ id: 'x'.repeat(1_000_001) }] }), 'upstream_protocol'],
    [reset, 'connect_failed'],
  ] as const)('fails where there is none: %#', async (plan, code) => {
    upstream.enqueue(plan);
    const listed = opened(openOpenAi(openings.openai(upstream.url))).list?.(never);

    await expect(listed).rejects.toMatchObject({ code });
    await expect(listed).rejects.not.toThrow(key);
  });

  it('may be aborted', async () => {
    const abort = new AbortController();
    upstream.on(() => {
      abort.abort(new Error('enough'));
      return { headersAfterMs: 60_000 };
    });

    await expect(opened(openOpenAi(openings.openai(upstream.url))).list?.(abort.signal)).rejects.toThrow(
      'enough',
    );
  });
});
