import { expect, it } from 'vitest';
import type { Message } from '../generated/types.gen.js';
import type { Line } from './line.js';
import { emptyView, mapToView, type Known } from './map-to-view.js';

const message = (status: string): Message =>
  ({ id: 'm1', kind: 'streaming_response', revision: 4, status, data: {} }) as Message;
const known = (...messages: readonly Message[]): Known => {
  const line: Line = { branch: 'main', messages, hasOlder: false, siblings: new Map(), others: '' };
  return {
    status: 'ready',
    problem: undefined,
    context: undefined,
    line,
    streamOf: () => undefined,
    outgoing: [],
  };
};

it('is the very same view while nothing has changed', () => {
  const before = mapToView(emptyView('c1'), known(message('complete')));
  const after = mapToView(before, known(message('complete')));
  expect(after.messages).toBe(before.messages);
});

it('shows a message whose status alone has changed as what it is now', () => {
  const before = mapToView(emptyView('c1'), known(message('streaming')));
  expect(before.messages[0]).toMatchObject({ isStreaming: true });
  const after = mapToView(before, known(message('cancelled')));
  expect(after.messages[0]).toMatchObject({ isStreaming: false, message: { status: 'cancelled' } });
});
