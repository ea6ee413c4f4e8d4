import { describe, expect, it } from 'vitest';
import type { Context, RunAccepted } from '../generated/types.gen.js';
import { networkProblem } from '../problem.js';
import { createOutbox, type Arrival } from './outbox.js';

const accepted = (id: string, revision = 5): RunAccepted =>
  ({ message_id: id, run_id: `run of ${id}`, revision }) as RunAccepted;
const context = (state: string, revision: number, reason?: string): Context =>
  ({ state: { type: state, reason }, revision }) as Context;
const came = (id: string, key?: string): Arrival => ({ id, metadata: { client: { idempotency_key: key } } });

const begin = (isFollowed = true) => {
  let changes = 0;
  const outbox = createOutbox(
    () => (changes += 1),
    () => isFollowed,
  );
  return {
    outbox,
    statuses: () =>
      outbox
        .messages()
        .map(({ status }) => status)
        .join(),
    changes: () => changes,
  };
};

describe('what was sent', () => {
  it('is shown in the order of sending, until it has come', () => {
    const { outbox, statuses } = begin();
    const body = outbox.add('k1', { content: 'one', metadata: { mine: true } });
    expect(body).toEqual({ content: 'one', metadata: { mine: true, idempotency_key: 'k1' } });
    outbox.add('k2', { payload: { kind: 'text', data: { content: 'two' } } });
    expect(outbox.messages().map(({ content }) => content)).toEqual(['one', 'two']);
    outbox.accepted('k1', accepted('m1'));
    expect(statuses()).toBe('accepted,sending');
    outbox.settle([came('m1')], context('active', 6));
    expect(outbox.messages().map(({ key }) => key)).toEqual(['k2']);
  });

  it('is known again by its key before its answer has come, and the answer then changes nothing', () => {
    const { outbox } = begin();
    outbox.add('k1', { content: 'one' });
    outbox.settle([came('m1', 'k1')], context('active', 6));
    outbox.accepted('k1', accepted('m1'));
    outbox.failed('k1', networkProblem('late'));
    expect(outbox.messages()).toEqual([]);
  });

  it('waits for its turn behind a run, and for no turn that will not come', () => {
    const { outbox, statuses } = begin();
    outbox.add('k1', { content: 'queued' });
    outbox.accepted('k1', accepted('m1', 5));
    outbox.settle([], context('streaming_response', 9));
    outbox.settle([], context('awaiting_user', 9, 'tool_approval'));
    outbox.settle([], context('awaiting_user', 4, 'input'));
    expect(statuses()).toBe('accepted');
    outbox.settle([], context('awaiting_user', 9, 'input'));
    expect(statuses()).toBe('');
  });

  it('is let go of once it is accepted, where nobody follows and it would never be seen to come', () => {
    const { outbox, statuses, changes } = begin(false);
    outbox.add('k1', { content: 'one' });
    outbox.add('k2', { content: 'two' });
    outbox.accepted('k1', accepted('m1'));
    outbox.failed('k2', networkProblem('down'));
    expect(statuses()).toBe('failed');
    expect(changes()).toBe(4);
  });

  it('is unsaved until the server has it', () => {
    const { outbox } = begin();
    expect(outbox.isUnsaved()).toBe(false);
    outbox.add('k1', { content: 'one' });
    expect(outbox.isUnsaved()).toBe(true);
    outbox.failed('k1', networkProblem('down'));
    expect(outbox.isUnsaved()).toBe(true);
    outbox.again('k1');
    outbox.accepted('k1', accepted('m1'));
    expect(outbox.isUnsaved()).toBe(false);
  });

  it('stays while it has failed, and goes when it is discarded, sent again or taken back', () => {
    const { outbox, statuses } = begin();
    outbox.add('k1', { content: 'one' });
    outbox.failed('k1', networkProblem('down'));
    outbox.settle([], context('awaiting_user', 9, 'input'));
    expect(outbox.messages()[0]).toMatchObject({ status: 'failed', problem: { detail: 'down' } });
    expect(outbox.again('k1')).toMatchObject({ content: 'one' });
    expect(outbox.messages()[0]?.problem).toBeUndefined();
    expect(outbox.again('k1')).toBeUndefined();
    outbox.discard('k1');
    expect(statuses()).toBe('sending');
    outbox.accepted('k1', accepted('m1'));
    outbox.cancelled('run of m1');
    expect(statuses()).toBe('');
  });
});
