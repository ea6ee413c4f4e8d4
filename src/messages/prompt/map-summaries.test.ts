import { expect, it } from 'vitest';
import { mapToHint } from '../map-to-hint.js';
import { mapToSent } from '../map-to-prompt.js';
import type { KnownPayload, Message, MessageFields, MessageRole } from '../message-kinds.js';
import type { MessageId } from '../../kernel/ids.js';

const at = '2026-01-31T12:00:00.000Z';

function message(id: string, role: MessageRole, payload: KnownPayload): Message {
  const place = { context_id: 'c1', branch: 'main', parent_id: null, depth: 1, revision: 1, created_at: at };
  const metadata = { source: 'user_input', display_hint: mapToHint(payload) };
  return { ...({ id, role, status: 'complete', metadata, ...place } as MessageFields), ...payload };
}

const said = (id: string): Message => message(id, 'user', { kind: 'text', data: { content: id } });
const summary = (id: string, ...covers: readonly string[]): Message =>
  message(id, 'system', {
    kind: 'summary',
    data: { content: id, covers, strategy: 'summarize', tokens_before: 9, tokens_after: 1 },
  });
const call = (id: string): Message =>
  message(id, 'assistant', {
    kind: 'tool_request',
    data: {
      calls: [{ id: 'x', name: 'look', arguments: {} }],
      approval_status: 'approved',
      requested_at: at,
    },
  });
const result = (id: string): Message =>
  message(id, 'tool', {
    kind: 'tool_result',
    data: {
      ...{ request_id: 'x', tool_name: 'look', result: 'seen', execution_status: 'success' },
      ...{ executed_at: at, duration_ms: 1 },
    },
  });

const ids = (messages: readonly Message[], ...pinned: readonly string[]): (string | null)[] =>
  mapToSent(messages, { pinned: new Set(pinned as MessageId[]) }).map(({ id }) => id);

it.each<[string, readonly Message[], readonly string[], readonly string[]]>([
  ['in place of what it covers', [said('a'), said('b'), said('c'), summary('s', 'a', 'b')], [], ['s', 'c']],
  ['first, where what it covers is older than all', [said('c'), summary('s', 'a', 'b')], [], ['s', 'c']],
  [
    'beside what is pinned',
    [said('a'), said('b'), said('c'), summary('s', 'a', 'b')],
    ['b'],
    ['s', 'b', 'c'],
  ],
  [
    'beside a call that is pinned, with its result',
    [said('a'), call('b'), result('c'), said('d'), summary('s', 'a', 'b', 'c')],
    ['c'],
    ['s', 'b', 'c', 'd'],
  ],
  [
    'before what is pinned, where nothing else is older',
    [said('a'), said('b'), said('c'), summary('s', 'b')],
    ['a'],
    ['s', 'a', 'c'],
  ],
  [
    'once, where a later one covers it and more',
    [said('a'), said('b'), summary('s', 'a'), said('c'), summary('t', 's', 'b')],
    [],
    ['t', 'c'],
  ],
])('a summary stands %s', (_, messages, pinned, expected) => {
  expect(ids(messages, ...pinned)).toEqual(expected);
});
