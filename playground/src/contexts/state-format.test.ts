import { describe, expect, it } from 'vitest';
import { describeState } from './state-format.js';

const reply = '0199c9a2-8a02-7d3e-b1f0-6a4c2e8d7f15';

describe('The state of a context', () => {
  it('is shown where it moves, asks or went wrong, and is calm otherwise', () => {
    expect(describeState({ type: 'streaming_response', message_id: reply, sequence: 4 }).tone).toBe('busy');
    expect(describeState({ type: 'awaiting_user', reason: 'tool_approval', pending: [] }).tone).toBe('asks');
    expect(describeState({ type: 'error', code: 'x', message: 'y', retryable: true }).tone).toBe('failed');
    expect(describeState({ type: 'awaiting_user', reason: 'input' }).tone).toBe('calm');
    expect(describeState({ type: 'initial' }).tone).toBe('calm');
  });
});
