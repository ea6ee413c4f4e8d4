import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { contentDelta, otherMessageId, owner, stateChanged } from '../../test/support/sample-signals.js';
import type { MessageId } from '../kernel/ids.js';
import { Announcement } from './announcement.js';
import { PendingSignals } from './pending-signals.js';
import type { Signal } from './signals.js';

const announce = (signal: Signal) => new Announcement(owner, signal);

/** Takes all there is: the signals, or the word resync. */
function drain(pending: PendingSignals): (Signal | 'resync')[] {
  const taken: (Signal | 'resync')[] = [];
  for (let next = pending.take(); next; next = pending.take())
    taken.push(next === 'resync' ? next : next.signal);
  return taken;
}

describe('PendingSignals', () => {
  it('gives back in the order of publishing', () => {
    const pending = new PendingSignals(10);
    const signals = [
      stateChanged(1),
      contentDelta(1),
      stateChanged(2),
      contentDelta(1, { message_id: otherMessageId }),
    ];
    for (const signal of signals) pending.add(announce(signal));
    expect(pending.size).toBe(4);
    expect(drain(pending)).toEqual(signals);
    expect(pending.size).toBe(0);
    expect(pending.take()).toBeUndefined();
  });

  it('keeps the newest delta of a message, where it was published', () => {
    const pending = new PendingSignals(10);
    for (const signal of [
      contentDelta(1),
      contentDelta(2),
      stateChanged(58),
      contentDelta(3, { revision: 58 }),
    ])
      pending.add(announce(signal));
    expect(drain(pending)).toEqual([stateChanged(58), contentDelta(3, { revision: 58 })]);
  });

  it('is not put back by a delta that was overtaken', () => {
    const pending = new PendingSignals(10);
    for (const signal of [contentDelta(5), contentDelta(4)]) pending.add(announce(signal));
    expect(drain(pending)).toEqual([contentDelta(5)]);
  });

  it('keeps every signal that has no merge key', () => {
    const pending = new PendingSignals(10);
    for (const signal of [stateChanged(1), stateChanged(1)]) pending.add(announce(signal));
    expect(drain(pending)).toHaveLength(2);
  });

  it('holds as many as it may, and one more makes exactly one resync of everything', () => {
    const pending = new PendingSignals(3);
    for (const revision of [1, 2, 3]) pending.add(announce(stateChanged(revision)));
    expect(pending.size).toBe(3);
    for (let revision = 4; revision < 400; revision += 1) pending.add(announce(stateChanged(revision)));
    expect(pending.size).toBe(1);
    expect(drain(pending)).toEqual(['resync']);
  });

  it('lets signals flow again after the resync was taken', () => {
    const pending = new PendingSignals(1);
    for (const revision of [1, 2]) pending.add(announce(stateChanged(revision)));
    expect(pending.take()).toBe('resync');
    pending.add(announce(stateChanged(3)));
    expect(drain(pending)).toEqual([stateChanged(3)]);
  });

  it('never exceeds its limit nor loses anything but to a newer delta or a resync', () => {
    const step = fc.oneof(
      fc.constant('take' as const),
      fc.constant('state' as const),
      fc.integer({ min: 0, max: 3 }), // a delta of one of four messages
    );
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 6 }), fc.array(step, { maxLength: 60 }), (max, steps) => {
        const pending = new PendingSignals(max);
        const seen: number[] = [];
        /** Revisions by key that a reader must still hear of, unless a resync comes after them. */
        let owed = new Map<string, number>();
        const take = () => {
          const next = pending.take();
          if (next === 'resync') owed = new Map();
          else if (next) {
            seen.push(next.signal.revision);
            for (const [key, revision] of owed) if (revision === next.signal.revision) owed.delete(key);
          }
          return next;
        };
        steps.forEach((what, i) => {
          const revision = i + 1;
          if (what === 'take') return void take();
          const message_id = String(what) as MessageId;
          const signal =
            what === 'state' ? stateChanged(revision) : contentDelta(revision, { message_id, revision });
          owed.set(what === 'state' ? `state ${revision}` : message_id, revision);
          pending.add(announce(signal));
          expect(pending.size).toBeLessThanOrEqual(max);
        });
        while (take());
        expect(owed.size).toBe(0);
        expect(seen).toEqual([...seen].sort((a, b) => a - b));
      }),
    );
  });
});
