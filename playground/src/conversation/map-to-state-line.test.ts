import { describe, expect, it } from 'vitest';
import { mapToStateLine, type State } from './map-to-state-line.js';

const pending = (count: number): State => ({
  type: 'awaiting_user',
  reason: 'tool_approval',
  pending: Array.from({ length: count }, (_, index) => ({ tool_call_id: `${index}`, tool_name: 't' })),
});

const cases: readonly (readonly [State, ReturnType<typeof mapToStateLine>])[] = [
  [{ type: 'initial' }, undefined],
  [
    { type: 'active', stage: 'resolving_files' },
    { tone: 'busy', text: 'Reading files…' },
  ],
  [
    { type: 'awaiting_llm', request_id: 'r', attempt: 1 },
    { tone: 'busy', text: 'Asking the model…' },
  ],
  [
    { type: 'awaiting_llm', request_id: 'r', attempt: 3 },
    { tone: 'busy', text: 'Asking the model, attempt 3…' },
  ],
  [
    { type: 'processing_tool', tool_id: 'i', tool_name: 'read_file', depth: 1, done: 1, total: 3 },
    { tone: 'busy', text: 'Running read_file (2 of 3)…' },
  ],
  [{ type: 'awaiting_user', reason: 'input' }, undefined],
  [pending(1), { tone: 'waiting', text: 'One call waits for your decision.' }],
  [pending(2), { tone: 'waiting', text: '2 calls wait for your decision.' }],
  [
    { type: 'error', code: 'x', message: 'It broke.', retryable: true },
    { tone: 'error', text: 'It broke.' },
  ],
];

describe('the line about the state', () => {
  it.each(cases)('says of %j: %j', (state, line) => {
    expect(mapToStateLine(state)).toEqual(line);
  });
});
