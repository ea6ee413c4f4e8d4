import type { MessageView } from '@pullcord/client';
import { describe, expect, it } from 'vitest';
import { isSameEntry, mapToEntries } from './map-to-entries.js';

type Message = MessageView['message'];

const facts = {
  context_id: 'c',
  branch: 'main',
  parent_id: null,
  depth: 1,
  role: 'assistant',
  status: 'complete',
  metadata: { source: 'ai_generated', display_hint: { collapsed: false } },
  revision: 1,
  created_at: '2026-11-21T00:00:00.000Z',
} as const;
const at = facts.created_at;

const view = (message: Message, more: Partial<MessageView> = {}): MessageView => ({
  message,
  text: message.kind === 'streaming_response' ? message.data.content : '',
  reasoning: '',
  toolArguments: {},
  sequence: 0,
  isStreaming: false,
  ...more,
});
const answer = (id: string, content: string, more: Partial<MessageView> = {}): MessageView =>
  view(
    {
      ...facts,
      id,
      kind: 'streaming_response',
      data: {
        content,
        model: 'm',
        started_at: at,
        final_sequence: 1,
        finish_reason: content ? 'stop' : 'tool_calls',
      },
    },
    more,
  );
const request = (id: string, ...calls: readonly string[]): MessageView =>
  view({
    ...facts,
    id,
    kind: 'tool_request',
    data: {
      calls: calls.map((call) => ({ id: call, name: `tool of ${call}`, arguments: {} })),
      approval_status: 'approved',
      requested_at: at,
    },
  });
const result = (id: string, call: string): MessageView =>
  view({
    ...facts,
    id,
    role: 'tool',
    kind: 'tool_result',
    data: {
      request_id: call,
      tool_name: 't',
      result: 1,
      execution_status: 'success',
      executed_at: at,
      duration_ms: 5,
    },
  });

const ids = (messages: readonly MessageView[]): readonly string[] =>
  mapToEntries(messages).map(({ view: { message }, results }) =>
    [message.id, ...results.map((one) => one.message.id)].join('+'),
  );

describe('entries', () => {
  it('puts results with their calls, and shows no answer that only called tools', () => {
    const messages = [
      answer('a', ''),
      request('b', '1', '2'),
      result('r', '2'),
      result('s', '1'),
      answer('c', 'Done.'),
    ];

    expect(ids(messages)).toEqual(['b+r+s', 'c']);
  });

  it('shows a result by itself whose call was not loaded', () => {
    expect(ids([result('r', '9'), answer('c', 'Done.')])).toEqual(['r', 'c']);
  });

  it('shows an empty answer while it streams, and where it thought aloud', () => {
    expect(ids([answer('a', '', { isStreaming: true }), answer('b', '', { reasoning: 'Hm.' })])).toEqual([
      'a',
      'b',
    ]);
  });

  it('gives the versions of an answer that is not shown to what stands in its place', () => {
    const siblings = { message_id: 'a', position: 2, alternatives: [] };
    const [calls, last] = mapToEntries([
      answer('a', '', { siblings }),
      request('b', '1'),
      answer('c', 'Done.'),
    ]);

    expect(calls?.siblings).toBe(siblings);
    expect(last?.siblings).toBeUndefined();
  });

  it('tells an entry that looks the same from one that does not', () => {
    const messages = [request('b', '1'), result('r', '1')];
    const [before] = mapToEntries(messages);
    const [same] = mapToEntries([...messages, answer('c', 'Done.')]);
    const [other] = mapToEntries([...messages, result('s', '1')]);
    if (!before || !same || !other) throw new Error('An entry is missing.');

    expect(isSameEntry(before, same)).toBe(true);
    expect(isSameEntry(before, other)).toBe(false);
  });
});
