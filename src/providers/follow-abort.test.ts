import { getEventListeners } from 'node:events';
import { describe, expect, it } from 'vitest';
import { followAbort } from './follow-abort.js';

describe('following an abort', () => {
  it('aborts with the parent, for its reason', () => {
    const parent = new AbortController();
    const { controller } = followAbort(parent.signal);
    parent.abort('why');

    expect(controller.signal.reason).toBe('why');
  });

  it('is aborted from the start when the parent is', () => {
    const { controller } = followAbort(AbortSignal.abort('why'));

    expect(controller.signal.reason).toBe('why');
  });

  it('says nothing to the parent', () => {
    const parent = new AbortController();
    followAbort(parent.signal).controller.abort();

    expect(parent.signal.aborted).toBe(false);
  });

  it('leaves nothing on the parent once it is over', () => {
    const parent = new AbortController();
    for (let i = 0; i < 100; i += 1) {
      const { controller, unfollow } = followAbort(parent.signal);
      unfollow();
      expect(controller.signal.aborted).toBe(false);
    }

    expect(getEventListeners(parent.signal, 'abort')).toHaveLength(0);
  });
});
