import type { MessageView } from '@pullcord/client';
import { describe, expect, it } from 'vitest';
import { mapToCalls } from './map-to-calls.js';

type Message = MessageView['message'];
type Request = Extract<Message, { readonly kind: 'tool_request' }>;
type Result = Extract<Message, { readonly kind: 'tool_result' }>;

const at = '2026-11-21T00:00:00.000Z';
const facts = {
  id: 'm',
  context_id: 'c',
  branch: 'main',
  parent_id: null,
  depth: 1,
  role: 'assistant',
  status: 'complete',
  metadata: { source: 'ai_generated', display_hint: { collapsed: false } },
  revision: 1,
  created_at: at,
} as const;
const view = (message: Message): MessageView => ({
  message,
  text: '',
  reasoning: '',
  toolArguments: {},
  sequence: 0,
  isStreaming: false,
});
const request = (
  approval: Request['data']['approval_status'],
  status: Request['status'] = 'complete',
): MessageView =>
  view({
    ...facts,
    status,
    kind: 'tool_request',
    data: {
      calls: [{ id: '1', name: 'read', arguments: { a: 1 } }],
      approval_status: approval,
      requested_at: at,
    },
  });
const result = (data: Partial<Result['data']>, status: Result['status'] = 'complete'): MessageView =>
  view({
    ...facts,
    status,
    kind: 'tool_result',
    data: {
      request_id: '1',
      tool_name: 'read',
      result: null,
      execution_status: 'success',
      executed_at: at,
      duration_ms: 7,
      ...data,
    },
  });

describe('calls of tools', () => {
  it.each([
    ['pending', 'streaming', 'pending'],
    ['approved', 'complete', 'running'],
    ['auto_approved', 'complete', 'running'],
    ['denied', 'complete', 'denied'],
    ['approved', 'cancelled', 'cancelled'],
  ] as const)('%s, with a message that is %s, is %s', (approval, status, expected) => {
    expect(mapToCalls(request(approval, status), [])).toEqual([
      { id: '1', name: 'read', arguments: { a: 1 }, status: expected },
    ]);
  });

  it('take what came of them from their result', () => {
    expect(mapToCalls(request('approved'), [result({ result: { b: 2 } })])[0]).toMatchObject({
      status: 'success',
      result: { b: 2 },
      durationMs: 7,
    });
    const failed = result({
      execution_status: 'failed',
      error: { code: 'tool_failed', message: 'No such file.' },
    });
    expect(mapToCalls(request('approved'), [failed])[0]).toMatchObject({
      status: 'failed',
      error: 'No such file.',
    });
  });

  it('were not made when they were denied, or given up for something else', () => {
    for (const code of ['denied', 'not_approved']) {
      const denied = result({ execution_status: 'cancelled', error: { code, message: 'No.' } });
      expect(mapToCalls(request('approved'), [denied])[0]).toMatchObject({ status: 'denied', error: 'No.' });
    }
  });

  it('still run while their result is not final, and have no part in those of others', () => {
    expect(mapToCalls(request('approved'), [result({}, 'streaming')])[0]?.status).toBe('running');
    expect(mapToCalls(request('approved'), [result({ request_id: '2' })])[0]?.status).toBe('running');
  });
});
