import { describe, expect, it } from 'vitest';
import type { MessageId } from '../kernel/ids.js';
import { actions, allowedActions } from './allowed-actions.js';
import type { Action } from './allowed-actions.js';
import { stages } from './context-state.js';
import type { ContextState } from './context-state.js';

const messageId = '0199c9a2-7f3e-7a51-8c11-0d5a3c1e9b77' as MessageId;
const whileUnderWay: Action[] = ['cancel', 'switch_branch', 'generate_title'];
const withMessages: Action[] = ['send_message', 'append_message', 'edit_message'];
const always: Action[] = ['archive', 'switch_branch', 'merge_branch', 'generate_title'];

const cases: [string, ContextState, Action[]][] = [
  ['a new context', { type: 'initial' }, ['send_message', 'append_message', ...always]],
  ...stages.map((stage): [string, ContextState, Action[]] => [
    stage,
    { type: 'active', stage },
    whileUnderWay,
  ]),
  ['a model call', { type: 'awaiting_llm', request_id: 'r', attempt: 1 }, whileUnderWay],
  ['a stream', { type: 'streaming_response', message_id: messageId, sequence: 3 }, whileUnderWay],
  [
    'a tool call',
    { type: 'processing_tool', tool_id: 't', tool_name: 'clock', depth: 1, done: 0, total: 1 },
    whileUnderWay,
  ],
  [
    'a workflow',
    { type: 'processing_workflow', workflow_id: 'w', execution_id: 'x', step: 1 },
    whileUnderWay,
  ],
  [
    'an answer',
    { type: 'awaiting_user', reason: 'input' },
    [...withMessages, 'retry', ...always, 'compress'],
  ],
  [
    'a tool that waits for approval',
    { type: 'awaiting_user', reason: 'tool_approval', pending: [{ tool_call_id: 't', tool_name: 'clock' }] },
    [...withMessages, 'approve_tools', 'cancel', 'retry', 'archive', 'switch_branch', 'generate_title'],
  ],
  [
    'too many tool rounds',
    { type: 'awaiting_user', reason: 'depth_limit' },
    [...withMessages, 'continue', ...always],
  ],
  [
    'a failure',
    { type: 'error', code: 'idle_timeout', message: 'No chunk came.', retryable: true },
    [...withMessages, 'retry', ...always, 'compress'],
  ],
  [
    'a failure that will hardly pass by itself, because the user may have changed the model since',
    { type: 'error', code: 'upstream_rejected', message: 'Refused.', retryable: false },
    [...withMessages, 'retry', ...always, 'compress'],
  ],
  ['the archive', { type: 'archived' }, ['restore']],
];

describe('the allowed actions', () => {
  it.each(cases)('after or during %s, are exactly these, in their order', (_, state, expected) => {
    expect(allowedActions({ state })).toEqual(expected);
  });

  it.each(cases)(
    'after or during %s, list a retry only where a user has said something',
    (_, state, expected) => {
      expect(allowedActions({ state, first_user_depth: 3 })).toEqual(expected);
      expect(allowedActions({ state, first_user_depth: null })).toEqual(
        expected.filter((action) => action !== 'retry'),
      );
    },
  );

  it('name each action at least once, so that none is for ever refused', () => {
    const seen = new Set(cases.flatMap(([, state]) => allowedActions({ state })));
    expect([...seen].sort()).toEqual([...actions].sort());
  });
});
