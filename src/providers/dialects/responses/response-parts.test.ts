import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ModelError } from '../../model-error.js';
import { ResponseParts } from './response-parts.js';

const judged = new ModelError('upstream_protocol', 'judged', { retryable: true });

function read(lines: readonly string[], maxBytes = 1_000) {
  const seen: unknown[] = [];
  const answer = new ResponseParts({
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

const event = (type: string, rest: object = {}): string =>
  `event: ${type}\ndata: ${JSON.stringify({ type, ...rest })}\n\n`;
const added = (output_index: number, item: object) =>
  event('response.output_item.added', { output_index, item });
const done = (output_index: number, item: object) =>
  event('response.output_item.done', { output_index, item });
const piece = (output_index: number, delta: string) =>
  event('response.function_call_arguments.delta', { output_index, item_id: `other${delta}`, delta });
const called = (call_id: string | null, written = '') => ({
  type: 'function_call',
  id: 'fc_1',
  call_id,
  name: 'clock',
  arguments: written,
});
const over = (response: object = {}, type = 'response.completed') => event(type, { response });

const text = (delta: string) => ({ type: 'text', delta });
const reasoning = (delta: string) => ({ type: 'reasoning', delta });
const written = (tool_call_id: string, delta: string) => ({
  type: 'tool_arguments',
  tool_call_id,
  tool_name: 'clock',
  delta,
});
const call = (tool_call_id: string, whole: string) => ({
  type: 'tool_call',
  tool_call_id,
  tool_name: 'clock',
  arguments: whole,
});
const seal = (value: string, id?: string) => ({
  type: 'reasoning_seal',
  seal: { dialect: 'responses', kind: 'encrypted', value, ...(id !== undefined && { id }) },
});

describe('the events of a streamed response', () => {
  it.each([
    [
      'text',
      [
        event('response.created'),
        event('response.in_progress'),
        added(0, { type: 'message', content: [] }),
        event('response.content_part.added'),
        event('response.output_text.delta', { delta: 'H' }),
        event('response.output_text.delta', { delta: 'i' }),
        event('response.output_text.done', { text: 'Hi' }),
        done(0, { type: 'message', content: [{ type: 'output_text', text: 'Hi' }] }),
      ],
      [text('H'), text('i')],
    ],
    ['a refusal', [event('response.refusal.delta', { delta: 'No.' })], [text('No.')]],
    ['nothing', [event('response.output_text.delta', { delta: '' }), event('something.new')], []],
    [
      'a summary of reasoning, in paragraphs, and what it was',
      [
        added(0, { type: 'reasoning', id: 'rs', summary: [] }),
        event('response.reasoning_summary_part.added', { summary_index: 0 }),
        event('response.reasoning_summary_text.delta', { delta: 'One' }),
        event('response.reasoning_summary_part.added', { summary_index: 1 }),
        event('response.reasoning_summary_text.delta', { delta: 'Two' }),
        done(0, { type: 'reasoning', id: 'rs', encrypted_content: 'abc', summary: [{ text: 'One' }] }),
      ],
      [reasoning('One'), reasoning('\n\n'), reasoning('Two'), seal('abc', 'rs')],
    ],
    [
      'reasoning itself',
      [
        event('response.reasoning_text.delta', { delta: 'Hm' }),
        done(0, { type: 'reasoning', encrypted_content: null, content: [{ text: 'Hm' }] }),
      ],
      [reasoning('Hm')],
    ],
    [
      'reasoning that comes in one piece',
      [done(0, { type: 'reasoning', summary: [{ text: 'One' }, { text: 'Two' }], encrypted_content: 'x' })],
      [reasoning('One\n\nTwo'), seal('x')],
    ],
    [
      'reasoning that nobody may read, twice',
      [
        done(0, { type: 'reasoning', id: 'a', summary: [], encrypted_content: 'x' }),
        done(1, { type: 'reasoning', id: 'b', summary: [], encrypted_content: 'y' }),
      ],
      [seal('x', 'a'), seal('y', 'b')],
    ],
    [
      'parallel tool calls, whose pieces may alternate',
      [
        added(0, called('a')),
        added(1, called('b')),
        piece(0, '{"z":'),
        piece(1, '{'),
        piece(0, '1}'),
        piece(1, '}'),
        done(0, called('a', '{"z":1}')),
        done(1, called('b', '{}')),
      ],
      [
        written('a', '{"z":'),
        written('b', '{'),
        written('a', '1}'),
        written('b', '}'),
        call('a', '{"z":1}'),
        call('b', '{}'),
      ],
    ],
    [
      'a tool call that comes in one piece at its end',
      [added(0, called('a')), done(0, called('a', '{"z":1}'))],
      [written('a', '{"z":1}'), call('a', '{"z":1}')],
    ],
    ['a tool call that only ends', [done(0, called('a', '{}'))], [written('a', '{}'), call('a', '{}')]],
    ['a tool call without arguments', [added(0, called('a')), done(0, called('a'))], [call('a', '{}')]],
    [
      'a tool call without an id of its own',
      [done(0, { type: 'function_call', id: '', call_id: null, name: 'clock' })],
      [call('made', '{}')],
    ],
    ['a piece of no call', [piece(3, '{}')], []],
  ])('may be %s', (_, lines, parts) => {
    expect(read(lines)).toMatchObject({ parts, failure: undefined });
  });

  it.each([
    ['is not JSON', 'data: {"type":"resp\n\n', undefined],
    ['has no type', 'data: {"delta":""}\n\n', { delta: '' }],
    ['is an error', event('error', { code: 'x' }), { type: 'error', code: 'x' }],
    [
      'is a failure',
      event('response.failed', { response: { error: {} } }),
      { type: 'response.failed', response: { error: {} } },
    ],
    ['has a number for its text', event('response.output_text.delta', { delta: 5 }), expect.anything()],
    ['calls no tool', added(0, { type: 'function_call', call_id: 'a' }), expect.anything()],
    ['has text for its tokens', over({ usage: { input_tokens: 'x' } }), expect.anything()],
  ])('fail the answer when one %s, after what came before it', (_, bad, given) => {
    const before = event('response.output_text.delta', { delta: 'So' });

    expect(read([before + bad + before])).toMatchObject({
      parts: [text('So')],
      failure: judged,
      judged: [given],
    });
  });
});

describe('the end of a streamed response', () => {
  const none = { prompt: 0, completion: 0 };

  it.each([
    ['response.completed', {}, 'stop', 'tool_calls'],
    ['response.completed', { status: 'completed', incomplete_details: null }, 'stop', 'tool_calls'],
    ['response.incomplete', { incomplete_details: { reason: 'max_output_tokens' } }, 'length', 'length'],
    [
      'response.incomplete',
      { incomplete_details: { reason: 'content_filter' } },
      'content_filter',
      'content_filter',
    ],
    ['response.incomplete', { incomplete_details: { reason: '__proto__' } }, 'other', 'other'],
    ['response.incomplete', { status: 'incomplete' }, 'other', 'other'],
  ])('for %s with %j is %s, and after tool calls %s', (type, response, plain, afterCalls) => {
    expect(read([over(response, type)])).toMatchObject({
      isOver: true,
      end: [{ type: 'finish', finish_reason: plain, usage: none }],
    });
    expect(read([done(0, called('a')), over(response, type)]).end?.at(-1)).toMatchObject({
      finish_reason: afterCalls,
    });
  });

  it('has the tokens, with those that were thought and those from the cache', () => {
    const usage = {
      input_tokens: 9,
      output_tokens: 8,
      input_tokens_details: { cached_tokens: 3, cache_write_tokens: 2 },
      output_tokens_details: { reasoning_tokens: 5 },
    };

    expect(read([over({ usage })]).end).toEqual([
      {
        type: 'finish',
        finish_reason: 'stop',
        usage: { prompt: 9, completion: 8, reasoning: 5, cached: 3, cache_write: 2 },
      },
    ]);
  });

  it('is none when nothing said so', () => {
    expect(read([event('response.output_text.delta', { delta: 'Hi' }), 'data: [DONE]\n\n'])).toMatchObject({
      failure: undefined,
      end: undefined,
    });
  });

  it('ends the calls that nothing ended, and is the end', () => {
    expect(read([added(0, called('a')), over(), 'data: garbage\n\n'])).toMatchObject({
      failure: undefined,
      end: [call('a', '{}'), { finish_reason: 'tool_calls' }],
    });
  });
});

describe('a streamed response', () => {
  it('is the same however its lines were cut', () => {
    const lines = [
      '\u{feff}: hello\r\n',
      ...[
        event('response.output_text.delta', { delta: 'zażółć 🙂' }),
        added(1, called('a')),
        piece(1, '{}'),
        done(1, called('a', '{}')),
        over({ usage: { input_tokens: 9 } }),
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
    const long = '12345678901';

    expect(read([event('response.output_text.delta', { delta: long })], 11).failure).toBeUndefined();
    expect(read([event('response.output_text.delta', { delta: long })], 10)).toMatchObject({
      parts: [],
      failure: tooLarge,
    });
    expect(
      read([done(0, { type: 'reasoning', summary: [], encrypted_content: long })], 10).failure,
    ).toMatchObject(tooLarge);
    expect(read([added(0, called('1234567'))], 10).failure).toMatchObject(tooLarge);
    expect(read([done(0, called('a', long))], 10)).toMatchObject({ parts: [], failure: tooLarge });
  });
});
