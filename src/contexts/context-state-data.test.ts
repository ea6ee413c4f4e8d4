import { describe, expect, it } from 'vitest';
import type { MessageId } from '../kernel/ids.js';
import { stateInSignal, tryTransition } from './context-state.js';
import type { ContextEvent, ContextState, EventOf, StateOf } from './context-state.js';

const initial: ContextState = { type: 'initial' };

/** Where a sequence of events ends; a refused event leaves the state as it was. */
const after = (...events: readonly ContextEvent[]): ContextState =>
  events.reduce<ContextState>((state, event) => tryTransition(state, event) ?? state, initial);

describe('the data of a state', () => {
  const asked: ContextEvent[] = [{ type: 'message_accepted' }, { type: 'llm_requested', request_id: 'r-1' }];
  const approved: EventOf<'tools_approved'> = {
    type: 'tools_approved',
    tool_id: 'call_1',
    tool_name: 'clock',
    depth: 2,
    total: 3,
  };

  it('counts the attempts of one model call, and begins again with the next', () => {
    expect(after(...asked)).toEqual({ type: 'awaiting_llm', request_id: 'r-1', attempt: 1 });
    const retried = after(...asked, { type: 'llm_requested', request_id: 'r-2' });
    expect(retried).toEqual({ type: 'awaiting_llm', request_id: 'r-2', attempt: 2 });
    expect(after(...asked, { type: 'cancelled' }, ...asked)).toMatchObject({ attempt: 1 });
  });

  it('begins the pipeline at validating, and goes on after tools at preparing_request', () => {
    expect(after({ type: 'message_accepted' })).toEqual({ type: 'active', stage: 'validating' });
    const toolsDone = after(...asked, approved, { type: 'tools_completed' });
    expect(toolsDone).toEqual({ type: 'active', stage: 'preparing_request' });
  });

  it('starts a stream at the sequence of its first chunk, 0 included', () => {
    const chunk = { type: 'chunk_received', message_id: 'm-1' as MessageId, sequence: 0 } as const;
    expect(after(...asked, chunk)).toEqual({ type: 'streaming_response', message_id: 'm-1', sequence: 0 });
    expect(after(...asked, chunk, { ...chunk, sequence: 7 })).toMatchObject({ sequence: 7 });
  });

  it('follows the calls of a tool round', () => {
    const first = {
      type: 'processing_tool',
      tool_id: 'call_1',
      tool_name: 'clock',
      depth: 2,
      done: 0,
      total: 3,
    };
    expect(after(...asked, approved)).toEqual(first);
    const next: ContextEvent = { type: 'tool_started', tool_id: 'call_2', tool_name: 'sum', done: 1 };
    expect(after(...asked, approved, next)).toEqual({
      ...first,
      tool_id: 'call_2',
      tool_name: 'sum',
      done: 1,
    });
    expect(after(...asked, approved, next, { ...next, done: 3 })).toMatchObject({ done: 1 });
    expect(after(...asked, approved, next, { ...next, done: 0 })).toMatchObject({ done: 1 });
  });

  it('follows the steps of a workflow', () => {
    const started: ContextEvent = { type: 'workflow_started', workflow_id: 'w', execution_id: 'x' };
    const running = { type: 'processing_workflow', workflow_id: 'w', execution_id: 'x', step: 0 };
    expect(after(started)).toEqual(running);
    expect(after(started, { type: 'step_started', step: 1 })).toEqual({ ...running, step: 1 });
    expect(after({ ...started, step: 3 })).toEqual({ ...running, step: 3 });
    expect(after({ ...started, step: -1 })).toEqual(initial);
  });

  it('keeps why it failed', () => {
    const why = { code: 'idle_timeout', message: 'No chunk came for 60 s.', retryable: true };
    expect(after(...asked, { type: 'failed', ...why })).toEqual({ type: 'error', ...why });
  });

  it('says which calls wait for approval, without their arguments', () => {
    const call = { tool_call_id: 'call_1', tool_name: 'shell', arguments: { command: 'secret' } };
    const waiting = after(...asked, { type: 'approval_required', pending: [call] });
    expect(waiting).toEqual({
      type: 'awaiting_user',
      reason: 'tool_approval',
      pending: [{ tool_call_id: 'call_1', tool_name: 'shell' }],
    });
  });

  it('is initial again when a context without messages is restored', () => {
    expect(after({ type: 'archive' }, { type: 'restore', has_messages: false })).toEqual(initial);
    const restored = after({ type: 'archive' }, { type: 'restore', has_messages: true });
    expect(restored).toEqual({ type: 'awaiting_user', reason: 'input' });
  });
});

describe('a state in a signal', () => {
  const messageId = '0199c9a2-7f3e-7a51-8c11-0d5a3c1e9b77' as MessageId;
  const processing: StateOf<'processing_tool'> = {
    type: 'processing_tool',
    tool_id: 'call_1',
    tool_name: 'shell',
    depth: 1,
    done: 0,
    total: 1,
  };

  it('shows its type and its ids', () => {
    expect(stateInSignal(initial)).toEqual({ type: 'initial' });
    expect(stateInSignal({ type: 'active', stage: 'validating' })).toEqual({
      type: 'active',
      stage: 'validating',
    });
    expect(stateInSignal({ type: 'awaiting_llm', request_id: 'r-1', attempt: 2 })).toEqual({
      type: 'awaiting_llm',
      request_id: 'r-1',
    });
    expect(stateInSignal({ type: 'streaming_response', message_id: messageId, sequence: 9 })).toEqual({
      type: 'streaming_response',
      message_id: messageId,
    });
    expect(stateInSignal(processing)).toEqual({ type: 'processing_tool', tool_id: 'call_1' });
    expect(
      stateInSignal({ type: 'processing_workflow', workflow_id: 'w', execution_id: 'x', step: 3 }),
    ).toEqual({ type: 'processing_workflow', workflow_id: 'w', execution_id: 'x' });
  });

  it('shows the reason and the error code, never the message, the calls or anything else', () => {
    const failed = stateInSignal({ type: 'error', code: 'idle_timeout', message: 'secret', retryable: true });
    expect(failed).toEqual({ type: 'error', code: 'idle_timeout' });
    const waiting = stateInSignal({
      type: 'awaiting_user',
      reason: 'tool_approval',
      pending: [{ tool_call_id: 'call_1', tool_name: 'shell' }],
    });
    expect(waiting).toEqual({ type: 'awaiting_user', reason: 'tool_approval' });
  });

  it.each(['a whole sentence as an id', 'x'.repeat(129), 'line\nbreak', '“quoted”', ''])(
    'leaves out a tool id that does not look like one: %j',
    (toolId) => {
      expect(stateInSignal({ ...processing, tool_id: toolId })).toEqual({ type: 'processing_tool' });
    },
  );

  it('is a fraction of what a signal may hold, whatever the state', () => {
    const longest = 'x'.repeat(128);
    const state = {
      type: 'processing_workflow',
      workflow_id: longest,
      execution_id: longest,
      step: 1,
    } as const;
    expect(JSON.stringify(stateInSignal(state)).length).toBeLessThan(350);
  });
});
