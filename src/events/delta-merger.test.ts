import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import {
  contentDelta,
  contextDeleted,
  contextId,
  messageCompleted,
  messageId,
  otherContextId,
  otherMessageId,
  owner,
  stateChanged,
} from '../../test/support/sample-signals.js';
import { DeltaMerger } from './delta-merger.js';
import { mergeKey, type Signal } from './signals.js';

const mergeMs = 25;

function setUp(ms = mergeMs) {
  const published: Signal[] = [];
  const merger = new DeltaMerger(ms, (_, signal) => published.push(signal));
  const take = (...signals: readonly Signal[]) => signals.forEach((signal) => merger.take(owner, signal));
  return { published, merger, take };
}

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe('DeltaMerger', () => {
  it('publishes the first delta at once, then the newest of each 25 ms', () => {
    const { published, take } = setUp();
    take(contentDelta(1), contentDelta(2), contentDelta(3));
    expect(published).toEqual([contentDelta(1)]);
    vi.advanceTimersByTime(24);
    take(contentDelta(4));
    expect(published).toHaveLength(1);
    vi.advanceTimersByTime(1);
    expect(published).toEqual([contentDelta(1), contentDelta(4)]);
    take(contentDelta(5));
    vi.advanceTimersByTime(25);
    expect(published).toEqual([contentDelta(1), contentDelta(4), contentDelta(5)]);
  });

  it('publishes at most one per message in 25 ms of a fast stream', () => {
    const { published, take } = setUp();
    for (let sequence = 1; sequence <= 1000; sequence += 1) {
      take(contentDelta(sequence));
      vi.advanceTimersByTime(1);
    }
    vi.advanceTimersByTime(mergeMs);
    expect(published).toHaveLength(1 + 1000 / mergeMs);
    expect(published.at(-1)).toEqual(contentDelta(1000));
  });

  it('does not let one message wait for another', () => {
    const { published, take } = setUp();
    take(contentDelta(1), contentDelta(1, { message_id: otherMessageId }));
    take(contentDelta(1, { context_id: otherContextId }));
    expect(published).toHaveLength(3);
  });

  it('publishes a held delta before message_completed, and nothing of the message after it', () => {
    const { published, merger, take } = setUp();
    take(contentDelta(1), contentDelta(2), contentDelta(3), messageCompleted(3));
    expect(published).toEqual([contentDelta(1), contentDelta(3), messageCompleted(3)]);
    expect(merger.isIdle).toBe(true);
    expect(vi.getTimerCount()).toBe(0);
    vi.advanceTimersByTime(1000);
    expect(published).toHaveLength(3);
  });

  it('keeps the order of a context: any other signal of it pushes the held delta out first', () => {
    const { published, take } = setUp();
    take(contentDelta(1), contentDelta(2), stateChanged(58));
    expect(published).toEqual([contentDelta(1), contentDelta(2), stateChanged(58)]);
    take(contentDelta(3));
    expect(published).toHaveLength(3);
  });

  it('leaves a held delta of one context alone when another context has a signal', () => {
    const { published, take } = setUp();
    take(contentDelta(1), contentDelta(2), stateChanged(9, { context_id: otherContextId }));
    expect(published).toEqual([contentDelta(1), stateChanged(9, { context_id: otherContextId })]);
  });

  it('is not put back by a delta that was overtaken', () => {
    const { published, take } = setUp();
    take(contentDelta(1), contentDelta(5), contentDelta(4));
    vi.advanceTimersByTime(mergeMs);
    expect(published).toEqual([contentDelta(1), contentDelta(5)]);
  });

  it('drops what it holds of a context that is deleted', () => {
    const { published, merger, take } = setUp();
    take(contentDelta(1), contentDelta(2), contextDeleted(59));
    vi.advanceTimersByTime(1000);
    expect(published).toEqual([contentDelta(1), contextDeleted(59)]);
    expect(merger.isIdle).toBe(true);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('forgets a message that has gone quiet', () => {
    const { merger, take } = setUp();
    take(contentDelta(1), contentDelta(2));
    vi.advanceTimersByTime(mergeMs);
    expect(merger.isIdle).toBe(false);
    vi.advanceTimersByTime(mergeMs);
    expect(merger.isIdle).toBe(true);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('publishes what it holds when it is flushed, and keeps no timer', () => {
    const { published, merger, take } = setUp();
    take(contentDelta(1), contentDelta(2), contentDelta(7, { context_id: otherContextId }));
    take(contentDelta(8, { context_id: otherContextId }));
    merger.flush();
    expect(published.slice(2)).toEqual([contentDelta(2), contentDelta(8, { context_id: otherContextId })]);
    expect(merger.isIdle).toBe(true);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('merges nothing when the time is 0', () => {
    const { published, take } = setUp(0);
    take(contentDelta(1), contentDelta(2), contentDelta(3));
    expect(published).toHaveLength(3);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('does not keep the process alive', () => {
    vi.useRealTimers();
    const before = process.getActiveResourcesInfo().filter((resource) => resource === 'Timeout').length;
    const { merger, take } = setUp(60_000);
    take(contentDelta(1));
    expect(merger.isIdle).toBe(false);
    expect(process.getActiveResourcesInfo().filter((resource) => resource === 'Timeout')).toHaveLength(
      before,
    );
    merger.flush();
  });

  it('never goes back, publishes the last delta of every message, and forgets them all', () => {
    const step = fc.record({
      afterMs: fc.integer({ min: 0, max: 40 }),
      context_id: fc.constantFrom(contextId, otherContextId),
      message_id: fc.constantFrom(messageId, otherMessageId),
      type: fc.constantFrom('delta', 'delta', 'delta', 'state', 'completed'),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const { published, merger, take } = setUp();
        const revisions = { [contextId]: 0, [otherContextId]: 0 };
        const taken = steps.map(({ context_id, message_id, type }, i): Signal => {
          // A delta moves its sequence, anything else the revision.
          if (type === 'delta')
            return contentDelta(i + 1, { context_id, message_id, revision: revisions[context_id] ?? 0 });
          const revision = (revisions[context_id] = (revisions[context_id] ?? 0) + 1);
          if (type === 'state') return stateChanged(revision, { context_id });
          return messageCompleted(i, { context_id, message_id, revision });
        });
        taken.forEach((signal, i) => {
          take(signal);
          vi.advanceTimersByTime(steps[i]?.afterMs ?? 0);
        });
        vi.advanceTimersByTime(2 * mergeMs);
        for (const context of [contextId, otherContextId]) {
          const heard = published.filter((s) => s.context_id === context).map((s) => s.revision);
          expect(heard).toEqual([...heard].sort((a, b) => a - b));
        }
        for (const key of new Set(published.map(mergeKey).filter((key) => key !== undefined))) {
          const sequences = published
            .filter((s) => mergeKey(s) === key)
            .map((s) => 'current_sequence' in s && s.current_sequence);
          expect(sequences).toEqual([...new Set(sequences)].sort((a, b) => Number(a) - Number(b)));
        }
        const last = new Map(taken.map((signal) => [mergeKey(signal) ?? signal, signal]));
        for (const signal of last.values()) expect(published).toContain(signal);
        expect(merger.isIdle).toBe(true);
        expect(vi.getTimerCount()).toBe(0);
      }),
    );
  });
});
