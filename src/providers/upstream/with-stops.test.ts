import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { LanguageModel, ModelPart, ModelRequest } from '../language-model.js';
import { cutAt, withStops } from './with-stops.js';

const finish: ModelPart = {
  type: 'finish',
  finish_reason: 'length',
  usage: { prompt: 9, completion: 4 },
};
const text = (delta: string): ModelPart => ({ type: 'text', delta });

/** What of these parts comes when the model is asked to stop at these, and how many of them were asked for. */
async function ask(parts: readonly ModelPart[], stop?: readonly string[]) {
  let taken = 0;
  let isOver = false;
  const model: LanguageModel = {
    id: 'm',
    async *stream() {
      try {
        for (const part of parts) {
          taken += 1;
          yield await Promise.resolve(part);
        }
      } finally {
        isOver = true;
      }
    },
  };
  const request: ModelRequest = { messages: [], tools: [], parameters: { stop }, task: 'answer' };
  const all: ModelPart[] = [];
  for await (const part of withStops(model).stream(request, new AbortController().signal)) all.push(part);
  return { all, taken, isOver };
}

describe('an answer that is to stop', () => {
  const stopped = (stop_sequence: string): ModelPart => ({
    type: 'finish',
    finish_reason: 'stop',
    usage: { prompt: 0, completion: 0 },
    stop_sequence,
  });

  it('ends before what it is to stop at, and so does the call', async () => {
    const parts = [text('One, t'), text('wo, three'), text(', four'), finish];

    expect(await ask(parts, ['five', 'three'])).toEqual({
      all: [text('One, '), text('two, '), stopped('three')],
      taken: 2,
      isOver: true,
    });
  });

  it('ends at the one that comes first', async () => {
    expect((await ask([text('abc'), finish], ['c', 'b'])).all).toEqual([text('a'), stopped('b')]);
    expect((await ask([text('END'), finish], ['END'])).all).toEqual([stopped('END')]);
  });

  it('is whole where it comes to none', async () => {
    const call = { type: 'tool_call', tool_call_id: 'a', tool_name: 'clock', arguments: 'END' } as const;
    const parts = [text('The E'), text('N'), call, text('D'), finish];

    expect((await ask(parts, ['END', ''])).all).toEqual([text('The '), text('EN'), call, text('D'), finish]);
  });

  it.each([undefined, [], ['']])('is as it came where there is nothing to stop at: %j', async (stop) => {
    const parts = [text('All'), text(' of it'), finish];

    expect((await ask(parts, stop)).all).toEqual(parts);
  });

  it('is cut at the same place however it came', () => {
    const few = fc.string({ unit: fc.constantFrom('a', 'b'), minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(
        fc.array(few, { maxLength: 12 }),
        fc.array(few, { minLength: 1, maxLength: 3 }),
        (deltas, stops) => {
          let [said, held] = ['', ''];
          let stop: string | undefined;
          for (const delta of deltas) {
            const cut = cutAt(held + delta, stops);
            said += cut.text;
            held = cut.rest;
            stop = cut.stop;
            if (stop !== undefined) break;
          }
          const whole = deltas.join('');
          const ends = stops.map((one) => whole.indexOf(one)).filter((at) => at !== -1);
          // One that is seen whole first may begin later than one that was not yet.
          if (ends.length === 0) expect([said + held, stop]).toEqual([whole, undefined]);
          else expect(stops.some((one) => whole.startsWith(said + one) && one === stop)).toBe(true);
        },
      ),
    );
  });
});
