import { describe, expect, it } from 'vitest';
import type { FinishReason, ModelPart } from '../../../providers/language-model.js';
import { AnswerEvents, type NumberedEvent } from './answer-events.js';
import { convertCall } from './convert-call.js';

const head = {
  id: '019a0000000070008000000000000000',
  model: 'scripted/echo',
  created_at: 1_700_000_000_999,
  input_tokens: 3,
};
const text = (delta: string): ModelPart => ({ type: 'text', delta });
const reasoning = (delta: string): ModelPart => ({ type: 'reasoning', delta });
const seal = (value: string, id?: string): ModelPart => ({
  type: 'reasoning_seal',
  seal: {
    dialect: id ? 'responses' : 'messages',
    kind: id ? 'encrypted' : 'signature',
    value,
    ...(id && { id }),
  },
});
const args = (tool_call_id: string, delta: string, tool_name = 'clock'): ModelPart => ({
  type: 'tool_arguments',
  tool_call_id,
  tool_name,
  delta,
});
const called = (tool_call_id: string, written: string, tool_name = 'clock'): ModelPart => ({
  type: 'tool_call',
  tool_call_id,
  tool_name,
  arguments: written,
});
const finish = (finish_reason: FinishReason = 'stop'): ModelPart => ({
  type: 'finish',
  finish_reason,
  usage: { prompt: 9, completion: 4, cached: 2, reasoning: 1 },
});

function write(parts: readonly ModelPart[], body: object = {}) {
  const events = new AnswerEvents(convertCall({ model: 'm', input: 'Hi', ...body }), head);
  const all = [...events.begin(), ...parts.flatMap((part) => events.part(part))];
  return { all: parts.at(-1)?.type === 'finish' ? [...all, ...events.end()] : all, events };
}

/** An event in a line: what it is, where, and the piece of text in it. */
const told = ({ type, output_index, delta }: NumberedEvent): string =>
  [type.replace('response.', ''), output_index, delta].filter((fact) => fact !== undefined).join(' ');

const lines = (parts: readonly ModelPart[], body?: object): string[] =>
  write(parts, body).all.slice(2, -1).map(told);
const outputOf = (parts: readonly ModelPart[], body?: object): unknown =>
  write(parts, body).events.response().output;
const id = (prefix: string, index: number): string => `${prefix}_${head.id}_${index}`;

describe('the events of a response', () => {
  it('tell of text', () => {
    expect(lines([text('He'), text(''), text('llo.'), finish()])).toEqual([
      'output_item.added 0',
      'content_part.added 0',
      'output_text.delta 0 He',
      'output_text.delta 0 llo.',
      'output_text.done 0',
      'content_part.done 0',
      'output_item.done 0',
    ]);
    expect(outputOf([text('He'), text('llo.'), finish()])).toEqual([
      {
        id: id('msg', 0),
        type: 'message',
        status: 'completed',
        role: 'assistant',
        content: [{ type: 'output_text', text: 'Hello.', annotations: [], logprobs: [] }],
      },
    ]);
  });

  it('tell of reasoning before it, with its seal where that is wanted', () => {
    const parts = [reasoning('H'), reasoning('m'), seal('c2ln'), text('Hi'), finish()];
    const item = {
      id: id('rs', 0),
      type: 'reasoning',
      status: 'completed',
      summary: [{ type: 'summary_text', text: 'Hm' }],
    };

    expect(lines(parts).slice(0, 8)).toEqual([
      'output_item.added 0',
      'reasoning_summary_part.added 0',
      'reasoning_summary_text.delta 0 H',
      'reasoning_summary_text.delta 0 m',
      'reasoning_summary_text.done 0',
      'reasoning_summary_part.done 0',
      'output_item.done 0',
      'output_item.added 1',
    ]);
    expect(outputOf(parts)).toMatchObject([item, { id: id('msg', 1) }]);
    expect(JSON.stringify(outputOf(parts))).not.toContain('c2ln');
    expect(outputOf(parts, { store: false })).toMatchObject([
      { ...item, encrypted_content: 'pullcord:messages:signature::c2ln' },
      {},
    ]);
  });

  it('keep the id that a provider gave its reasoning, for it may want that back', () => {
    expect(outputOf([seal('gAAA', 'rs_theirs'), finish()], { store: false })).toMatchObject([
      { id: id('rs', 0), summary: [], encrypted_content: 'pullcord:responses:encrypted:rs_theirs:gAAA' },
    ]);
  });

  it('tell of reasoning that nobody may read by its item alone, and of two blocks as two', () => {
    expect(lines([seal('a'), seal('b'), finish()])).toEqual([
      'output_item.added 0',
      'output_item.done 0',
      'output_item.added 1',
      'output_item.done 1',
    ]);
  });

  it('tell of calls that are written side by side', () => {
    const parts = [
      text('So'),
      args('a', '{"x"'),
      args('b', '{}', 'dice'),
      args('a', ':1}'),
      called('a', '{"x":1}'),
      called('b', '{}', 'dice'),
      finish('tool_calls'),
    ];

    expect(lines(parts).slice(3)).toEqual([
      'output_text.done 0',
      'content_part.done 0',
      'output_item.done 0',
      'output_item.added 1',
      'function_call_arguments.delta 1 {"x"',
      'output_item.added 2',
      'function_call_arguments.delta 2 {}',
      'function_call_arguments.delta 1 :1}',
      'function_call_arguments.done 1',
      'output_item.done 1',
      'function_call_arguments.done 2',
      'output_item.done 2',
    ]);
    expect(outputOf(parts)).toMatchObject([
      { type: 'message' },
      {
        id: id('fc', 1),
        type: 'function_call',
        status: 'completed',
        call_id: 'a',
        name: 'clock',
        arguments: '{"x":1}',
      },
      { id: id('fc', 2), call_id: 'b', name: 'dice', arguments: '{}' },
    ]);
  });

  it('tell of a call that came whole, and of one without arguments', () => {
    expect(lines([called('a', '{"x":1}'), called('b', ''), finish()])).toEqual([
      'output_item.added 0',
      'function_call_arguments.delta 0 {"x":1}',
      'function_call_arguments.done 0',
      'output_item.done 0',
      'output_item.added 1',
      'function_call_arguments.done 1',
      'output_item.done 1',
    ]);
  });

  it('tell of free text for a tool that takes it', () => {
    const tools = [{ type: 'custom', name: 'patch' }];
    const parts = [
      args('a', '{"input":"*** ', 'patch'),
      called('a', '{"input":"*** End"}', 'patch'),
      called('b', 'no JSON', 'patch'),
      finish(),
    ];

    expect(lines(parts, { tools }).slice(0, 4)).toEqual([
      'output_item.added 0',
      'custom_tool_call_input.delta 0 *** End',
      'custom_tool_call_input.done 0',
      'output_item.done 0',
    ]);
    expect(outputOf(parts, { tools })).toMatchObject([
      { id: id('ctc', 0), type: 'custom_tool_call', call_id: 'a', name: 'patch', input: '*** End' },
      { input: 'no JSON' },
    ]);
  });

  it('go on in a message of its own with text that comes after calls have begun', () => {
    expect(outputOf([text('a'), args('x', '{}'), text('b'), called('x', '{}'), finish()])).toMatchObject([
      { type: 'message', content: [{ text: 'a' }] },
      { type: 'function_call', status: 'completed' },
      { type: 'message', content: [{ text: 'b' }], status: 'completed' },
    ]);
  });

  it('are numbered from 0 without a gap, and the same whenever they are written', () => {
    const parts = [reasoning('Hm'), text('Hi'), args('a', '{'), called('a', '{}'), finish()];
    const { all } = write(parts);

    expect(all.map(({ sequence_number }) => sequence_number)).toEqual(all.map((_, n) => n));
    expect(write(parts).all).toEqual(all);
  });

  it('say nothing of who was skipped', () => {
    expect(lines([{ type: 'route', model: 'm', skipped: [] }, finish()])).toEqual([]);
  });
});

describe('a response', () => {
  it('begins without output and tells what was asked for', () => {
    const body = {
      instructions: 'Be brief.',
      metadata: { a: 'b' },
      temperature: 0.5,
      tools: [{ type: 'web_search' }],
      conversation: 'conv_1',
      reasoning: { effort: 'low' },
    };
    const [created, inProgress] = write([], body).all;

    expect(created).toMatchObject({
      type: 'response.created',
      sequence_number: 0,
      response: {
        id: `resp_${head.id}`,
        object: 'response',
        created_at: 1_700_000_000,
        status: 'in_progress',
        model: 'scripted/echo',
        output: [],
        error: null,
        incomplete_details: null,
        usage: null,
        conversation: { id: 'conv_1' },
        reasoning: { effort: 'low', summary: null },
        store: true,
        top_p: 1,
        ...{
          instructions: 'Be brief.',
          metadata: { a: 'b' },
          temperature: 0.5,
          tools: [{ type: 'web_search' }],
        },
      },
    });
    expect(inProgress).toEqual({ ...created, type: 'response.in_progress', sequence_number: 1 });
    expect(created?.response).not.toHaveProperty('input');
  });

  it.each([
    ['stop', 'completed', null],
    ['tool_calls', 'completed', null],
    ['other', 'completed', null],
    ['length', 'incomplete', { reason: 'max_output_tokens' }],
    ['content_filter', 'incomplete', { reason: 'content_filter' }],
    ['error', 'failed', null],
  ] as const)('that ends by %s is %s', (reason, status, incomplete_details) => {
    const last = write([text('Hi'), args('a', '{'), finish(reason)]).all.at(-1);

    expect(last).toMatchObject({
      type: `response.${status}`,
      response: {
        status,
        incomplete_details,
        usage: {
          input_tokens: 9,
          input_tokens_details: { cached_tokens: 2, cache_write_tokens: 0 },
          output_tokens: 4,
          output_tokens_details: { reasoning_tokens: 1 },
          total_tokens: 13,
        },
        output: [{ status: 'completed' }, { status: status === 'completed' ? 'completed' : 'incomplete' }],
      },
    });
  });

  it.each([
    [429, 'rate_limit_exceeded'],
    [400, 'invalid_prompt'],
    [502, 'server_error'],
  ])('that fails with %i says %s, with what there is', (status, code) => {
    const { events } = write([text('Hi')]);

    expect(events.fail({ status, code: 'upstream_error', message: 'It broke.' })).toMatchObject([
      {
        type: 'response.failed',
        sequence_number: 5,
        response: {
          status: 'failed',
          error: { code, message: 'It broke.' },
          output: [{ status: 'incomplete' }],
        },
      },
    ]);
  });

  it('that fails before it began has begun all the same', () => {
    const events = new AnswerEvents(convertCall({ model: 'm', input: 'Hi' }), head);

    expect(events.fail({ status: 502, code: 'x', message: 'x' }).map(told)).toEqual([
      'created',
      'in_progress',
      'failed',
    ]);
  });

  it('that was cancelled ends without an error', () => {
    const { events } = write([text('Hi')]);

    expect(events.cancel()).toMatchObject([
      { type: 'response.incomplete', response: { status: 'cancelled', error: null } },
    ]);
  });
});
