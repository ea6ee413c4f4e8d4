import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Dialect } from '../providers/language-model.js';
import { errorIn, RelayedEvents } from './relayed-events.js';

const data = (json: unknown): string => `data: ${JSON.stringify(json)}\n\n`;
const typed = (json: { readonly type: string }): string => `event: ${json.type}\n${data(json)}`;
const text = (content: string): string => data({ choices: [{ index: 0, delta: { content } }], usage: null });
const done = 'data: [DONE]\n\n';
const used = { prompt_tokens: 9, completion_tokens: 4, prompt_tokens_details: { cached_tokens: 3 } };

/** What is passed on of these bytes, and what is known at their end. */
function relay(
  dialect: Dialect,
  pieces: readonly (string | Buffer)[],
  rules: { readonly isUsageHidden?: boolean; readonly maxEventBytes?: number } = {},
) {
  const events = new RelayedEvents({ dialect, isUsageHidden: false, maxEventBytes: 100_000, ...rules });
  const passed = pieces.map((piece) => events.feed(Buffer.from(piece)).toString());
  return { passed, rest: events.rest().toString(), usage: events.usage, isWhole: events.isWhole };
}

describe('a relayed stream', () => {
  const whole = [text('za'), text('żółć 🙂'), data({ choices: [], usage: used }), done].join('');

  it('is passed on as it came, in whole events', () => {
    expect(
      relay('chat_completions', [text('a'), text('b').slice(0, 9), text('b').slice(9) + text('c'), ': hi']),
    ).toEqual({
      passed: [text('a'), '', text('b') + text('c'), ''],
      rest: ': hi',
      usage: undefined,
      isWhole: false,
    });
  });

  it.each([['\n'], ['\r\n'], ['\r']])('is the same however it was cut, with line ends like %j', (eol) => {
    const bytes = Buffer.from(whole.replaceAll('\n', eol));
    fc.assert(
      fc.property(fc.array(fc.nat({ max: bytes.length })), (cuts) => {
        const at = [0, ...cuts.toSorted((a, b) => a - b), bytes.length];
        const pieces = at.slice(1).map((end, n) => bytes.subarray(at[n], end));
        const { passed, rest, usage, isWhole } = relay('chat_completions', pieces);
        expect(passed.join('') + rest).toBe(bytes.toString());
        expect({ usage, isWhole }).toEqual({ usage: { prompt: 9, completion: 4, cached: 3 }, isWhole: true });
      }),
    );
  });

  it.each([['\n'], ['\r\n'], ['\r']])('is the same byte for byte, with line ends like %j', (eol) => {
    const bytes = Buffer.from(whole.replaceAll('\n', eol));
    const pieces = [...bytes].map((byte) => Buffer.from([byte]));
    expect(relay('chat_completions', pieces)).toMatchObject({
      rest: '',
      isWhole: true,
      usage: { prompt: 9 },
    });
  });

  it('says nothing of what was used to a caller who did not ask, but all else', () => {
    const both = data({ choices: [{ delta: {}, finish_reason: 'stop' }], usage: used });
    for (const pieces of [[whole], [...whole].map((character) => character)])
      expect(relay('chat_completions', pieces, { isUsageHidden: true }).passed.join('')).toBe(
        text('za') + text('żółć 🙂') + done,
      );
    expect(relay('chat_completions', [both + done], { isUsageHidden: true })).toMatchObject({
      passed: [both + done],
      usage: { prompt: 9 },
    });
  });

  it('takes text about usage and ends for text', () => {
    const odd = text('"usage": {"prompt_tokens":5} data: [DONE]') + text('data: [DONE]\n\n');
    expect(relay('chat_completions', [odd], { isUsageHidden: true })).toMatchObject({
      passed: [odd],
      usage: undefined,
      isWhole: false,
    });
    const said = typed({ type: 'content_block_delta', ...{ delta: { text: '{"type":"message_stop"}' } } });
    expect(relay('messages', [said]).isWhole).toBe(false);
  });

  it.each([
    ['chat_completions', text('Hi'), [done, data({ choices: [{ delta: {}, finish_reason: 'stop' }] })]],
    ['chat_completions', data({ choices: [], error: null }), [data({ error: { message: 'Boom' } })]],
    ['messages', typed({ type: 'ping' }), [typed({ type: 'message_stop' }), typed({ type: 'error' })]],
    [
      'responses',
      typed({ type: 'response.output_text.delta', ...{ delta: '"response.completed"' } }),
      ['response.completed', 'response.incomplete', 'response.failed', 'error'].map((type) =>
        typed({ type }),
      ),
    ],
  ] as const)('knows in %s that it is over', (dialect, before, ends) => {
    const isOver = (...events: readonly string[]): boolean => {
      const relayed = new RelayedEvents({ dialect, isUsageHidden: false, maxEventBytes: 1000 });
      for (const event of events) relayed.feed(Buffer.from(event));
      relayed.rest();
      return relayed.isOver;
    };

    expect(isOver(before)).toBe(false);
    for (const end of ends) {
      expect(isOver(before, end)).toBe(true);
      // Some servers leave out the last empty line.
      expect(isOver(before, end.trimEnd())).toBe(true);
    }
  });

  it('knows what the next event of a response would be numbered', () => {
    const relayed = new RelayedEvents({ dialect: 'responses', isUsageHidden: false, maxEventBytes: 1000 });
    expect(relayed.nextNumber).toBe(0);
    const delta = '"sequence_number":99';
    const event = { type: 'response.output_text.delta', ...{ delta, sequence_number: 4 } };
    relayed.feed(Buffer.from(typed(event) + 'data: {"sequence_number":5'));

    expect(relayed.nextNumber).toBe(5);
  });

  it('passes on an event that is too long to be held', () => {
    const long = text('x'.repeat(2000));
    expect(
      relay('chat_completions', [long.slice(0, 1500), long.slice(1500)], { maxEventBytes: 1000 }),
    ).toMatchObject({
      passed: [long.slice(0, 1500), long.slice(1500)],
    });
  });

  it('of Anthropic’s says what was used at its beginning and at its end', () => {
    const start = typed({
      type: 'message_start',
      ...{
        message: {
          usage: {
            input_tokens: 5,
            cache_read_input_tokens: 2,
            cache_creation_input_tokens: 1,
            output_tokens: 1,
          },
        },
      },
    });
    const delta = typed({ type: 'message_delta', ...{ usage: { output_tokens: 7 } } });
    const stop = typed({ type: 'message_stop' });
    const usage = { prompt: 8, completion: 1, cached: 2, cache_write: 1 };
    expect(relay('messages', [start])).toMatchObject({ usage, isWhole: false });
    expect(relay('messages', [start, delta, stop])).toMatchObject({
      passed: [start, delta, stop],
      usage: { ...usage, completion: 7 },
      isWhole: true,
    });
  });

  it('of Responses says what was used in its last event', () => {
    const created = typed({ type: 'response.created', ...{ response: { usage: null } } });
    const completed = typed({
      type: 'response.completed',
      ...{
        response: {
          usage: { input_tokens: 3, output_tokens: 2, output_tokens_details: { reasoning_tokens: 1 } },
        },
      },
    });
    expect(relay('responses', [created])).toMatchObject({ usage: undefined, isWhole: false });
    expect(relay('responses', [created, completed])).toMatchObject({
      usage: { prompt: 3, completion: 2, reasoning: 1 },
      isWhole: true,
    });
  });
});

describe('the first event of a stream', () => {
  it.each([
    [
      'event: error\n' + data({ type: 'error', error: { type: 'overloaded_error', message: 'Busy.' } }),
      'Busy.',
    ],
    [data({ error: { message: 'Busy.' } }), 'Busy.'],
    [': hello\n\n' + data({ error: { message: 'Busy.' } }) + text('x'), 'Busy.'],
    [data({ error: { code: 5 } }), ''],
    [text('"error": {"message":"x"}'), undefined],
    [data({ error: null, choices: [] }), undefined],
    [text('a') + data({ error: { message: 'later' } }), undefined],
    [done, undefined],
  ])('%j is an error: %j', (events, message) => {
    expect(errorIn(Buffer.from(events))).toBe(message);
  });
});
