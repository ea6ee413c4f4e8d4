import type { Activity } from '@pullcord/client';
import { describe, expect, it } from 'vitest';
import { describeEntry } from './entry-format.js';
import { addEntry, type Entry } from './entry-state.js';

const contextId = '0199c9a2-7f3e-7a51-8c11-0d5a3c1e9b77';
const messageId = '0199c9a2-8a02-7d3e-b1f0-6a4c2e8d7f15';
const timestamp = '2026-01-31T12:00:00.000Z';

const delta = (current_sequence: number): Activity => ({
  type: 'signal',
  at: 0,
  signal: {
    type: 'content_delta',
    context_id: contextId,
    message_id: messageId,
    current_sequence,
    revision: 7,
    timestamp,
  },
});
const pulled = (pull: number, from: number, to: number): readonly Activity[] => {
  const of = { pull, contextId, cursor: 'sequence', messageId, from } as const;
  return [
    { type: 'pull_started', at: 0, ...of },
    { type: 'pull_ended', at: 0, to, count: to - from, milliseconds: 4, ...of },
  ];
};
const command = (action: string): Activity => ({ type: 'command', at: 0, contextId, action });
const after = (happened: readonly Activity[], limit = 100): readonly Entry[] =>
  happened.reduce<readonly Entry[]>((entries, each) => addEntry(entries, each, limit), []);
const words = (entries: readonly Entry[]): readonly string[] =>
  entries.map((entry) => `${describeEntry(entry).what} ×${entry.count}: ${describeEntry(entry).where}`);

describe('The lines of the drawer', () => {
  it('count what comes in a rush: one line of signals and one of pulls for a streaming message', () => {
    const entries = after([delta(1), ...pulled(1, 0, 1), delta(2), delta(4), ...pulled(2, 1, 4)]);
    expect(words(entries)).toEqual(['chunks ×2: 0 to 4: 4 in 4 ms each', 'content_delta ×3: sequence 4']);
  });

  it('begin anew when the last of the kind is out of sight', () => {
    const between = Array.from({ length: 8 }, (_, index) => command(`command_${index}`));
    expect(after([delta(1), ...between, delta(2)])).toHaveLength(10);
  });

  it('say what a pull has failed for, and the next one has its own line', () => {
    const of = { contextId, cursor: 'sequence', messageId, from: 2 } as const;
    const problem = {
      type: 'about:blank',
      title: 'No network',
      status: 0,
      detail: 'The network is gone.',
      instance: '',
      code: 'network_error',
    } as const;
    const entries = after([
      { type: 'pull_started', at: 0, pull: 1, ...of },
      { type: 'pull_ended', at: 0, pull: 1, to: 2, count: 0, milliseconds: 9, problem, ...of },
      ...pulled(2, 2, 3),
    ]);
    expect(entries.map((entry) => describeEntry(entry).problem)).toEqual([undefined, 'The network is gone.']);
  });

  it('do not merge signals that are not deltas', () => {
    const created: Activity = {
      type: 'signal',
      at: 0,
      signal: {
        type: 'message_created',
        context_id: contextId,
        message_id: messageId,
        kind: 'text',
        role: 'user',
        revision: 8,
        timestamp,
      },
    };
    expect(words(after([created, created]))).toEqual([
      'message_created ×1: revision 8',
      'message_created ×1: revision 8',
    ]);
  });

  it('tell of the stream when it has become otherwise', () => {
    const stream = (status: 'connecting' | 'live', isShared: boolean): Activity => ({
      type: 'connection',
      at: 0,
      connection: { status, failures: 0, isShared },
    });
    const entries = after([stream('connecting', false), stream('connecting', true), stream('live', true)]);
    expect(entries.map((entry) => describeEntry(entry).where)).toEqual(['live', 'connecting']);
  });

  it('are a limited number, the newest of them, each with an id of its own', () => {
    const entries = after([command('a'), command('b'), command('c')], 2);
    expect(entries.map((entry) => describeEntry(entry).what)).toEqual(['c', 'b']);
    expect(new Set(entries.map((entry) => entry.id)).size).toBe(2);
  });
});
