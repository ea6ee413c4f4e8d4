import type { UIMessageChunk } from 'ai';
import { describe, expect, it } from 'vitest';
import { Told } from './told.js';

const text = (delta: string, id = 't'): UIMessageChunk => ({ type: 'text-delta', id, delta });
const tell = (told: Told, ...chunks: UIMessageChunk[]): (UIMessageChunk | undefined)[] =>
  chunks.map((chunk) => told.rest(chunk));

describe('a turn that is told again', () => {
  it('goes on in the middle of a delta, however it is cut the second time', () => {
    const told = new Told();
    tell(told, { type: 'text-start', id: 't' }, text('One '), text('two'));
    told.again();
    expect(
      tell(told, { type: 'text-start', id: 't' }, text('One two three'), text('.'), {
        type: 'text-end',
        id: 't',
      }),
    ).toEqual([undefined, text(' three'), text('.'), { type: 'text-end', id: 't' }]);
  });

  it('says what it says twice as often as it does, and no more', () => {
    const told = new Told();
    const step: UIMessageChunk = { type: 'start-step' };
    expect(tell(told, step, step)).toEqual([step, step]);
    told.again();
    expect(tell(told, step, step, step)).toEqual([undefined, undefined, step]);
    told.again();
    expect(tell(told, step, step, step)).toEqual([undefined, undefined, undefined]);
  });

  it('keeps apart what belongs to different parts and calls', () => {
    const told = new Told();
    const input = (toolCallId: string): UIMessageChunk => ({
      type: 'tool-input-delta',
      toolCallId,
      inputTextDelta: '{}',
    });
    tell(told, text('a', 'one'), input('first'));
    told.again();
    expect(tell(told, text('a', 'two'), input('second'), input('first'))).toEqual([
      text('a', 'two'),
      input('second'),
      undefined,
    ]);
  });
});
