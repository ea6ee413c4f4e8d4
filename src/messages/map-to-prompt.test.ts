import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { anyPayload } from '../../test/support/any-payload.js';
import type { PromptMessage } from '../providers/language-model.js';
import { mapToHint } from './map-to-hint.js';
import { mapToPrompt } from './map-to-prompt.js';
import {
  messageRoles,
  type DataOfKind,
  type KnownPayload,
  type Message,
  type MessageFields,
  type MessagePayload,
  type MessageRole,
} from './message-kinds.js';

const at = '2026-01-31T12:00:00.000Z';

function message(role: MessageRole, payload: KnownPayload | MessagePayload, id = 'm1'): Message {
  const fields = {
    ...{
      id,
      context_id: 'c1',
      branch: 'main',
      parent_id: null,
      depth: 1,
      role,
      status: 'complete',
      revision: 1,
    },
    created_at: at,
    metadata: { source: 'user_input', display_hint: mapToHint(payload) },
  } as MessageFields;
  return { ...fields, ...payload };
}

const text = (role: MessageRole, content: string, id?: string): Message =>
  message(role, { kind: 'text', data: { content } }, id);
const user = (content: string): PromptMessage => ({ role: 'user', parts: [{ type: 'text', text: content }] });
const assistant = (content: string): PromptMessage => ({ role: 'assistant', content });
const system = (content: string): PromptMessage => ({ role: 'system', content });

const answer = (content: string): Message =>
  message('assistant', {
    kind: 'streaming_response',
    data: { content, reasoning: 'I think', model: 'm', started_at: at, final_sequence: 1 },
  });

const request = (ids: readonly string[], rest: Partial<DataOfKind['tool_request']> = {}): Message =>
  message('assistant', {
    kind: 'tool_request',
    data: {
      calls: ids.map((id) => ({ id, name: 'look', arguments: { at: id } })),
      ...{ approval_status: 'auto_approved', requested_at: at, ...rest },
    },
  });

const result = (request_id: string, rest: Partial<DataOfKind['tool_result']> = {}): Message =>
  message('tool', {
    kind: 'tool_result',
    data: {
      ...{ request_id, tool_name: 'look', result: `saw ${request_id}`, execution_status: 'success' },
      ...{ executed_at: at, duration_ms: 1, ...rest },
    },
  });

const calls = (...ids: readonly string[]): PromptMessage => ({
  role: 'assistant',
  content: '',
  tool_calls: ids.map((id) => ({ id, name: 'look', arguments: { at: id } })),
});
const tool = (tool_call_id: string, content: string, is_error = false): PromptMessage => ({
  ...{ role: 'tool', tool_call_id, tool_name: 'look', content, is_error },
});

const summary = (covers: readonly string[], id: string, role: MessageRole = 'system'): Message =>
  message(
    role,
    {
      kind: 'summary',
      data: { content: `About ${id}`, covers, strategy: 's', tokens_before: 9, tokens_after: 1 },
    },
    id,
  );

const mcp = { server_name: 'git', tool_name: 'log', request_id: 'r1' };
const workflow = {
  workflow_name: 'notes',
  execution_id: 'e',
  total_steps: 3,
  started_at: at,
  updated_at: at,
};
const structure = { root_path: '/app', generated_at: at, excluded_patterns: [] };

describe('what a model is sent', () => {
  it.each<[string, readonly Message[], readonly PromptMessage[]]>([
    ['a user text', [text('user', 'Hi')], [user('Hi')]],
    ['an assistant text', [text('assistant', 'Hi')], [assistant('Hi')]],
    ['a system text', [text('system', 'Be brief')], [system('Be brief')]],
    ['a blank text', [text('user', ' \n')], []],
    ['two user texts, one after the other', [text('user', 'a'), text('user', 'b')], [user('a'), user('b')]],
    [
      'an image by URL',
      [
        message('user', {
          kind: 'image',
          data: { source: { url: 'https://a/b' }, recognition_mode: 'auto' },
        }),
      ],
      [{ role: 'user', parts: [{ type: 'image', url: 'https://a/b' }] }],
    ],
    [
      'an image in base64, with the text that was read from it',
      [
        message('user', {
          kind: 'image',
          data: {
            ...{ source: { base64: 'AAAA', mime_type: 'image/png' }, recognition_mode: 'vision' },
            recognized_text: 'EXIT',
          },
        }),
      ],
      [
        {
          role: 'user',
          parts: [
            { type: 'image', base64: 'AAAA', mime_type: 'image/png' },
            { type: 'text', text: 'Text read from the image:\nEXIT' },
          ],
        },
      ],
    ],
    [
      'an image that was to be read, by its text alone',
      [
        message('user', {
          kind: 'image',
          data: { source: { url: 'https://a/b' }, recognition_mode: 'ocr', recognized_text: 'EXIT' },
        }),
      ],
      [user('Text read from the image:\nEXIT')],
    ],
    [
      'an image by its path, as a note',
      [
        message('user', {
          kind: 'image',
          data: { source: { file_path: 'a\n.png' }, recognition_mode: 'auto' },
        }),
      ],
      [user('Image file: a .png')],
    ],
    [
      'a file with its path and lines, in a fence longer than any inside',
      [
        message('user', {
          kind: 'file_reference',
          data: { path: 'docs/a.md', line_range: [3, 5], resolved_content: 'x\n````\ny' },
        }),
      ],
      [user('File docs/a.md, lines 3 to 5:\n`````md\nx\n````\ny\n`````')],
    ],
    [
      'a file that could not be read, by its path',
      [message('user', { kind: 'file_reference', data: { path: 'a', resolution_error: 'no such file' } })],
      [user('File a (not read: no such file)')],
    ],
    [
      'a tree of directories',
      [
        message('user', {
          kind: 'project_structure',
          data: {
            ...{ ...structure, structure_type: 'tree' },
            content: { name: 'app', type: 'directory', children: [{ name: 'a.ts', type: 'file' }] },
          },
        }),
      ],
      [user('Directories of /app:\n```\napp/\n  a.ts\n```')],
    ],
    [
      'a list of files',
      [
        message('user', {
          kind: 'project_structure',
          data: {
            ...structure,
            structure_type: 'file_list',
            content: [{ path: 'a.ts' }, { path: 'b\n.ts' }],
          },
        }),
      ],
      [user('Files of /app:\n```\na.ts\nb .ts\n```')],
    ],
    [
      'dependencies',
      [
        message('user', {
          kind: 'project_structure',
          data: {
            ...structure,
            structure_type: 'dependencies',
            content: [{ name: 'rxjs', version: '7' }, { name: 'pg' }],
          },
        }),
      ],
      [user('Dependencies of /app:\n```\nrxjs 7\npg\n```')],
    ],
    ['an answer, without its reasoning', [answer('Because.')], [assistant('Because.')]],
    ['an answer that was cut off', [{ ...answer('Beca'), status: 'cancelled' }], [assistant('Beca')]],
    ['an answer that has no text yet', [{ ...answer(''), status: 'streaming' }], []],
    [
      'tool calls and their results, in the order of the calls',
      [request(['a', 'b']), result('b'), result('a')],
      [calls('a', 'b'), tool('a', 'saw a'), tool('b', 'saw b')],
    ],
    [
      'calls together with the text before them',
      [answer('Let me look.'), request(['a']), result('a'), answer('Done.')],
      [{ ...calls('a'), content: 'Let me look.' } as PromptMessage, tool('a', 'saw a'), assistant('Done.')],
    ],
    [
      'results directly after their calls, even when somebody spoke in between',
      [request(['a']), text('user', 'Hurry'), result('a')],
      [calls('a'), tool('a', 'saw a'), user('Hurry')],
    ],
    [
      'an error for a call that was interrupted, denied, or still waits',
      [
        request(['a']),
        request(['b'], { approval_status: 'denied' }),
        request(['c'], { approval_status: 'pending' }),
      ],
      [
        ...[calls('a'), tool('a', 'The call has no result: it was interrupted.', true)],
        ...[calls('b'), tool('b', 'The call was not made: it was denied.', true)],
        ...[calls('c'), tool('c', 'The call was not made: it waits for an approval.', true)],
      ],
    ],
    [
      'a failed call by its reason, other results as JSON',
      [
        request(['a', 'b', 'c']),
        result('a', {
          result: null,
          execution_status: 'failed',
          error: { code: 'x', message: 'No network.' },
        }),
        result('b', { result: { celsius: 4 } }),
        result('c', { result: 'partly', execution_status: 'timeout' }),
      ],
      [
        ...[calls('a', 'b', 'c'), tool('a', 'No network.', true), tool('b', '{"celsius":4}')],
        tool('c', 'The call did not succeed: timeout.\npartly', true),
      ],
    ],
    [
      'each result with its own call, where a model uses an id again',
      [request(['a']), result('a'), request(['a']), result('a', { result: 'saw more' })],
      [calls('a'), tool('a', 'saw a'), calls('a'), tool('a', 'saw more')],
    ],
    [
      'the first of two results of one call with the call, the other as text',
      [request(['a']), result('a'), result('a', { result: 'saw more' })],
      [calls('a'), tool('a', 'saw a'), user('Result of the tool look:\nsaw more')],
    ],
    ['a result without a call, as text', [result('z')], [user('Result of the tool look:\nsaw z')]],
    [
      'a tool of an MCP server under a name of its own',
      [
        message('assistant', {
          kind: 'mcp_tool_request',
          data: { ...mcp, arguments: { n: 1 }, approval_status: 'approved', requested_at: at },
        }),
        message('tool', {
          kind: 'mcp_tool_result',
          data: { ...mcp, result: ['x'], execution_status: 'success', executed_at: at, duration_ms: 1 },
        }),
      ],
      [
        { role: 'assistant', content: '', tool_calls: [{ id: 'r1', name: 'git__log', arguments: { n: 1 } }] },
        { role: 'tool', tool_call_id: 'r1', tool_name: 'git__log', content: '["x"]', is_error: false },
      ],
    ],
    [
      'a resource of an MCP server',
      [
        message('user', {
          kind: 'mcp_resource',
          data: { server_name: 'git', resource_uri: 'repo://a', content: 'x\n', retrieved_at: at },
        }),
      ],
      [user('Resource repo://a from git:\n```\nx\n```')],
    ],
    [
      'how a workflow ended',
      [
        message('system', {
          kind: 'workflow_execution',
          data: { ...workflow, workflow_status: 'completed', completed_steps: 3, result: { pages: 0 } },
        }),
        message('system', {
          kind: 'workflow_execution',
          data: { ...workflow, workflow_status: 'failed', completed_steps: 1, error: 'No disk.' },
        }),
      ],
      [
        system('Workflow notes: completed, 3 of 3 steps done.\nResult: {"pages":0}'),
        system('Workflow notes: failed, 1 of 3 steps done.\nError: No disk.'),
      ],
    ],
    [
      'nothing of controls and progress',
      [
        message('system', { kind: 'system_control', data: { control_type: 'custom', parameters: {} } }),
        message('system', { kind: 'processing', data: { stage: 'a', started_at: at, metadata: {} } }),
      ],
      [],
    ],
    [
      'a summary in place of what it covers',
      [
        text('user', 'old', 'o1'),
        text('user', 'older', 'o2'),
        text('user', 'new', 'n1'),
        summary(['o1', 'o2'], 's1'),
      ],
      [system('Summary of the conversation before:\nAbout s1'), user('new')],
    ],
    [
      'a summary whose messages are elsewhere, in its own place and as the user when it is not the system',
      [text('user', 'a', 'n1'), summary(['gone', 's1'], 's1', 'assistant')],
      [user('a'), user('Summary of the conversation before:\nAbout s1')],
    ],
    [
      'the newest of summaries of summaries',
      [text('user', 'old', 'o1'), summary(['o1'], 's1'), text('user', 'a', 'n1'), summary(['s1'], 's2')],
      [system('Summary of the conversation before:\nAbout s2'), user('a')],
    ],
    [
      'the one line of a kind that it does not know',
      [message('user', { kind: 'weather_card', data: { celsius: 4 } })],
      [user('weather card')],
    ],
  ])('is %s', (_, messages, prompt) => {
    expect(mapToPrompt(messages)).toEqual(prompt);
  });

  it('begins with the system prompt, when there is one', () => {
    expect(mapToPrompt([text('user', 'Hi')], { systemPrompt: 'Be brief' })).toEqual([
      system('Be brief'),
      user('Hi'),
    ]);
    expect(mapToPrompt([text('user', 'Hi')], { systemPrompt: '' })).toEqual([user('Hi')]);
  });

  it('never leaves a call without its result, or a result without its call, whatever was said', () => {
    const role = fc.constantFrom(...messageRoles);
    const anyMessage = fc
      .tuple(role, anyPayload, fc.uuid())
      .map(([who, payload, id]) => message(who, payload, id));
    fc.assert(
      fc.property(fc.array(anyMessage, { maxLength: 12 }), (messages) => {
        const open: string[] = [];
        for (const sent of mapToPrompt(messages)) {
          if (sent.role === 'tool') expect(open.shift()).toBe(sent.tool_call_id);
          else expect(open).toEqual([]);
          if (sent.role === 'assistant') open.push(...(sent.tool_calls ?? []).map(({ id }) => id));
        }
        expect(open).toEqual([]);
      }),
    );
  });
});
