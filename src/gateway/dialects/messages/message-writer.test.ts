import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { FinishReason, ModelPart, ReasoningSeal } from '../../../providers/language-model.js';
import { AnswerBlocks } from '../answer-blocks.js';
import { messagesCodec as codec } from './messages-codec.js';

const head = { id: 'x1', model: 'openai/m', created_at: 1_700_000_000_123, input_tokens: 3 };
const usage = { prompt: 9, completion: 4, cached: 2, cache_write: 1 };
const finish = (finish_reason: FinishReason = 'stop', stop_sequence?: string): ModelPart => ({
  type: 'finish',
  finish_reason,
  usage,
  ...(stop_sequence !== undefined && { stop_sequence }),
});
const text = (delta: string): ModelPart => ({ type: 'text', delta });
const thought = (delta: string): ModelPart => ({ type: 'reasoning', delta });
const sealed = (seal: ReasoningSeal): ModelPart => ({ type: 'reasoning_seal', seal });
const signature = sealed({ dialect: 'messages', kind: 'signature', value: 's' });
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

const asked = codec.decode({ model: 'm', max_tokens: 5, messages: [] });

interface Event {
  readonly type: string;
  readonly index?: number;
  readonly content_block?: { readonly type: string; readonly id?: string; readonly data?: string };
  readonly delta?: Readonly<Record<string, string>>;
}

function eventsOf(parts: readonly ModelPart[]): Event[] {
  const writer = codec.writer(asked, head);
  const all = [writer.begin(), ...parts.map((part) => writer.part(part)), writer.end()].join('');
  return all
    .split('\n\n')
    .slice(0, -1)
    .map((frame) => {
      const [, name, data] = /^event: (\w+)\ndata: (.*)$/.exec(frame) ?? [];
      const event = JSON.parse(data ?? 'null') as Event;
      expect(name).toBe(event.type);
      return event;
    });
}

/** The blocks as a client puts them together; fails where two are open, or an index is not the next. */
function blocksOf(events: readonly Event[]): string[] {
  const blocks: string[] = [];
  let open: string | undefined;
  for (const { type, index, content_block, delta } of events) {
    if (type === 'content_block_start') {
      expect([open, index]).toEqual([undefined, blocks.length]);
      open = [content_block?.type, content_block?.id, content_block?.data].filter(Boolean).join(' ');
    } else if (type === 'content_block_delta') {
      expect(index).toBe(blocks.length);
      expect(open).toBeDefined();
      open += ` ${delta?.['text'] ?? delta?.['thinking'] ?? delta?.['partial_json'] ?? `(${delta?.['signature']})`}`;
    } else if (type === 'content_block_stop') {
      expect(index).toBe(blocks.length);
      blocks.push(open ?? '');
      open = undefined;
    }
  }
  expect(open).toBeUndefined();
  return blocks;
}

const blocks = (...parts: readonly ModelPart[]) => blocksOf(eventsOf([...parts, finish()]));

describe('a streamed message', () => {
  it('begins with what was asked and ends with what was used', () => {
    const events = eventsOf([text('Hi'), finish()]);
    expect(events.map(({ type }) => type)).toEqual([
      'message_start',
      'ping',
      'content_block_start',
      'content_block_delta',
      'content_block_stop',
      'message_delta',
      'message_stop',
    ]);
    expect(events[0]).toEqual({
      type: 'message_start',
      message: {
        id: 'msg_x1',
        type: 'message',
        role: 'assistant',
        model: 'openai/m',
        content: [],
        stop_reason: null,
        stop_sequence: null,
        usage: {
          input_tokens: 3,
          cache_creation_input_tokens: 0,
          cache_read_input_tokens: 0,
          output_tokens: 0,
        },
      },
    });
    expect(events.at(-2)).toEqual({
      type: 'message_delta',
      delta: { stop_reason: 'end_turn', stop_sequence: null },
      usage: {
        input_tokens: 6,
        cache_creation_input_tokens: 1,
        cache_read_input_tokens: 2,
        output_tokens: 4,
      },
    });
  });

  it.each([
    ['stop', undefined, 'end_turn', null],
    ['stop', 'END', 'stop_sequence', 'END'],
    ['length', undefined, 'max_tokens', null],
    ['tool_calls', undefined, 'tool_use', null],
    ['content_filter', undefined, 'refusal', null],
    ['error', undefined, 'end_turn', null],
    ['other', undefined, 'end_turn', null],
  ] as const)('that ends with %s (%s) says %s', (reason, sequence, stop_reason, stop_sequence) => {
    expect(eventsOf([finish(reason, sequence)]).at(-2)).toMatchObject({
      delta: { stop_reason, stop_sequence },
    });
  });

  it.each<[string, readonly ModelPart[], readonly string[]]>([
    ['text', [text('Hel'), text('lo')], ['text Hel lo']],
    ['nothing', [], []],
    ['thinking and text', [thought('Hm'), signature, text('Hi')], ['thinking Hm (s)', 'text Hi']],
    ['thinking without a seal', [thought('Hm'), text('Hi')], ['thinking Hm', 'text Hi']],
    [
      'two thoughts',
      [thought('A'), signature, thought('B'), signature],
      ['thinking A (s)', 'thinking B (s)'],
    ],
    ['a seal alone', [signature, text('Hi')], ['thinking (s)', 'text Hi']],
    [
      'what nobody may read',
      [thought('A'), sealed({ dialect: 'messages', kind: 'redacted', value: 'r' }), text('Hi')],
      ['thinking A', 'redacted_thinking r', 'text Hi'],
    ],
    [
      'a seal of another dialect',
      [thought('A'), sealed({ dialect: 'responses', kind: 'encrypted', value: 'e', id: 'rs:1' })],
      ['thinking A (pullcord:responses:encrypted:rs%3A1:e)'],
    ],
    ['a call', [piece('a', '{"x"'), piece('a', ':1}'), call('a', '{"x":1}')], ['tool_use a {"x" :1}']],
    ['a call that comes whole', [call('a', '{}')], ['tool_use a {}']],
    [
      'text between calls',
      [call('a', '{}'), text('Hm'), call('b', '{}')],
      ['tool_use a {}', 'text Hm', 'tool_use b {}'],
    ],
    [
      'parallel calls, one after the other',
      [piece('a', '{}'), piece('b', '{'), piece('b', '}'), call('a', '{}'), call('b', '{}')],
      ['tool_use a {}', 'tool_use b { }'],
    ],
    [
      'parallel calls in turns',
      [piece('a', '{'), piece('b', '['), piece('a', '}'), piece('b', ']'), call('a', '{}'), call('b', '[]')],
      ['tool_use a { }', 'tool_use b [ ]'],
    ],
    [
      'three calls in turns, which end in another order',
      [
        piece('a', '{'),
        piece('b', '{'),
        piece('c', '{'),
        piece('c', '}'),
        call('c', '{}'),
        piece('b', '}'),
        piece('a', '}'),
        call('a', '{}'),
        call('b', '{}'),
      ],
      ['tool_use a { }', 'tool_use b { }', 'tool_use c { }'],
    ],
    [
      'text in the middle of a call',
      [piece('a', '{'), text('Hm'), piece('a', '}'), call('a', '{}')],
      ['tool_use a { }', 'text Hm'],
    ],
    ['a call that never ends', [piece('a', '{'), piece('b', '{}')], ['tool_use a {', 'tool_use b {}']],
  ])('may be %s', (_, parts, expected) => {
    expect(blocks(...parts)).toEqual(expected);
  });

  it('never has two blocks open, and all of every call, whatever comes', () => {
    const part = fc.oneof(
      fc.constantFrom(text('t'), thought('r'), signature),
      fc.constantFrom('a', 'b', 'c').map((id) => piece(id, '{"x":')),
      fc.constantFrom('a', 'b', 'c').map((id) => piece(id, '1}')),
    );
    fc.assert(
      fc.property(fc.array(part), (parts) => {
        const found = blocks(...parts);
        const textOf = (type: string) =>
          found
            .filter((block) => block.startsWith(type))
            .join('')
            .replaceAll(/text|[^t]/g, '');
        expect(textOf('text')).toBe('t'.repeat(parts.filter(({ type }) => type === 'text').length));
      }),
    );
  });

  it('that breaks off ends with an error', () => {
    const failure = { status: 502, code: 'upstream_protocol', message: 'It broke off.' };
    expect(codec.writer(asked, head).fail(failure)).toBe(
      'event: error\ndata: {"type":"error","error":{"type":"api_error","message":"It broke off."}}\n\n',
    );
  });

  it('shows that it is alive with a ping', () => {
    expect(codec.writer(asked, head).ping()).toBe('event: ping\ndata: {"type":"ping"}\n\n');
  });
});

describe('a whole message', () => {
  it('has the same blocks', () => {
    const answer = new AnswerBlocks();
    for (const part of [
      thought('Hm'),
      signature,
      sealed({ dialect: 'messages', kind: 'redacted', value: 'r' }),
      text('Hi'),
      call('a', '{"x":1}'),
      call('b', '{x'),
      call('c', ''),
      finish('tool_calls'),
    ])
      answer.add(part);
    if (!answer.whole) throw new Error('no finish');
    expect(codec.whole(asked, head, answer.whole)).toEqual({
      id: 'msg_x1',
      type: 'message',
      role: 'assistant',
      model: 'openai/m',
      content: [
        { type: 'thinking', thinking: 'Hm', signature: 's' },
        { type: 'redacted_thinking', data: 'r' },
        { type: 'text', text: 'Hi' },
        { type: 'tool_use', id: 'a', name: 'clock', input: { x: 1 } },
        { type: 'tool_use', id: 'b', name: 'clock', input: { written: '{x' } },
        { type: 'tool_use', id: 'c', name: 'clock', input: {} },
      ],
      stop_reason: 'tool_use',
      stop_sequence: null,
      usage: {
        input_tokens: 6,
        cache_creation_input_tokens: 1,
        cache_read_input_tokens: 2,
        output_tokens: 4,
      },
    });
  });
});

describe('an error of Anthropic’s', () => {
  it.each([
    [400, 'invalid_request_error'],
    [401, 'authentication_error'],
    [403, 'permission_error'],
    [404, 'not_found_error'],
    [413, 'request_too_large'],
    [415, 'invalid_request_error'],
    [429, 'rate_limit_error'],
    [500, 'api_error'],
    [503, 'overloaded_error'],
    [504, 'timeout_error'],
  ])('with the status %i is of type %s', (status, type) => {
    expect(codec.errorBody({ status, code: 'x', message: 'm' })).toEqual({
      type: 'error',
      error: { type, message: 'm' },
    });
  });
});
