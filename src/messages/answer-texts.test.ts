import { expect, it } from 'vitest';
import type { BranchId, MessageId } from '../kernel/ids.js';
import { batchText, changesText, pageText } from './answer-texts.js';
import type { MessageText } from './message-row.js';

const message = (n: number) => ({ id: `id ${n}`, data: { content: '"],"\ud800\0' } });
const stored = (n: number): MessageText => ({
  id: `id ${n}` as MessageId,
  status: 'complete',
  revision: n,
  bytes: 10,
  text: JSON.stringify(message(n)),
});

it.each([0, 1, 2, 3])('answers with %i messages are what their objects would be written as', (count) => {
  const numbers = Array.from({ length: count }, (_, n) => n);
  const texts = numbers.map(stored);
  const messages = numbers.map(message);
  const missing = ['a', 'b'] as MessageId[];
  expect(batchText({ messages: texts, requested_count: count + 2, missing })).toBe(
    JSON.stringify({ messages, requested_count: count + 2, found_count: count, missing }),
  );
  expect(changesText({ messages: texts, deleted: [], revision: 7, has_more: true })).toBe(
    JSON.stringify({ messages, deleted: [], revision: 7, has_more: true }),
  );
  const siblings = [{ message_id: 'a' as MessageId, position: 1, alternatives: [] }];
  expect(pageText({ branch: 'main' as BranchId, messages: texts, siblings, has_more: false })).toBe(
    JSON.stringify({ branch: 'main', messages, siblings, has_more: false }),
  );
});
