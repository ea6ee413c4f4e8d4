import { describe, expect, it } from 'vitest';
import type { FinishReason, ModelPart } from '../../../providers/language-model.js';
import { AnswerBlocks } from '../answer-blocks.js';
import { chatCompletionsCodec as codec } from './chat-completions-codec.js';

const head = { id: 'x1', model: 'openai/m', created_at: 1_700_000_000_123, input_tokens: 3 };
const usage = { prompt: 9, completion: 4, cached: 2, reasoning: 1 };
const finish = (finish_reason: FinishReason = 'stop'): ModelPart => ({
  type: 'finish',
  finish_reason,
  usage,
});
const text = (delta: string): ModelPart => ({ type: 'text', delta });
const piece = (id: string, delta: string): ModelPart => ({
  type: 'tool_arguments',
  tool_call_id: id,
  tool_name: 'clock',
  delta,
});
const call = (id: string, written: string): ModelPart => ({
  type: 'tool_call',
  tool_call_id: id,
  tool_name: 'clock',
  arguments: written,
});

const callOf = (include_usage = false) => codec.decode({ model: 'm', stream_options: { include_usage } });

const envelope = {
  id: 'chatcmpl-x1',
  object: 'chat.completion.chunk',
  created: 1_700_000_000,
  model: 'openai/m',
};

/** The data of the events, without the first, which is checked here, and the last. */
function written(parts: readonly ModelPart[], isUsageWanted = false): unknown[] {
  const writer = codec.writer(callOf(isUsageWanted), head);
  const all = [writer.begin(), ...parts.map((part) => writer.part(part)), writer.end()].join('');
  expect(all.endsWith('\n\ndata: [DONE]\n\n')).toBe(true);
  const events = all.split('\n\n').slice(0, -2);
  const chunks = events.map((event) => JSON.parse(event.replace(/^data: /, '')) as object);
  for (const chunk of chunks) expect(chunk).toMatchObject(envelope);
  expect(chunks[0]).toEqual({
    ...envelope,
    choices: [{ index: 0, delta: { role: 'assistant', content: '' }, finish_reason: null }],
  });
  return chunks.slice(1).map((chunk) => {
    const { choices, ...rest } = chunk as {
      choices: { delta: unknown; finish_reason: unknown }[];
      usage?: unknown;
    };
    const [choice] = choices;
    return choice ? (choice.finish_reason ?? choice.delta) : rest.usage;
  });
}

const whole = (...parts: readonly ModelPart[]) => {
  const blocks = new AnswerBlocks();
  for (const part of parts) blocks.add(part);
  if (!blocks.whole) throw new Error('no finish');
  return codec.whole(callOf(), head, blocks.whole);
};

describe('a streamed chat completion', () => {
  it('has its text in pieces, its reasoning in a field of its own, and nothing of seals and routes', () => {
    const seal = { dialect: 'messages', kind: 'signature', value: 's' } as const;
    expect(
      written([
        { type: 'route', model: 'b', skipped: [] },
        { type: 'reasoning', delta: 'Hm' },
        { type: 'reasoning_seal', seal },
        text('Hel'),
        text('lo'),
        finish(),
      ]),
    ).toEqual([{ reasoning_content: 'Hm' }, { content: 'Hel' }, { content: 'lo' }, 'stop']);
  });

  it('says the id and the name of a call once, and its arguments by its index', () => {
    const first = (index: number, id: string) => ({
      tool_calls: [{ index, id, type: 'function', function: { name: 'clock', arguments: '' } }],
    });
    const next = (index: number, args: string) => ({
      tool_calls: [{ index, function: { arguments: args } }],
    });
    expect(
      written([
        piece('a', '{"x"'),
        piece('b', '{'),
        piece('a', ':1}'),
        piece('b', '}'),
        call('a', '{"x":1}'),
        call('b', '{}'),
        call('c', '{}'),
        finish('tool_calls'),
      ]),
    ).toEqual([
      first(0, 'a'),
      next(0, '{"x"'),
      first(1, 'b'),
      next(1, '{'),
      next(0, ':1}'),
      next(1, '}'),
      first(2, 'c'),
      next(2, '{}'),
      'tool_calls',
    ]);
  });

  it('says what was used at its end, and only if that was wanted', () => {
    expect(written([text('Hi'), finish()], true)).toEqual([
      { content: 'Hi' },
      'stop',
      {
        prompt_tokens: 9,
        completion_tokens: 4,
        total_tokens: 13,
        prompt_tokens_details: { cached_tokens: 2 },
        completion_tokens_details: { reasoning_tokens: 1 },
      },
    ]);
    expect(written([text('Hi'), finish()])).toEqual([{ content: 'Hi' }, 'stop']);
  });

  it.each([
    ['stop', 'stop'],
    ['length', 'length'],
    ['tool_calls', 'tool_calls'],
    ['content_filter', 'content_filter'],
    ['error', 'stop'],
    ['other', 'stop'],
  ] as const)('that ends with %s says %s', (reason, said) => {
    expect(written([finish(reason)])).toEqual([said]);
  });

  it('that breaks off ends with an error, and without [DONE]', () => {
    const writer = codec.writer(callOf(), head);
    const failure = { status: 502, code: 'upstream_protocol', message: 'It broke off.' };
    expect(writer.fail(failure)).toBe(
      'data: {"error":{"message":"It broke off.","type":"server_error","param":null,"code":"upstream_protocol"}}\n\n',
    );
  });

  it('shows that it is alive with a comment', () => {
    expect(codec.writer(callOf(), head).ping()).toBe(': keep-alive\n\n');
  });
});

describe('a whole chat completion', () => {
  it('is one message', () => {
    expect(whole({ type: 'reasoning', delta: 'Hm' }, text('Hel'), text('lo'), finish())).toEqual({
      ...envelope,
      object: 'chat.completion',
      choices: [
        {
          index: 0,
          message: { role: 'assistant', content: 'Hello', refusal: null, reasoning_content: 'Hm' },
          logprobs: null,
          finish_reason: 'stop',
        },
      ],
      usage: {
        prompt_tokens: 9,
        completion_tokens: 4,
        total_tokens: 13,
        prompt_tokens_details: { cached_tokens: 2 },
        completion_tokens_details: { reasoning_tokens: 1 },
      },
    });
  });

  it('has no text where there are only calls', () => {
    expect(whole(call('a', '{x'), finish('tool_calls'))).toMatchObject({
      choices: [
        {
          message: {
            content: null,
            tool_calls: [{ id: 'a', type: 'function', function: { name: 'clock', arguments: '{x' } }],
          },
          finish_reason: 'tool_calls',
        },
      ],
    });
    expect(whole(finish())).toMatchObject({ choices: [{ message: { content: '' } }] });
  });
});

describe('an error of OpenAI’s', () => {
  it.each([
    [
      { status: 400, code: 'invalid_request', message: 'm', path: 'model' },
      'invalid_request_error',
      'model',
      'invalid_request',
    ],
    [{ status: 401, code: 'unauthorized', message: 'm' }, 'authentication_error', null, 'invalid_api_key'],
    [{ status: 404, code: 'unknown_model', message: 'm' }, 'invalid_request_error', null, 'model_not_found'],
    [{ status: 429, code: 'rate_limited', message: 'm' }, 'rate_limit_error', null, 'rate_limit_exceeded'],
    [{ status: 503, code: 'draining', message: 'm' }, 'server_error', null, 'draining'],
  ])('for %o is of type %s', (failure, type, param, code) => {
    expect(codec.errorBody(failure)).toEqual({ error: { message: 'm', type, param, code } });
  });
});
