import { describe, expect, it } from 'vitest';
import type { Patience } from '../calls/patience.js';
import { pullLoop, type PullOfCursor } from './pull-loop.js';

/** Waits for nothing but its turn. */
const patience: Patience = {
  hasten: () => undefined,
  pause: () => Promise.resolve(),
  insist: (request) => request(),
};

/** A cursor whose pulls are ended by the test, one at a time. */
function controlled(more: Partial<PullOfCursor> = {}) {
  const pulls: { readonly end: () => void; readonly fail: (error: Error) => void }[] = [];
  const failures: unknown[] = [];
  const cursor: PullOfCursor = {
    pull: () => new Promise((end, fail) => pulls.push({ end, fail })),
    failed: (error) => failures.push(error),
    ...more,
  };
  return { pulls, failures, loop: pullLoop(cursor, patience) };
}

/** Lets all that is due happen. */
const settle = (): Promise<void> => new Promise((resolve) => setTimeout(resolve));

describe('a pull loop', () => {
  it('never has two pulls under way, and makes one more for all that was announced meanwhile', async () => {
    const { pulls, loop } = controlled();
    loop.want();
    loop.want();
    await settle();
    expect(pulls.length).toBe(1);
    for (let at = 0; at < 5; at++) loop.want();
    await settle();
    expect(pulls.length).toBe(1);
    pulls[0]?.end();
    await settle();
    expect(pulls.length).toBe(2);
    pulls[1]?.end();
    await settle();
    expect(pulls.length).toBe(2);
  });

  it('pulls nothing that is known, when it is only woken', async () => {
    let isBehind = false;
    const { pulls, loop } = controlled({ isBehind: () => isBehind });
    loop.wake();
    await settle();
    expect(pulls.length).toBe(0);
    isBehind = true;
    loop.wake();
    await settle();
    expect(pulls.length).toBe(1);
  });

  it('tries again what failed, until it works out', async () => {
    const { pulls, failures, loop } = controlled();
    loop.want();
    await settle();
    pulls[0]?.fail(new Error('one'));
    await settle();
    pulls[1]?.fail(new Error('two'));
    await settle();
    pulls[2]?.end();
    await settle();
    expect(failures).toEqual([new Error('one'), new Error('two')]);
    expect(pulls.length).toBe(3);
  });

  it('tells whoever asks about the next pull that begins, and not about one that had begun', async () => {
    const { pulls, loop } = controlled();
    loop.want();
    await settle();
    let isTold = false;
    const now = loop.now().then(() => (isTold = true));
    pulls[0]?.end();
    await settle();
    expect(isTold).toBe(false);
    pulls[1]?.end();
    await now;
    const failing = loop.now();
    await settle();
    pulls[2]?.fail(new Error('no'));
    await expect(failing).rejects.toThrow('no');
    await settle();
    pulls[3]?.end();
  });

  it('ends what is under way when it is stopped, and says nothing of it', async () => {
    let abort: AbortSignal | undefined;
    const { failures, loop } = controlled({
      pull: (signal) => {
        abort = signal;
        return new Promise((_, fail) => signal.addEventListener('abort', () => fail(new Error('aborted'))));
      },
    });
    loop.want();
    await settle();
    loop.stop();
    await settle();
    expect(abort?.aborted).toBe(true);
    expect(failures).toEqual([]);
    loop.want();
    await settle();
    expect(failures).toEqual([]);
  });
});
