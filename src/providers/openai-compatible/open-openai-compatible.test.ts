import { getEventListeners, once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  answer,
  chunk,
  die,
  errorEvent,
  FakeUpstream,
  garbage,
  partial,
  raw,
  refusal,
  reset,
  stall,
  tooMany,
  type Plan,
} from '../../../test/support/fake-upstream.js';
import { Settings } from '../../config/settings.js';
import type { LanguageModel, ModelPart, ModelRequest } from '../language-model.js';
import { ModelError } from '../model-error.js';
import type { ModelProvider } from '../model-provider.js';
import { openOpenAiCompatible } from './open-openai-compatible.js';

let upstream: FakeUpstream;
const providers: ModelProvider[] = [];

beforeEach(async () => {
  upstream = await FakeUpstream.start();
});
afterEach(async () => {
  await Promise.all(providers.splice(0).map((provider) => provider.close()));
  await upstream.close();
});

interface Options {
  readonly baseUrl: string;
  readonly apiKey: string | undefined;
  readonly maxConnections: number;
  readonly maxAnswerBytes: number;
}

function openai(options: Partial<Options> = {}): ModelProvider {
  const { baseUrl = upstream.url, maxConnections = 8, maxAnswerBytes = 1_000_000 } = options;
  const provider = openOpenAiCompatible({
    name: 'openai',
    provider: {
      type: 'openai_compatible',
      base_url: baseUrl,
      api: 'chat_completions',
      api_key: 'apiKey' in options ? options.apiKey : 'sk-test-0123456789',
      models: [],
      takes_any_name: true,
      headers: {},
      max_concurrent: maxConnections,
      connect_timeout_ms: 5_000,
    },
    settings: Object.assign(new Settings(), { maxAnswerBytes }),
  });
  providers.push(provider);
  return provider;
}

const hello: ModelRequest = {
  messages: [{ role: 'user', parts: [{ type: 'text', text: 'Hello?' }] }],
  tools: [],
  parameters: {},
  task: 'answer',
};

const never = new AbortController().signal;

async function collect(parts: AsyncIterable<ModelPart>): Promise<ModelPart[]> {
  const all: ModelPart[] = [];
  for await (const part of parts) all.push(part);
  return all;
}

/** What came before the failure, and the failure. */
async function collectFailure(
  parts: AsyncIterable<ModelPart>,
): Promise<{ all: ModelPart[]; error: unknown }> {
  const all: ModelPart[] = [];
  try {
    for await (const part of parts) all.push(part);
  } catch (error) {
    return { all, error };
  }
  throw new Error(`The stream ended, after ${all.length} parts, though it was to fail`);
}

const deltas = (parts: readonly ModelPart[], type: 'text' | 'reasoning' | 'tool_arguments'): string[] =>
  parts.flatMap((part) => (part.type === type && 'delta' in part ? [part.delta] : []));
const text = (parts: readonly ModelPart[]): string => deltas(parts, 'text').join('');

const stream = (plan: Plan, options: Partial<Options> = {}) => {
  upstream.enqueue(plan);
  return openai(options).model('fake-1').stream(hello, never);
};

describe('a good answer', () => {
  it('comes as text deltas and one finish, with the tokens that were used', async () => {
    const parts = await collect(stream(answer(['Good', ' morning'])));

    expect(parts).toEqual([
      { type: 'text', delta: 'Good' },
      { type: 'text', delta: ' morning' },
      { type: 'finish', finish_reason: 'stop', usage: { prompt: 9, completion: 4 } },
    ]);
  });

  it('was asked for as a stream with usage, with the key, and without compression', async () => {
    await collect(stream(answer('Hi')));

    const { request } = await upstream.call(0);
    expect(request.path).toBe('/v1/chat/completions');
    expect(request.headers.authorization).toBe('Bearer sk-test-0123456789');
    expect(request.headers['accept-encoding']).toBe('identity');
    expect(request.body).toEqual({
      model: 'fake-1',
      messages: [{ role: 'user', content: 'Hello?' }],
      stream: true,
      stream_options: { include_usage: true },
    });
  });

  it('was asked for with the tools and parameters that were wanted', async () => {
    upstream.enqueue(answer('Hi'));
    const request: ModelRequest = {
      ...hello,
      tools: [{ name: 'clock', description: 'The time', parameters: { type: 'object' } }],
      parameters: { temperature: 0, max_tokens: 5, stop: ['END'], reasoning_effort: 'low' },
    };
    await collect(openai().model('fake-1').stream(request, never));

    expect((await upstream.call(0)).request.body).toMatchObject({
      temperature: 0,
      max_tokens: 5,
      stop: ['END'],
      reasoning_effort: 'low',
      tools: [
        {
          type: 'function',
          function: { name: 'clock', description: 'The time', parameters: { type: 'object' } },
        },
      ],
    });
  });

  it('comes from as many models as are asked for', async () => {
    const provider = openai();
    upstream.on(({ body }) => answer(`I am ${String(body['model'])}`));
    for (const name of [...Array.from({ length: 66 }, (_, i) => `m${i}`), 'm0', 'm65'])
      expect(text(await collect(provider.model(name).stream(hello, never)))).toBe(`I am ${name}`);
  });

  it('needs no key: then there is no Authorization header', async () => {
    await collect(stream(answer('Hi'), { apiKey: undefined }));

    expect((await upstream.call(0)).request.headers).not.toHaveProperty('authorization');
  });

  it('takes a user and a password from the base URL', async () => {
    const baseUrl = upstream.url.replace('//', '//me:p%40ss@');
    await collect(stream(answer('Hi'), { apiKey: undefined, baseUrl }));

    const pair = Buffer.from('me:p@ss').toString('base64');
    expect((await upstream.call(0)).request.headers.authorization).toBe(`Basic ${pair}`);
  });

  it('may have reasoning, under either of its names', async () => {
    for (const reasoningField of ['reasoning_content', 'reasoning'] as const) {
      const parts = await collect(stream(answer('So.', { reasoning: ['Hm', ', well'], reasoningField })));

      expect(deltas(parts, 'reasoning')).toEqual(['Hm', ', well']);
      expect(text(parts)).toBe('So.');
    }
  });

  it('counts cached and reasoning tokens when the provider does', async () => {
    const usage = {
      prompt_tokens: 100,
      completion_tokens: 50,
      prompt_tokens_details: { cached_tokens: 60 },
      completion_tokens_details: { reasoning_tokens: 20 },
    };
    const parts = await collect(stream(answer('Hi', { usage })));

    expect(parts.at(-1)).toMatchObject({ usage: { prompt: 100, completion: 50, cached: 60, reasoning: 20 } });
  });

  it('has zero tokens when the provider counts none', async () => {
    const parts = await collect(stream(answer('Hi', { usage: null })));

    expect(parts.at(-1)).toEqual({
      type: 'finish',
      finish_reason: 'stop',
      usage: { prompt: 0, completion: 0 },
    });
  });

  it('may be empty', async () => {
    const parts = await collect(stream(answer([])));

    expect(parts.map(({ type }) => type)).toEqual(['finish']);
  });

  it.each([
    ['stop', 'stop'],
    ['length', 'length'],
    ['content_filter', 'content_filter'],
    ['tired', 'other'],
  ])('that the provider ended with %s ends with %s', async (finishReason, finish_reason) => {
    expect((await collect(stream(answer('Hi', { finishReason })))).at(-1)).toMatchObject({ finish_reason });
  });
});

describe('tool calls', () => {
  const calls = [
    { id: 'call_a', name: 'weather', arguments: ['{"ci', 'ty":"Ål', 'borg"}'] },
    { id: 'call_b', name: 'clock', arguments: ['{}'] },
  ];

  it('stream their arguments and then come whole', async () => {
    const parts = await collect(stream(answer('Let me see.', { calls })));

    expect(parts.slice(1)).toEqual([
      { type: 'tool_arguments', tool_call_id: 'call_a', tool_name: 'weather', delta: '{"ci' },
      { type: 'tool_arguments', tool_call_id: 'call_a', tool_name: 'weather', delta: 'ty":"Ål' },
      { type: 'tool_arguments', tool_call_id: 'call_a', tool_name: 'weather', delta: 'borg"}' },
      { type: 'tool_arguments', tool_call_id: 'call_b', tool_name: 'clock', delta: '{}' },
      { type: 'tool_call', tool_call_id: 'call_a', tool_name: 'weather', arguments: '{"city":"Ålborg"}' },
      { type: 'tool_call', tool_call_id: 'call_b', tool_name: 'clock', arguments: '{}' },
      { type: 'finish', finish_reason: 'tool_calls', usage: { prompt: 9, completion: 4 } },
    ]);
  });

  it('end with tool_calls even where the server says stop', async () => {
    const parts = await collect(stream(answer([], { calls, finishReason: 'stop' })));

    expect(parts.at(-1)).toMatchObject({ finish_reason: 'tool_calls' });
  });

  it('keep arguments that are not JSON as they were written', async () => {
    const bad = [{ id: 'call_a', name: 'weather', arguments: ['{"city":', ' oops'] }];
    const parts = await collect(stream(answer([], { calls: bad })));

    expect(parts).toContainEqual(expect.objectContaining({ type: 'tool_call', arguments: '{"city": oops' }));
  });

  it('without arguments have none: an empty object', async () => {
    const bare = [{ id: 'call_a', name: 'clock', arguments: [] }];
    const parts = await collect(stream(answer([], { calls: bare })));

    expect(parts).toContainEqual(expect.objectContaining({ type: 'tool_call', arguments: '{}' }));
  });
});

describe('the wire', () => {
  const words = [
    'Zażółć',
    ' gęślą',
    ' jaźń 🙂',
    ' 👩‍👩‍👧',
    ' naïve',
    ' 日本語',
    '\n\n',
    '"quoted"',
    '\u0000',
    ' end',
  ];

  it.each([
    ['LF', { eol: '\n' }],
    ['CRLF', { eol: '\r\n' }],
    ['CR', { eol: '\r' }],
    ['comments between the events', { commentEvery: 2 }],
    ['three events in a packet', { packing: 3 }],
    ['everything in one packet', { packing: 1_000 }],
    ['everything in one packet, with CRLF and comments', { packing: 1_000, eol: '\r\n', commentEvery: 1 }],
    ['events torn inside a character', { packing: 'torn' }],
    ['events torn inside a character, with CRLF', { packing: 'torn', eol: '\r\n' }],
    ['no [DONE]', { isDoneSent: false }],
    ['a connection that is left open after [DONE]', { isLeftOpen: true }],
    ['everything in one packet and a connection that is left open', { isLeftOpen: true, packing: 1_000 }],
  ] as const)('may have %s', async (_, options) => {
    const parts = await collect(stream(answer(words, options)));

    expect(deltas(parts, 'text')).toEqual(words);
    expect(parts.at(-1)).toMatchObject({ type: 'finish', finish_reason: 'stop' });
  });

  it('brings 2,000 chunks, torn inside their emoji, byte for byte', async () => {
    const many = Array.from(
      { length: 2_000 },
      (_, i) => `${i}: ${i % 3 ? '👩🏽‍🚀' : 'ęß'} ${'🙂'.repeat(i % 5)}\n`,
    );
    const parts = await collect(stream(answer(many, { packing: 'torn' })));

    const { text: sent } = await upstream.call(0);
    expect(sent).toBe(many.join(''));
    expect(Buffer.from(text(parts))).toEqual(Buffer.from(sent));
    expect(deltas(parts, 'text')).toHaveLength(2_000);
  });

  it('is used again for the next call', async () => {
    upstream.enqueue(answer('One'), answer('Two'));
    // With one connection at most, the second call waits until the first has given it back.
    const model = openai({ maxConnections: 1 }).model('fake-1');

    expect(text(await collect(model.stream(hello, never)))).toBe('One');
    expect(text(await collect(model.stream(hello, never)))).toBe('Two');
    expect(upstream.connections).toBe(1);
  });

  it('is given up when the upstream leaves it open for long', async () => {
    await collect(stream(answer('All', { isLeftOpen: true })));

    await expect((await upstream.call(0)).closedByClient).resolves.toBe(true);
  });

  it('is read no faster than the answer is wanted', async () => {
    const deltaBytes = 100_000;
    upstream.enqueue(answer(Array.from({ length: 500 }, () => 'x'.repeat(deltaBytes))));
    const model = openai({ maxAnswerBytes: 100_000_000 }).model('fake-1');
    const parts = model.stream(hello, never)[Symbol.asyncIterator]();

    await parts.next();
    const call = await upstream.call(0);
    await untilStill(() => call.text.length);
    // What the sockets of both sides and the pipeline may hold is far from 50 MB.
    expect(call.text.length).toBeLessThan(25_000_000);
    await parts.return?.();
  });
});

/** Resolves once a number has stopped to grow. */
async function untilStill(read: () => number): Promise<void> {
  for (let last = -1, same = 0; same < 20;) {
    await new Promise((resolve) => setTimeout(resolve, 5));
    same = read() === last ? same + 1 : 0;
    last = read();
  }
}

describe('a failure before the first chunk', () => {
  it.each([
    { plan: tooMany(), expected: { code: 'rate_limited', retryable: true, status: 429 } },
    { plan: tooMany('2'), expected: { code: 'rate_limited', retryable: true, retry_after_ms: 2_000 } },
    { plan: refusal(500, 'Oops'), expected: { code: 'upstream_error', retryable: true, status: 500 } },
    { plan: refusal(503, 'Overloaded'), expected: { code: 'upstream_error', retryable: true, status: 503 } },
    {
      plan: refusal(400, 'Too long'),
      expected: { code: 'upstream_rejected', retryable: false, status: 400 },
    },
    {
      plan: refusal(404, 'No model'),
      expected: { code: 'upstream_rejected', retryable: false, status: 404 },
    },
    { plan: refusal(408, 'Slow'), expected: { code: 'upstream_rejected', retryable: true, status: 408 } },
    { plan: reset, expected: { code: 'connect_failed', retryable: true } },
    { plan: { pieces: [], isDoneSent: false }, expected: { code: 'upstream_protocol', retryable: true } },
    { plan: { pieces: [] }, expected: { code: 'upstream_protocol', retryable: true } },
    { plan: { pieces: [errorEvent('Boom')] }, expected: { code: 'upstream_error', retryable: true } },
    {
      plan: { whole: { status: 200, body: '<html>Log in to the Wi-Fi</html>' } },
      expected: { code: 'upstream_protocol', retryable: true },
    },
  ])('is a ModelError: $expected', async ({ plan, expected }) => {
    const { all, error } = await collectFailure(stream(plan));

    expect(all).toEqual([]);
    expect(error).toBeInstanceOf(ModelError);
    expect(error).toMatchObject(expected);
  });

  it('is over after some tries when the provider recovers: nothing is retried here', async () => {
    upstream.enqueue(tooMany('0'), tooMany('0'), answer('At last'));
    const model = openai().model('fake-1');

    for (const index of [0, 1]) {
      const { error } = await collectFailure(model.stream(hello, never));
      expect(error).toMatchObject({ code: 'rate_limited', retry_after_ms: 0 });
      expect(upstream.calls).toHaveLength(index + 1);
    }
    expect(text(await collect(model.stream(hello, never)))).toBe('At last');
  });

  it('may be that nothing listens there', async () => {
    const baseUrl = await FakeUpstream.refusedUrl();
    const { error } = await collectFailure(openai({ baseUrl }).model('fake-1').stream(hello, never));

    expect(error).toMatchObject({
      code: 'connect_failed',
      retryable: true,
      message: 'The provider "openai" cannot be reached (ECONNREFUSED).',
    });
  });

  it('says what the provider said, but neither a key nor a URL, and its cause holds no prompt', async () => {
    const said = 'Bad key sk-test-0123456789 and sk-proj-abc***xyz, see https://user:pw@example.com/keys';
    const { error } = await collectFailure(stream(refusal(400, said)));

    const message = 'The provider "openai" refused the request (400): Bad key [key] and [key], see [url]';
    expect(error).toMatchObject({ message });
    expect(error).not.toHaveProperty('cause');
  });

  it('repeats nothing of what the provider says about a wrong key', async () => {
    const { error } = await collectFailure(stream(refusal(401, 'Incorrect API key provided: abc')));

    expect(error).toMatchObject({
      code: 'upstream_rejected',
      retryable: false,
      message: 'The provider "openai" refused the API key (401).',
    });
  });

  it('reads no more of an endless error than it needs', async () => {
    const body = JSON.stringify({ error: { message: 'x'.repeat(5_000_000) } });
    const headers = { 'content-length': '1000000000' };
    const { error } = await collectFailure(stream({ whole: { status: 500, headers, body } }));

    expect(error).toMatchObject({ code: 'upstream_error', message: 'The provider "openai" failed (500).' });
  });
});

describe('a failure after text', () => {
  it.each([
    ['the connection dies in the middle of a chunk', die, { code: 'upstream_protocol', retryable: true }],
    ['an event is not JSON', garbage, { code: 'upstream_protocol', retryable: true }],
    ['an event is JSON but no chunk', raw('data: {"hello":1}\n\n'), { code: 'upstream_protocol' }],
    ['the stream just ends', raw(': bye\n\n'), { code: 'upstream_protocol', retryable: true }],
    ['the provider reports an error', errorEvent('GPU on fire'), { code: 'upstream_error', retryable: true }],
    ['the provider reports a limit', errorEvent('Slow down', 429), { code: 'rate_limited', status: 429 }],
    [
      'the provider reports its own 502',
      errorEvent('No upstream', 502),
      { code: 'upstream_error', status: 502 },
    ],
    ['the error is a string', raw('data: {"error":"out of memory"}\n\n'), { code: 'upstream_error' }],
  ])('keeps the text when %s', async (_, piece, expected) => {
    const { all, error } = await collectFailure(stream(partial(['So', ' far'], piece)));

    expect(text(all)).toBe('So far');
    expect(error).toBeInstanceOf(ModelError);
    expect(error).toMatchObject(expected);
  });

  it('closes the connection when the stream goes on after an error', async () => {
    await collectFailure(stream(partial(['So'], errorEvent('Boom'), stall)));

    await expect((await upstream.call(0)).closedByClient).resolves.toBe(true);
  });

  it.each([
    ['an event of 10 MB', partial(['So'], chunk({ content: 'x'.repeat(10_000_000) }), stall)],
    ['a line without an end', partial(['So'], raw(`data: ${'x'.repeat(3_000_000)}`), stall)],
    ['an event without an end', partial(['So'], raw('data: "some text"\n'.repeat(100_000)), stall)],
    [
      'more text than an answer may have',
      partial(
        Array.from({ length: 30 }, () => 'x'.repeat(50_000)),
        stall,
      ),
    ],
  ])('is content_too_large for %s, and the connection is closed', async (_, plan) => {
    const { error } = await collectFailure(stream(plan));

    expect(error).toMatchObject({ code: 'content_too_large', retryable: false });
    await expect((await upstream.call(0)).closedByClient).resolves.toBe(true);
  });

  it('does not come of an event of 10 MB when answers may be that large', async () => {
    const large = 'x'.repeat(10_000_000);
    const parts = await collect(stream(answer(large), { maxAnswerBytes: 20_000_000 }));

    expect(text(parts)).toBe(large);
  });
});

describe('abort', () => {
  it.each([
    ['before the headers', { headersAfterMs: 1_000_000 }],
    ['before the first chunk', { pieces: [stall] }],
  ])('%s closes the connection', async (_, plan) => {
    const abort = new AbortController();
    upstream.enqueue(plan);
    const failure = collectFailure(openai().model('fake-1').stream(hello, abort.signal));
    const call = await upstream.call(0);
    const reason = new Error('enough');
    abort.abort(reason);

    expect((await failure).error).toBe(reason);
    await expect(call.closedByClient).resolves.toBe(true);
  });

  it('in mid-stream closes the connection and throws the reason, whatever it is', async () => {
    for (const reason of [new Error('enough'), 'cancelled', undefined]) {
      const abort = new AbortController();
      upstream.enqueue(partial(['So', ' far'], stall));
      const parts = openai().model('fake-1').stream(hello, abort.signal)[Symbol.asyncIterator]();
      await parts.next();
      await parts.next();
      const next = parts.next();
      abort.abort(reason);

      await expect(next).rejects.toBe(abort.signal.reason);
      await expect(upstream.calls.at(-1)?.closedByClient).resolves.toBe(true);
    }
  });

  it('is not needed by a caller who simply stops to read', async () => {
    upstream.enqueue(partial(['So', ' far'], stall));
    for await (const part of openai().model('fake-1').stream(hello, never)) if (part.type === 'text') break;

    await expect((await upstream.call(0)).closedByClient).resolves.toBe(true);
  });

  it('beforehand calls nobody', async () => {
    const { error } = await collectFailure(openai().model('fake-1').stream(hello, AbortSignal.abort('no')));

    expect(error).toBe('no');
    expect(upstream.calls).toHaveLength(0);
  });

  it('is listened for no longer than the call lasts', async () => {
    const abort = new AbortController();
    upstream.enqueue(answer('Hi'), tooMany(), partial('So', die), partial('So', stall));
    const model = openai().model('fake-1');
    await collect(model.stream(hello, abort.signal));
    await collectFailure(model.stream(hello, abort.signal));
    await collectFailure(model.stream(hello, abort.signal));
    for await (const part of model.stream(hello, abort.signal)) if (part.type === 'text') break;

    expect(getEventListeners(abort.signal, 'abort')).toHaveLength(0);
  });

  it('leaves calls on the same provider alone', async () => {
    const abort = new AbortController();
    upstream.enqueue(partial(['So'], stall), answer(['Other'], { paceMs: 5 }));
    const provider = openai();
    const stopped = collectFailure(provider.model('fake-1').stream(hello, abort.signal));
    await upstream.call(0);
    const other = collect(provider.model('fake-1').stream(hello, never));
    await upstream.call(1);
    abort.abort();

    await stopped;
    expect(text(await other)).toBe('Other');
  });
});

describe('closing the provider', () => {
  it('ends the calls that are under way', async () => {
    upstream.enqueue(partial(['So'], stall));
    const provider = openai();
    const parts = provider.model('fake-1').stream(hello, never)[Symbol.asyncIterator]();
    await parts.next();
    const next = parts.next();
    await provider.close();

    await expect(next).rejects.toBeInstanceOf(ModelError);
    await expect((await upstream.call(0)).closedByClient).resolves.toBe(true);
  });
});

describe('a server that goes its own ways', () => {
  const body = [
    'data: {"choices":[{"delta":{"content":"Hi"}}]}\n\n',
    'data: {"choices":[{"delta":{},"finish_reason":"stop"}]}\n\ndata: [DONE]\n\n',
  ].join('');
  const servers: Server[] = [];
  afterEach(() => servers.splice(0).forEach((server) => server.close()));

  async function listen(respond: RequestListener): Promise<LanguageModel> {
    const server = createServer(respond).listen(0, '127.0.0.1');
    servers.push(server);
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    return openai({ baseUrl: `http://127.0.0.1:${port}/v1` }).model('fake-1');
  }

  it.each([
    ['gzip', gzipSync],
    ['br', brotliCompressSync],
    ['deflate', deflateSync],
  ])('may compress with %s though it was asked not to', async (encoding, compress) => {
    const model = await listen((_, response) =>
      response.writeHead(200, { 'content-encoding': encoding }).end(compress(body)),
    );

    expect(text(await collect(model.stream(hello, never)))).toBe('Hi');
  });

  it.each(['identity', 'constructor', '__proto__'])(
    'is read as it is when its encoding is %s',
    async (encoding) => {
      const model = await listen((_, response) =>
        response.writeHead(200, { 'content-encoding': encoding }).end(body),
      );

      expect(text(await collect(model.stream(hello, never)))).toBe('Hi');
    },
  );

  it('fails with an error that may pass when it compresses badly', async () => {
    const model = await listen((_, response) =>
      response.writeHead(200, { 'content-encoding': 'gzip' }).end(body),
    );
    const { error } = await collectFailure(model.stream(hello, never));

    expect(error).toMatchObject({ code: 'upstream_protocol', retryable: true });
  });

  it('may redirect the request, and is asked again for the same', async () => {
    const asked: string[] = [];
    const model = await listen((request, response) => {
      asked.push(`${request.method} ${request.url}`);
      const isThere = request.url === '/v2/chat';
      request.resume().on('end', () => {
        if (isThere) response.end(body);
        else response.writeHead(308, { location: '/v2/chat' }).end();
      });
    });

    expect(text(await collect(model.stream(hello, never)))).toBe('Hi');
    expect(asked).toEqual(['POST /v1/chat/completions', 'POST /v2/chat']);
  });

  it('may not redirect it for ever', async () => {
    let asked = 0;
    const model = await listen((request, response) => {
      asked += 1;
      request.resume().on('end', () => response.writeHead(308, { location: `/${asked}` }).end());
    });
    const { error } = await collectFailure(model.stream(hello, never));

    expect(error).toMatchObject({ code: 'upstream_rejected', status: 308, retryable: false });
    expect(asked).toBe(6);
  });

  it('fails with an error that may pass when its answer has nothing in it', async () => {
    const model = await listen((_, response) => response.writeHead(204).end());
    const { error } = await collectFailure(model.stream(hello, never));

    expect(error).toMatchObject({ code: 'upstream_protocol', retryable: true });
  });
});
