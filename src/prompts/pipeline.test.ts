import { describe, expect, it } from 'vitest';
import { proceed, type PipelineStep } from './pipeline.js';

type Step = PipelineStep<string, readonly string[], string>;

const passes: Step = { stage: 'passing', take: () => ({ type: 'continue' }) };
const adds = (word: string): Step => ({
  stage: 'adding',
  take: (draft) => ({ type: 'transform', draft: [...draft, word] }),
});
const reason = { code: 'too_bad', message: 'It cannot go on.', retryable: false };
const aborts: Step = { stage: 'ending', take: () => ({ type: 'abort', reason }) };
const waits: Step = {
  stage: 'waiting',
  take: (draft) => (draft.includes('bread') ? { type: 'continue' } : { type: 'suspend', need: 'bread' }),
};

describe('a pipeline', () => {
  it('takes the draft through all steps, in their order', () => {
    expect(proceed([adds('a'), passes, adds('b')], [])).toEqual({ type: 'passed', draft: ['a', 'b'] });
    expect(proceed([], ['as it was'])).toEqual({ type: 'passed', draft: ['as it was'] });
  });

  it('ends where a step aborts, and shows no later step the draft', () => {
    expect(proceed([adds('a'), aborts, waits], [])).toEqual({ type: 'aborted', at: 1, reason });
  });

  it('stops where a step needs something, and goes on there with it', () => {
    const steps = [adds('a'), waits, adds('b')];
    const progress = proceed(steps, []);
    expect(progress).toEqual({ type: 'suspended', at: 1, draft: ['a'], need: 'bread' });
    expect(proceed(steps, ['a', 'bread'], 1)).toEqual({ type: 'passed', draft: ['a', 'bread', 'b'] });
    expect(proceed(steps, ['a'], 1)).toEqual({ ...progress, draft: ['a'] });
    expect(proceed([...steps, aborts], ['bread'], 2)).toEqual({ type: 'aborted', at: 3, reason });
  });

  it('leaves the draft that it was given as it was', () => {
    const draft = Object.freeze(['a']);
    proceed([adds('b')], draft);
    expect(draft).toEqual(['a']);
  });
});
