import { describe, expect, it } from 'vitest';
import type { ModelPart, ReasoningSeal } from '../../providers/language-model.js';
import { AnswerBlocks } from './answer-blocks.js';

const finish = { type: 'finish', finish_reason: 'stop', usage: { prompt: 1, completion: 2 } } as const;
const call = { type: 'tool_call', tool_call_id: 'a', tool_name: 'clock', arguments: '{}' } as const;
const seal: ReasoningSeal = { dialect: 'messages', kind: 'signature', value: 'x' };

function put(...parts: readonly ModelPart[]) {
  const answer = new AnswerBlocks();
  for (const part of parts) answer.add(part);
  return answer.whole;
}

describe('the blocks of an answer', () => {
  it('are its deltas put together, a block for each change of what they are', () => {
    const whole = put(
      { type: 'route', model: 'b', skipped: [] },
      { type: 'reasoning', delta: 'H' },
      { type: 'reasoning', delta: 'm' },
      { type: 'reasoning_seal', seal },
      { type: 'reasoning', delta: 'More' },
      { type: 'text', delta: 'Hel' },
      { type: 'text', delta: 'lo' },
      { type: 'tool_arguments', tool_call_id: 'a', tool_name: 'clock', delta: '{}' },
      call,
      finish,
    );

    expect(whole).toEqual({
      blocks: [
        { type: 'reasoning', text: 'Hm', seal },
        { type: 'reasoning', text: 'More' },
        { type: 'text', text: 'Hello' },
        call,
      ],
      finish,
    });
  });

  it('keep a seal of which nothing may be read', () => {
    expect(put({ type: 'text', delta: 'Hi' }, { type: 'reasoning_seal', seal }, finish)?.blocks).toEqual([
      { type: 'text', text: 'Hi' },
      { type: 'reasoning', text: '', seal },
    ]);
  });

  it('are none before the finish', () => {
    expect(put({ type: 'text', delta: 'Hi' })).toBeUndefined();
  });
});
