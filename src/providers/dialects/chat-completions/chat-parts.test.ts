import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ModelError } from '../../model-error.js';
import { ChatParts } from './chat-parts.js';

const judged = new ModelError('upstream_protocol', 'judged', { retryable: true });

function read(lines: readonly string[], maxBytes = 1_000) {
  const seen: unknown[] = [];
  const answer = new ChatParts({
    maxBytes,
    newId: () => 'made',
    judge: (event) => {
      seen.push(event);
      return judged;
    },
  });
  const parts = lines.flatMap((line) => answer.feed(line));
  return { parts, failure: answer.failure, judged: seen, end: answer.end() };
}

const event = (json: unknown): string => `data: ${JSON.stringify(json)}\n\n`;
const chunk = (delta: unknown, rest: object = {}): string =>
  event({ id: 'x', choices: [{ index: 0, delta, finish_reason: null, ...rest }] });
const text = (delta: string) => ({ type: 'text', delta });
const reasoning = (delta: string) => ({ type: 'reasoning', delta });

describe('an event of a streamed answer', () => {
  it.each([
    ['text', { content: 'Hi' }, [text('Hi')]],
    ['the role', { role: 'assistant', content: '' }, []],
    ['no content', { content: null }, []],
    ['a field that means nothing here', { content: 'Hi', sparkle: 5, audio: {} }, [text('Hi')]],
    ['a refusal', { content: null, refusal: 'No.' }, [text('No.')]],
    ['no refusal', { content: 'Hi', refusal: null }, [text('Hi')]],
    ['reasoning', { reasoning_content: 'Hm' }, [reasoning('Hm')]],
    ['reasoning by its other name', { reasoning: 'Hm', content: null }, [reasoning('Hm')]],
    ['both names of reasoning', { reasoning_content: 'Hm', reasoning: 'Hm' }, [reasoning('Hm')]],
    ['reasoning and text', { content: 'Hi', reasoning: 'Hm' }, [reasoning('Hm'), text('Hi')]],
    [
      'a list of parts',
      {
        content: [
          { type: 'thinking', thinking: [{ type: 'text', text: 'H' }, { text: 'm' }] },
          { type: 'text', text: 'Hi' },
          { type: 'reference', ids: [1] },
        ],
      },
      [reasoning('Hm'), text('Hi')],
    ],
    ['no delta', null, []],
  ])('may have %s', (_, delta, parts) => {
    expect(read([chunk(delta)])).toMatchObject({ parts, failure: undefined });
  });

  it.each([
    ['is not JSON', 'data: {"choices":[{"delta":\n\n', undefined],
    ['is no object', event(5), 5],
    ['is an error', event({ error: { message: 'x' } }), { error: { message: 'x' } }],
    ['is a chunk with an error', event({ choices: [], error: 'x' }), { choices: [], error: 'x' }],
    ['has no choices', event({ hello: 1 }), { hello: 1 }],
    ['has choices that are none', event({ choices: [5] }), { choices: [5] }],
    ['has a number for its text', chunk({ content: 5 }), expect.anything()],
    ['has text for its tool calls', chunk({ tool_calls: 'x' }), expect.anything()],
    ['has a number for its finish', chunk({}, { finish_reason: 5 }), expect.anything()],
    ['has text for its tokens', event({ choices: [], usage: { prompt_tokens: 'x' } }), expect.anything()],
  ])('that %s fails the answer, after what came before it', (_, bad, given) => {
    const all = read([chunk({ content: 'So' }) + bad + chunk({ content: 'more' })]);

    expect(all).toMatchObject({ parts: [text('So')], failure: judged, judged: [given] });
  });

  it('may say that there is no error', () => {
    expect(read([event({ choices: [], error: null })]).failure).toBeUndefined();
  });
});

describe('the end of a streamed answer', () => {
  const stop = chunk({}, { finish_reason: 'stop' });
  const none = { prompt: 0, completion: 0 };

  it.each([
    ['stop', 'stop', 'tool_calls'],
    ['tired', 'other', 'tool_calls'],
    ['__proto__', 'other', 'tool_calls'],
    ['constructor', 'other', 'tool_calls'],
    ['tool_calls', 'tool_calls', 'tool_calls'],
    ['function_call', 'tool_calls', 'tool_calls'],
    ['length', 'length', 'length'],
    ['content_filter', 'content_filter', 'content_filter'],
  ])('for %s is %s, and after tool calls %s', (finish_reason, plain, afterCalls) => {
    const finish = chunk({}, { finish_reason });
    const call = chunk({ tool_calls: [{ index: 0, id: 'a', function: { name: 'clock' } }] });

    expect(read([finish]).end).toEqual([{ type: 'finish', finish_reason: plain, usage: none }]);
    expect(read([call, finish]).end?.at(-1)).toMatchObject({ finish_reason: afterCalls });
  });

  it('is none when nothing said so, or when a tool call has no name', () => {
    expect(read([chunk({ content: 'Hi' }), 'data: [DONE]\n\n']).end).toBeUndefined();
    expect(read([chunk({ tool_calls: [{ index: 0, id: 'a', function: {} }] }), stop]).end).toBeUndefined();
  });

  it('comes after what still comes after the finish, with the tokens that were told last', () => {
    const usage = { prompt_tokens: 9, completion_tokens: 4, total_tokens: 13 };
    const more = { ...usage, prompt_tokens_details: { cached_tokens: 3 }, completion_tokens_details: null };
    const all = read([
      stop,
      chunk({ content: 'more' }),
      event({ choices: [], usage }),
      event({ choices: [], usage: more }),
      event({ choices: [], usage: null }),
    ]);

    expect(all.parts).toEqual([text('more')]);
    expect(all.end).toEqual([
      { type: 'finish', finish_reason: 'stop', usage: { prompt: 9, completion: 4, cached: 3 } },
    ]);
  });
});

describe('a streamed answer', () => {
  it('is the same however its lines were cut', () => {
    const lines = [
      '\u{feff}: hello\n',
      ...chunk({ content: 'zażółć 🙂' }).split(/(?<=\n)/),
      'event: message\r\n',
      ...chunk({ tool_calls: [{ index: 0, id: 'a', function: { name: 'clock', arguments: '{' } }] }).split(
        /(?<=\n)/,
      ),
      ...chunk({ tool_calls: [{ index: 0, function: { arguments: '}' } }] }).split(/(?<=\n)/),
      'data: [DONE]\n',
    ];
    const whole = read([lines.join('')]);

    fc.assert(
      fc.property(fc.array(fc.nat({ max: lines.length })), (cuts) => {
        const at = [0, ...cuts.toSorted((a, b) => a - b), lines.length];
        const pieces = at.slice(1).map((end, n) => lines.slice(at[n], end).join(''));
        expect(read(pieces)).toEqual(whole);
      }),
    );
    expect(whole.parts).toHaveLength(3);
  });

  it('may have only so many bytes, the ids and names of its tool calls included', () => {
    const tooLarge = { code: 'content_too_large', retryable: false };
    const call = chunk({
      tool_calls: [{ index: 0, id: 'abc', function: { name: 'clock', arguments: '{}' } }],
    });

    expect(read([chunk({ content: '12345' }), chunk({ reasoning: '67890' })], 10).failure).toBeUndefined();
    expect(read([chunk({ content: '12345' }), chunk({ reasoning: '67890ż' })], 10)).toMatchObject({
      parts: [text('12345')],
      failure: tooLarge,
    });
    expect(read([call], 10).failure).toBeUndefined();
    expect(read([call], 9)).toMatchObject({ parts: [], failure: tooLarge });
  });
});
