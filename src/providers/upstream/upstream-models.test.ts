import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FakeUpstream } from '../../../test/support/fake-upstream.js';
import { openings } from '../../../test/support/providers.js';
import { hosted, type Asked, type Host } from '../../../test/support/upstreams/routes.js';
import {
  beginIn,
  calling,
  failureIn,
  refusalIn,
  saying,
  speak,
  thinking,
  type Spoken,
} from '../../../test/support/upstreams/speak.js';
import { openAnthropic } from '../anthropic/open-anthropic.js';
import { openAzure } from '../azure/open-azure.js';
import type { Dialect, ModelPart, ModelRequest } from '../language-model.js';
import type { ModelProvider } from '../model-provider.js';
import { openOpenAiCompatible } from '../openai-compatible/open-openai-compatible.js';
import { openOpenAi } from '../openai/open-openai.js';

let upstream: FakeUpstream;
const providers: ModelProvider[] = [];

beforeEach(async () => {
  upstream = await FakeUpstream.start();
});
afterEach(async () => {
  await Promise.all(providers.splice(0).map((provider) => provider.close()));
  await upstream.close();
});

interface Way {
  readonly dialect: Dialect;
  readonly host: Host;
  readonly open: () => ModelProvider;
  /** What is asked of the server, and for which deployment. */
  readonly asked?: Partial<Asked>;
}

const openai: Way = {
  dialect: 'responses',
  host: 'openai',
  open: () => openOpenAi(openings.openai(upstream.url)),
};
const anthropic: Way = {
  dialect: 'messages',
  host: 'anthropic',
  open: () => openAnthropic(openings.anthropic(upstream.origin)),
};

const each = Object.entries<Way>({
  'OpenAI, by Responses': openai,
  'OpenAI, by chat completions': {
    dialect: 'chat_completions',
    host: 'openai',
    open: () => openOpenAi(openings.openai(upstream.url, { api: 'chat_completions' })),
  },
  'a compatible server': {
    dialect: 'chat_completions',
    host: 'openai',
    open: () => openOpenAiCompatible(openings.compatible(upstream.url)),
  },
  'a compatible server, by Responses': {
    dialect: 'responses',
    host: 'openai',
    open: () => openOpenAiCompatible(openings.compatible(upstream.url, { api: 'responses' })),
  },
  Anthropic: anthropic,
  'Anthropic, its version in the address': {
    dialect: 'messages',
    host: 'anthropic',
    open: () => openAnthropic(openings.anthropic(upstream.url)),
  },
  Azure: {
    dialect: 'chat_completions',
    host: 'azure',
    open: () => openAzure(openings.azure(upstream.origin)),
    asked: { deployment: undefined, apiVersion: undefined },
  },
  'Azure, by Responses': {
    dialect: 'responses',
    host: 'azure',
    open: () => openAzure(openings.azure(upstream.origin, { api: 'responses', api_version: 'preview' })),
    asked: { deployment: undefined, apiVersion: 'preview' },
  },
  'Azure of a date': {
    dialect: 'chat_completions',
    host: 'azure',
    open: () =>
      openAzure(
        openings.azure(upstream.origin, { api_version: '2024-10-21', deployments: { 'fake-1': 'mine 1' } }),
      ),
    asked: { deployment: 'mine 1', apiVersion: '2024-10-21' },
  },
  'Azure of a date, by Responses': {
    dialect: 'responses',
    host: 'azure',
    open: () =>
      openAzure(openings.azure(upstream.origin, { api: 'responses', api_version: '2025-03-01-preview' })),
    asked: { deployment: undefined, apiVersion: '2025-03-01-preview' },
  },
});

const clock = {
  name: 'clock',
  description: 'The time',
  parameters: { type: 'object', properties: { zone: { type: 'string' } } },
};
const request: ModelRequest = {
  messages: [
    { role: 'system', content: 'Be brief.' },
    { role: 'user', parts: [{ type: 'text', text: 'Hello?' }] },
  ],
  tools: [clock],
  parameters: { max_tokens: 500 },
  task: 'answer',
};
const never = new AbortController().signal;

function model({ open }: Way, name = 'fake-1') {
  const provider = open();
  providers.push(provider);
  return provider.model(name);
}

async function collect(parts: AsyncIterable<ModelPart>): Promise<ModelPart[]> {
  const all: ModelPart[] = [];
  for await (const part of parts) all.push(part);
  return all;
}

async function failureOf(parts: AsyncIterable<ModelPart>) {
  const all: ModelPart[] = [];
  try {
    for await (const part of parts) all.push(part);
  } catch (error) {
    return { all, error };
  }
  throw new Error('The stream ended, though it was to fail');
}

/** What the server was asked by the call before the last, or the only one. */
const bodyOf = (): Record<string, unknown> => upstream.calls[0]?.request.body ?? {};

describe.each(each)('%s', (_, way) => {
  const key = 'sk-test-0123456789';
  const spoken: Spoken = {
    blocks: [
      thinking('Let me', ' see.'),
      saying('It is', ' naïve 🙂'),
      calling({ id: 'call_1', name: 'clock', arguments: ['{"zone"', ':"UTC"}'] }),
      calling({ id: 'call_2', name: 'clock', arguments: ['{}'] }),
    ],
    usage: { prompt: 20, completion: 7, cached: 5 },
    packing: 'torn',
  };

  it('is asked where and as it wants to be asked, and its answer is read', async () => {
    const asked: Asked[] = [];
    upstream.on(
      hosted(way.host, key, (_request, found) => {
        asked.push(found);
        return speak(way.dialect, spoken);
      }),
    );

    const parts = await collect(model(way).stream(request, never));

    expect(asked).toMatchObject([{ target: way.dialect, ...way.asked }]);
    expect(bodyOf()['stream']).toBe(true);
    expect(parts.filter((part) => part.type === 'tool_call')).toEqual([
      { type: 'tool_call', tool_call_id: 'call_1', tool_name: 'clock', arguments: '{"zone":"UTC"}' },
      { type: 'tool_call', tool_call_id: 'call_2', tool_name: 'clock', arguments: '{}' },
    ]);
    const said = (type: string) =>
      parts.flatMap((part) => (part.type === type && 'delta' in part ? [part.delta] : [])).join('');
    expect(said('text')).toBe('It is naïve 🙂');
    expect(said('reasoning')).toBe('Let me see.');
    expect(parts.at(-1)).toEqual({
      type: 'finish',
      finish_reason: 'tool_calls',
      usage: { prompt: 20, completion: 7, cached: 5 },
    });
    const seals = parts.flatMap((part) => (part.type === 'reasoning_seal' ? [part.seal.dialect] : []));
    expect(seals).toEqual(way.dialect === 'chat_completions' ? [] : [way.dialect]);
  });

  it.each([
    [400, 'upstream_rejected', 'refused the request (400): No [key] here'],
    [401, 'upstream_rejected', 'refused the API key (401).'],
    [429, 'rate_limited', 'is limiting requests (429): No [key] here'],
    [503, 'upstream_error', 'failed (503): No [key] here'],
  ])('that answers %i fails as %s, and does not say its key', async (status, code, said) => {
    upstream.enqueue(refusalIn(way.dialect, status, `No ${key} here`));

    const { all, error } = await failureOf(model(way).stream(request, never));

    expect(all).toEqual([]);
    expect(error).toMatchObject({ code, status });
    expect(String(error)).toContain(said);
  });

  it('that fails in the middle keeps what it said before', async () => {
    const begun = { blocks: [saying('Half')] };
    upstream.enqueue(beginIn(way.dialect, begun, failureIn(way.dialect, 'Out of breath')));

    const { all, error } = await failureOf(model(way).stream(request, never));

    expect(all).toEqual([{ type: 'text', delta: 'Half' }]);
    expect(error).toMatchObject({ code: 'upstream_error', retryable: true });
    expect(String(error)).toContain('Out of breath');
  });

  it('that stops too early has not answered', async () => {
    upstream.enqueue(beginIn(way.dialect, { blocks: [saying('Half')] }));

    const { all, error } = await failureOf(model(way).stream(request, never));

    expect(all).toEqual([{ type: 'text', delta: 'Half' }]);
    expect(error).toMatchObject({ code: 'upstream_protocol' });
  });

  it('may leave its answer open after the end', async () => {
    upstream.enqueue({ ...speak(way.dialect, { blocks: [saying('Hi')] }), isLeftOpen: true });

    expect((await collect(model(way).stream(request, never))).at(-1)?.type).toBe('finish');
  });

  it('stops where it is told to, whether its API can or not', async () => {
    upstream.enqueue(speak(way.dialect, { blocks: [saying('One E', 'ND two')], stopSequence: 'END' }));
    const parameters = { ...request.parameters, stop: ['END'] };
    const parts = await collect(model(way).stream({ ...request, parameters }, never));
    const said = {
      chat_completions: { body: { stop: ['END'] }, text: 'One END two' },
      messages: { body: { stop_sequences: ['END'] }, text: 'One END two' },
      responses: { body: { model: expect.anything() as unknown }, text: 'One ' },
    }[way.dialect];

    expect(bodyOf()).toMatchObject(said.body);
    expect(parts.flatMap((part) => (part.type === 'text' ? [part.delta] : [])).join('')).toBe(said.text);
    expect(parts.at(-1)).toMatchObject({
      finish_reason: 'stop',
      ...(way.dialect !== 'chat_completions' && { stop_sequence: 'END' }),
    });
  });

  it('takes an image, its own way of JSON, and the choice of a tool', async () => {
    upstream.enqueue(speak(way.dialect, { blocks: [saying('{}')] }));
    const image = { type: 'image', base64: 'iVBORw0KGgo=', mime_type: 'image/png' } as const;
    const schema = { type: 'object', properties: {}, additionalProperties: false };
    await collect(
      model(way).stream(
        {
          ...request,
          messages: [{ role: 'user', parts: [{ type: 'text', text: 'What is it?' }, image] }],
          tool_choice: { name: 'clock' },
          parallel_tool_calls: false,
          response_format: { type: 'json_schema', name: 'thing', schema },
        },
        never,
      ),
    );

    const url = 'data:image/png;base64,iVBORw0KGgo=';
    const expected = {
      chat_completions: {
        messages: [
          {
            role: 'user',
            content: [
              { type: 'text', text: 'What is it?' },
              { type: 'image_url', image_url: { url } },
            ],
          },
        ],
        tool_choice: { type: 'function', function: { name: 'clock' } },
        parallel_tool_calls: false,
        response_format: { type: 'json_schema', json_schema: { name: 'thing', schema, strict: false } },
      },
      responses: {
        input: [
          {
            role: 'user',
            content: [
              { type: 'input_text', text: 'What is it?' },
              { type: 'input_image', image_url: url },
            ],
          },
        ],
        tool_choice: { type: 'function', name: 'clock' },
        parallel_tool_calls: false,
        text: { format: { type: 'json_schema', name: 'thing', schema, strict: false } },
        store: false,
        max_output_tokens: 500,
      },
      messages: {
        messages: [
          {
            role: 'user',
            content: [
              { type: 'text', text: 'What is it?' },
              {
                type: 'image',
                source: { type: 'base64', media_type: 'image/png', data: 'iVBORw0KGgo=' },
              },
            ],
          },
        ],
        tool_choice: { type: 'tool', name: 'clock', disable_parallel_tool_use: true },
        output_config: { format: { type: 'json_schema', schema } },
        max_tokens: 500,
      },
    };
    expect(bodyOf()).toMatchObject(expected[way.dialect]);
    expect((await upstream.call(0)).request.headers['accept-encoding']).toBe('identity');
  });
});

describe('what a model has thought', () => {
  const seal = (dialect: Dialect, kind: 'signature' | 'encrypted', value: string) =>
    ({ text: 'Hm.', seal: { dialect, kind, value, id: 'rs_1' } }) as const;
  const turn = (dialect: Dialect): ModelRequest => ({
    ...request,
    messages: [
      { role: 'user', parts: [{ type: 'text', text: 'Time?' }] },
      {
        role: 'assistant',
        content: '',
        reasoning: [seal(dialect, dialect === 'messages' ? 'signature' : 'encrypted', 'sealed')],
        tool_calls: [{ id: 'call_1', name: 'clock', arguments: {} }],
      },
      { role: 'tool', tool_call_id: 'call_1', tool_name: 'clock', content: 'broken', is_error: true },
    ],
    parameters: { max_tokens: 5_000, reasoning_tokens: 2_000, temperature: 0.5 },
  });

  it('goes back to Anthropic signed, with tokens to go on', async () => {
    upstream.enqueue(speak('messages', { blocks: [saying('Hi')] }));
    await collect(model(anthropic, 'claude-sonnet-4-5').stream(turn('messages'), never));

    expect(bodyOf()).toMatchObject({
      model: 'claude-sonnet-4-5',
      max_tokens: 5_000,
      thinking: { type: 'enabled', budget_tokens: 2_000 },
      messages: [
        { role: 'user' },
        {
          role: 'assistant',
          content: [
            { type: 'thinking', thinking: 'Hm.', signature: 'sealed' },
            { type: 'tool_use', id: 'call_1', name: 'clock', input: {} },
          ],
        },
        {
          role: 'user',
          content: [{ type: 'tool_result', tool_use_id: 'call_1', content: 'broken', is_error: true }],
        },
      ],
    });
    expect(bodyOf()).not.toHaveProperty('temperature');
  });

  it('goes back to OpenAI encrypted, which stores nothing', async () => {
    upstream.enqueue(speak('responses', { blocks: [saying('Hi')] }));
    await collect(model(openai).stream(turn('responses'), never));

    expect(bodyOf()).toMatchObject({
      store: false,
      include: ['reasoning.encrypted_content'],
      reasoning: { effort: 'low' },
      input: [
        { role: 'user' },
        {
          type: 'reasoning',
          id: 'rs_1',
          encrypted_content: 'sealed',
          summary: [{ type: 'summary_text', text: 'Hm.' }],
        },
        { type: 'function_call', call_id: 'call_1', name: 'clock', arguments: '{}' },
        { type: 'function_call_output', call_id: 'call_1', output: 'broken' },
      ],
    });
  });

  it.each([openai, anthropic])('does not go to another provider: $dialect', async (way) => {
    upstream.enqueue(speak(way.dialect, { blocks: [saying('Hi')] }));
    await collect(model(way).stream(turn(way.dialect === 'messages' ? 'responses' : 'messages'), never));

    expect(JSON.stringify(bodyOf())).not.toMatch(/sealed|Hm\./);
  });
});

describe('what a provider has no words for', () => {
  it('is refused before anything is sent', async () => {
    const file = { type: 'file', base64: 'AAAA', mime_type: 'application/zip' } as const;
    const asked = { ...request, messages: [{ role: 'user', parts: [file] } as const] };

    const { error } = await failureOf(model(anthropic).stream(asked, never));

    expect(error).toMatchObject({
      code: 'upstream_rejected',
      retryable: false,
      message: 'The provider "anthropic" takes no media type: application/zip.',
    });
    expect(upstream.calls).toEqual([]);
  });
});
