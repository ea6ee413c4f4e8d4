import type { Activity } from '@pullcord/client';
import { describe, expect, it } from 'vitest';
import { moveLanes, type Lane } from './lane-state.js';

const contextId = '0199c9a2-7f3e-7a51-8c11-0d5a3c1e9b77';
const messageId = '0199c9a2-8a02-7d3e-b1f0-6a4c2e8d7f15';
const timestamp = '2026-01-31T12:00:00.000Z';

const delta = (current_sequence: number, message_id = messageId): Activity => ({
  type: 'signal',
  at: 0,
  signal: {
    type: 'content_delta',
    context_id: contextId,
    message_id,
    current_sequence,
    revision: 7,
    timestamp,
  },
});
const chunks = { pull: 1, contextId, cursor: 'sequence', messageId } as const;
const after = (...happened: readonly Activity[]): readonly Lane[] =>
  happened.reduce<readonly Lane[]>((lanes, each) => moveLanes(lanes, each, 3), []);

describe('The lane of a cursor', () => {
  it('is behind from the signal on until a pull has come as far', () => {
    const told = after(delta(3));
    expect(told).toMatchObject([{ cursor: 'sequence', messageId, have: 0, known: 3, isPulling: false }]);
    const pulling = moveLanes(told, { type: 'pull_started', at: 1, from: 0, ...chunks }, 3);
    expect(pulling).toMatchObject([{ have: 0, known: 3, isPulling: true }]);
    const ended: Activity = {
      type: 'pull_ended',
      at: 2,
      from: 0,
      to: 4,
      count: 4,
      milliseconds: 5,
      ...chunks,
    };
    expect(moveLanes(pulling, ended, 3)).toMatchObject([
      { have: 4, known: 4, isPulling: false, signals: 1, pulls: 1, milliseconds: 5 },
    ]);
  });

  it('does not go back for a signal that comes late', () => {
    expect(after(delta(9), delta(4))).toMatchObject([{ known: 9, signals: 2 }]);
  });

  it('stays where it is when a pull fails', () => {
    const [lane] = after(delta(9), {
      type: 'pull_ended',
      at: 2,
      from: 5,
      to: 5,
      count: 0,
      milliseconds: 5,
      ...chunks,
    });
    expect(lane).toMatchObject({ have: 5, known: 9 });
  });

  it('is one for the context and one for each message that a snapshot tells of', () => {
    const lanes = after({
      type: 'signal',
      at: 0,
      signal: {
        type: 'snapshot',
        context_id: contextId,
        revision: 7,
        timestamp,
        state: { type: 'streaming_response', message_id: messageId },
        streaming: [{ message_id: messageId, current_sequence: 5 }],
      },
    });
    expect(lanes.map(({ cursor, known }) => [cursor, known])).toEqual([
      ['sequence', 5],
      ['revision', 7],
    ]);
  });

  it('makes way for newer ones past the limit', () => {
    const lanes = after(delta(1, 'a'), delta(1, 'b'), delta(1, 'c'), delta(1, 'd'));
    expect(lanes.map((lane) => lane.messageId)).toEqual(['d', 'c', 'b']);
  });

  it('is not there for a heartbeat', () => {
    expect(after({ type: 'signal', at: 0, signal: { type: 'heartbeat', timestamp } })).toEqual([]);
  });
});
