import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ModelError } from '../../model-error.js';
import { MessageParts } from './message-parts.js';

const judged = new ModelError('upstream_protocol', 'judged', { retryable: true });

function read(lines: readonly string[], maxBytes = 1_000) {
  const seen: unknown[] = [];
  const answer = new MessageParts({
    maxBytes,
    newId: () => 'made',
    judge: (event) => {
      seen.push(event);
      return judged;
    },
  });
  const parts = lines.flatMap((line) => answer.feed(line));
  return { parts, failure: answer.failure, judged: seen, isOver: answer.isOver, end: answer.end() };
}

const event = (json: { readonly type?: unknown }): string =>
  `event: ${String(json.type)}\ndata: ${JSON.stringify(json)}\n\n`;
const begin = (index: number, content_block: unknown) =>
  event({ type: 'content_block_start', index, content_block } as { type: string });
const delta = (index: number, part: unknown) =>
  event({ type: 'content_block_delta', index, delta: part } as { type: string });
const stop = (index: number) => event({ type: 'content_block_stop', index } as { type: string });
const finish = (stop_reason: string | null, rest: object = {}, usage?: object) =>
  event({ type: 'message_delta', delta: { stop_reason, stop_sequence: null, ...rest }, usage } as {
    type: string;
  });
const over = event({ type: 'message_stop' });
const start = (usage: object) =>
  event({ type: 'message_start', message: { id: 'm', usage } } as { type: string });

const text = (said: string) => ({ type: 'text', delta: said });
const reasoning = (said: string) => ({ type: 'reasoning', delta: said });
const seal = (kind: string, value: string) => ({
  type: 'reasoning_seal',
  seal: { dialect: 'messages', kind, value },
});
const written = (tool_call_id: string, said: string) => ({
  type: 'tool_arguments',
  tool_call_id,
  tool_name: 'clock',
  delta: said,
});
const call = (tool_call_id: string, whole: string) => ({
  type: 'tool_call',
  tool_call_id,
  tool_name: 'clock',
  arguments: whole,
});
const tool = (id: unknown, input: unknown = {}) => ({ type: 'tool_use', id, name: 'clock', input });
const none = { prompt: 0, completion: 0 };

describe('the blocks of a streamed message', () => {
  it.each([
    [
      'text',
      [
        begin(0, { type: 'text', text: '' }),
        delta(0, { type: 'text_delta', text: 'H' }),
        delta(0, { type: 'text_delta', text: 'i' }),
        stop(0),
      ],
      [text('H'), text('i')],
    ],
    ['text that comes with its beginning', [begin(0, { type: 'text', text: 'Hi' }), stop(0)], [text('Hi')]],
    ['empty text', [begin(0, { type: 'text', text: null }), delta(0, { type: 'text_delta', text: '' })], []],
    [
      'thinking, with its signature',
      [
        begin(0, { type: 'thinking', thinking: '', signature: '' }),
        delta(0, { type: 'thinking_delta', thinking: 'Hm' }),
        delta(0, { type: 'signature_delta', signature: 'ab' }),
        delta(0, { type: 'signature_delta', signature: 'c' }),
        stop(0),
      ],
      [reasoning('Hm'), seal('signature', 'abc')],
    ],
    [
      'thinking that nobody signed',
      [begin(0, { type: 'thinking', thinking: 'Hm' }), stop(0)],
      [reasoning('Hm')],
    ],
    [
      'thinking that is not shown',
      [
        begin(0, { type: 'thinking', thinking: '' }),
        delta(0, { type: 'signature_delta', signature: 's' }),
        stop(0),
      ],
      [seal('signature', 's')],
    ],
    [
      'thinking that nobody may read',
      [begin(0, { type: 'redacted_thinking', data: 'x' }), stop(0)],
      [seal('redacted', 'x')],
    ],
    [
      'tool calls, one after the other',
      [
        begin(0, tool('a')),
        delta(0, { type: 'input_json_delta', partial_json: '' }),
        delta(0, { type: 'input_json_delta', partial_json: '{"z":' }),
        delta(0, { type: 'input_json_delta', partial_json: '1}' }),
        stop(0),
        begin(1, tool('b')),
        stop(1),
      ],
      [written('a', '{"z":'), written('a', '1}'), call('a', '{"z":1}'), call('b', '{}')],
    ],
    [
      'a tool call that comes in one piece',
      [begin(0, tool('a', { z: 1 })), stop(0)],
      [written('a', '{"z":1}'), call('a', '{"z":1}')],
    ],
    ['a tool call without an id', [begin(0, tool(null)), stop(0)], [call('made', '{}')]],
    [
      'blocks and deltas that nobody here knows',
      [
        begin(0, { type: 'server_tool_use', id: 's', name: 'web_search', input: {} }),
        delta(0, { type: 'input_json_delta', partial_json: '{}' }),
        stop(0),
        begin(1, { type: 'text', text: '' }),
        delta(1, { type: 'citations_delta', citation: {} }),
        delta(1, { type: 'text_delta', text: 'Hi' }),
        event({ type: 'something_new' }),
        event({ type: 'ping' }),
      ],
      [text('Hi')],
    ],
    ['a delta of no block', [delta(5, { type: 'text_delta', text: 'Hi' }), stop(7)], []],
  ])('may be %s', (_, lines, parts) => {
    expect(read(lines)).toMatchObject({ parts, failure: undefined });
  });

  it.each([
    ['is not JSON', 'data: {"type":"content\n\n', undefined],
    ['has no type', 'data: {"delta":{}}\n\n', { delta: {} }],
    [
      'is an error',
      event({ type: 'error', error: { type: 'overloaded_error' } } as { type: string }),
      { type: 'error', error: { type: 'overloaded_error' } },
    ],
    ['has a number for its text', delta(0, { type: 'text_delta', text: 5 }), expect.anything()],
    ['calls a tool without a name', begin(1, { type: 'tool_use', id: 'a' }), expect.anything()],
    ['has text for its tokens', start({ input_tokens: 'x' }), expect.anything()],
  ])('fail the answer when an event %s, after what came before it', (_, bad, given) => {
    const before = begin(0, { type: 'text', text: 'So' });

    expect(read([before + bad + delta(0, { type: 'text_delta', text: 'more' })])).toMatchObject({
      parts: [text('So')],
      failure: judged,
      judged: [given],
    });
  });
});

describe('the end of a streamed message', () => {
  it.each([
    ['end_turn', 'stop'],
    ['stop_sequence', 'stop'],
    ['max_tokens', 'length'],
    ['model_context_window_exceeded', 'length'],
    ['tool_use', 'tool_calls'],
    ['refusal', 'content_filter'],
    ['pause_turn', 'other'],
    ['__proto__', 'other'],
  ])('for %s is %s', (reason, finish_reason) => {
    expect(read([finish(reason), over])).toMatchObject({
      isOver: true,
      end: [{ type: 'finish', finish_reason, usage: none }],
    });
  });

  it('says which stop sequence it came to', () => {
    expect(read([finish('stop_sequence', { stop_sequence: 'END' }), over]).end).toEqual([
      { type: 'finish', finish_reason: 'stop', usage: none, stop_sequence: 'END' },
    ]);
  });

  it('counts what comes from the cache and goes into it as parts of the prompt, and the last output', () => {
    const lines = [
      start({
        input_tokens: 5,
        output_tokens: 1,
        cache_read_input_tokens: 30,
        cache_creation_input_tokens: 7,
      }),
      finish(null, {}, { output_tokens: 20 }),
      finish(
        'end_turn',
        {},
        { output_tokens: 42, input_tokens: null, output_tokens_details: { thinking_tokens: 12 } },
      ),
      over,
    ];

    expect(read(lines).end).toEqual([
      {
        type: 'finish',
        finish_reason: 'stop',
        usage: { prompt: 42, completion: 42, reasoning: 12, cached: 30, cache_write: 7 },
      },
    ]);
  });

  it('is none when nothing said why', () => {
    expect(read([begin(0, { type: 'text', text: 'Hi' }), over]).end).toBeUndefined();
    expect(read([finish(null), over]).end).toBeUndefined();
  });

  it('ends the calls that nothing ended', () => {
    expect(read([begin(0, tool('a')), finish('tool_use')])).toMatchObject({
      isOver: false,
      end: [call('a', '{}'), { finish_reason: 'tool_calls' }],
    });
  });

  it('is the end: what comes after it is not looked at', () => {
    expect(read([finish('end_turn'), over + 'data: garbage\n\n'])).toMatchObject({
      failure: undefined,
      isOver: true,
    });
  });
});

describe('a streamed message', () => {
  it('is the same however its lines were cut', () => {
    const lines = [
      '\u{feff}: hello\n',
      ...[
        start({ input_tokens: 5 }),
        begin(0, { type: 'text', text: '' }),
        delta(0, { type: 'text_delta', text: 'zażółć 🙂' }),
        stop(0),
        begin(1, tool('a')),
        delta(1, { type: 'input_json_delta', partial_json: '{}' }),
        stop(1),
        finish('tool_use'),
        over,
      ]
        .join('')
        .split(/(?<=\n)/),
    ];
    const whole = read([lines.join('')]);

    fc.assert(
      fc.property(fc.array(fc.nat({ max: lines.length })), (cuts) => {
        const at = [0, ...cuts.toSorted((a, b) => a - b), lines.length];
        expect(read(at.slice(1).map((end, n) => lines.slice(at[n], end).join('')))).toEqual(whole);
      }),
    );
    expect(whole.parts).toHaveLength(3);
  });

  it('may have only so many bytes, with all that is kept of it', () => {
    const tooLarge = { code: 'content_too_large', retryable: false };
    const block = (json: unknown) => [begin(0, json)];

    expect(read(block({ type: 'text', text: '1234567890' }), 10).failure).toBeUndefined();
    expect(read(block({ type: 'text', text: '12345678901' }), 10)).toMatchObject({
      parts: [],
      failure: tooLarge,
    });
    expect(read(block({ type: 'thinking', signature: '12345678901' }), 10).failure).toMatchObject(tooLarge);
    expect(read(block({ type: 'redacted_thinking', data: '12345678901' }), 10).failure).toMatchObject(
      tooLarge,
    );
    expect(read(block(tool('1234567')), 10).failure).toMatchObject(tooLarge);
    expect(read(block(tool('a', { zone: 'UTC' })), 10)).toMatchObject({ parts: [], failure: tooLarge });
  });
});
