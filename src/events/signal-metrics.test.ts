import { describe, expect, it } from 'vitest';
import { contentDelta, owner, stateChanged } from '../../test/support/sample-signals.js';
import { Announcement } from './announcement.js';
import { DeltaMerger } from './delta-merger.js';
import { PendingSignals } from './pending-signals.js';
import { signalsDropped, signalsMerged } from './signal-metrics.js';
import type { Signal } from './signals.js';

const counts = () => ({
  atCommit: signalsMerged.of('commit').value,
  atReader: signalsMerged.of('reader').value,
  dropped: signalsDropped.value,
});

/** What `work` adds to each count. */
function moved(work: () => void): ReturnType<typeof counts> {
  const before = counts();
  work();
  const after = counts();
  return {
    atCommit: after.atCommit - before.atCommit,
    atReader: after.atReader - before.atReader,
    dropped: after.dropped - before.dropped,
  };
}

const addAll = (pending: PendingSignals, signals: readonly Signal[]): void =>
  signals.forEach((signal) => pending.add(new Announcement(owner, signal)));

describe('what nobody was sent', () => {
  it('is counted as merged where a newer delta stands for it, each one once', () => {
    const published: Signal[] = [];
    const merger = new DeltaMerger(60_000, (_, signal) => published.push(signal));
    const deltas = [1, 2, 3, 4].map((sequence) => contentDelta(sequence));
    // The first goes out, the last at the end; the two between are not heard of.
    const work = (): void => {
      for (const delta of deltas) merger.take(owner, delta);
      merger.flush();
    };
    expect(moved(work)).toEqual({ atCommit: 2, atReader: 0, dropped: 0 });
    expect(published).toHaveLength(2);
  });

  it('is counted as merged before a slow reader', () => {
    const pending = new PendingSignals(10);
    const work = (): void => addAll(pending, [contentDelta(1), contentDelta(3), contentDelta(2)]);
    expect(moved(work)).toEqual({ atCommit: 0, atReader: 2, dropped: 0 });
  });

  it('is counted as dropped where a resync stands for it, what comes until that is sent as well', () => {
    const pending = new PendingSignals(2);
    const signals = [1, 2, 3, 4, 5].map((revision) => stateChanged(revision));
    expect(moved(() => addAll(pending, signals))).toEqual({ atCommit: 0, atReader: 0, dropped: 5 });
    expect(pending.take()).toBe('resync');
    expect(moved(() => addAll(pending, signals.slice(0, 2)))).toEqual({
      atCommit: 0,
      atReader: 0,
      dropped: 0,
    });
  });
});
