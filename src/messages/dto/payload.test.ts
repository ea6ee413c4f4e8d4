import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { anyData, anyPayload } from '../../../test/support/any-payload.js';
import { parseFields } from '../../http/fields.js';
import { DomainError, type FieldError } from '../../kernel/domain-error.js';
import { messageKinds, type MessageKind, type MessagePayload } from '../message-kinds.js';
import { Payload } from './payload.js';

class Sending {
  @Payload({ about: 'What is sent.' })
  readonly payload!: MessagePayload;
}

const roundTrip = (payload: unknown): unknown =>
  (JSON.parse(JSON.stringify(parseFields(Sending, { payload }))) as Sending).payload;

function errorsOf(payload: unknown): readonly FieldError[] {
  try {
    parseFields(Sending, { payload });
    return [];
  } catch (error) {
    if (!(error instanceof DomainError) || error.code !== 'invalid_request') throw error;
    return error.facts['errors'] as readonly FieldError[];
  }
}

const at = '2026-01-31T12:00:00.000Z';
const call = { id: 'a', name: 'b', arguments: {} };
const done = { request_id: 'a', tool_name: 'b', result: null, executed_at: at, duration_ms: 1 };
const structure = { root_path: '/', generated_at: at, excluded_patterns: [] };
const workflow = {
  workflow_name: 'a',
  execution_id: 'b',
  workflow_status: 'running',
  started_at: at,
  updated_at: at,
};

describe('a payload', () => {
  it.each(messageKinds)('of the kind %s is the same after it was read, validated and written', (kind) => {
    fc.assert(
      fc.property(anyData[kind], (data) => {
        const payload: unknown = JSON.parse(JSON.stringify({ kind, data }));
        expect(roundTrip(payload)).toEqual(payload);
      }),
      { numRuns: 60 },
    );
  });

  it('of an unknown kind is kept whole, whatever its fields are called', () => {
    const data = {
      kind: 1,
      data: [],
      constructor: 'Ferrari',
      toString: null,
      nested: { valueOf: [{ then: 'x' }] },
    };
    expect(roundTrip({ kind: 'weather_card', data })).toEqual({ kind: 'weather_card', data });
    expect(roundTrip({ kind: 'constructor', data: {} })).toEqual({ kind: 'constructor', data: {} });
  });

  it('of any kind survives', () => {
    fc.assert(
      fc.property(anyPayload, (made) => {
        const payload: unknown = JSON.parse(JSON.stringify(made));
        expect(roundTrip(payload)).toEqual(payload);
      }),
    );
  });

  it('keeps a text of a million characters, and no longer one', () => {
    const longest = { kind: 'text', data: { content: 'é'.repeat(1_000_000) } };
    expect(roundTrip(longest)).toEqual(longest);
    expect(errorsOf({ kind: 'text', data: { content: 'é'.repeat(1_000_001) } })).toEqual([
      { path: 'payload.data.content', message: 'must have at most 1000000 characters' },
    ]);
  });

  it('of an unknown kind is limited to 256 KB and 64 levels', () => {
    expect(errorsOf({ kind: 'x', data: { a: 'b'.repeat(262_144 - 8) } })).toEqual([]);
    expect(errorsOf({ kind: 'x', data: { a: 'b'.repeat(262_144) } })).toEqual([
      { path: 'payload.data', message: 'must be at most 262144 bytes of JSON, and is 262152' },
    ]);
    const deep: unknown = JSON.parse(`{"a":${'['.repeat(10_000)}${']'.repeat(10_000)}}`);
    expect(errorsOf({ kind: 'x', data: deep })).toEqual([
      { path: 'payload.data', message: 'must not be nested more than 64 levels deep' },
    ]);
  });

  it.each<[unknown, string, string | RegExp]>([
    [undefined, 'payload', 'is required'],
    [null, 'payload', 'must not be null'],
    [[], 'payload', 'must be an object'],
    ['text', 'payload', 'must be an object'],
    [[{ kind: 'text', data: { content: '' } }], 'payload', 'must be an object'],
    [{}, 'payload.kind', 'is required'],
    [{ data: {} }, 'payload.kind', 'is required'],
    [{ kind: 5, data: {} }, 'payload.kind', 'must be text'],
    [{ kind: ['text'], data: {} }, 'payload.kind', 'must be text'],
    [{ kind: '__proto__', data: {} }, 'payload.kind', /must be a kind/],
    [{ kind: 'Text', data: {} }, 'payload.kind', /must be a kind/],
    [{ kind: 'x'.repeat(65), data: {} }, 'payload.kind', /must be a kind/],
    [{ kind: 'x' }, 'payload.data', 'is required'],
    [{ kind: 'x', data: [] }, 'payload.data', 'must be an object'],
    [{ kind: 'x', data: 'x' }, 'payload.data', 'must be an object'],
    [{ kind: 'x', data: {}, more: 1 }, 'payload.more', 'is not a known field'],
    [{ kind: 'text' }, 'payload.data', 'is required'],
    [{ kind: 'text', data: [] }, 'payload.data', 'must be an object'],
    [{ kind: 'text', data: {}, more: 1 }, 'payload.more', 'is not a known field'],
  ])('is refused when it is %j', (payload, path, message) => {
    const sentence: unknown = typeof message === 'string' ? message : expect.stringMatching(message);
    expect(errorsOf(payload)).toContainEqual({ path, message: sentence });
  });

  it.each<[MessageKind, object, string, string | RegExp]>([
    ['text', {}, 'content', 'is required'],
    ['text', { content: 5 }, 'content', 'must be text'],
    ['text', { content: null }, 'content', 'must not be null'],
    ['text', { content: '', color: 'red' }, 'color', 'is not a known field'],
    [
      'text',
      { content: '', formatting: { markdown: 1, highlighted_ranges: [] } },
      'formatting.markdown',
      /true or/,
    ],
    [
      'text',
      { content: '', formatting: { markdown: true, highlighted_ranges: [{ start: 5, end: 4 }] } },
      'formatting.highlighted_ranges.0.end',
      'must not be before start',
    ],
    ['image', { source: {}, recognition_mode: 'auto' }, 'source', /exactly one/],
    [
      'image',
      { source: { url: 'https://a.b/c', file_path: 'c' }, recognition_mode: 'auto' },
      'source',
      /exactly one/,
    ],
    ['image', { source: { base64: 'AAAA' }, recognition_mode: 'auto' }, 'source.mime_type', 'is required'],
    ['image', { source: { mime_type: 'image/png' }, recognition_mode: 'auto' }, 'source', /exactly one/],
    [
      'image',
      { source: { base64: 'AAAAA', mime_type: 'image/png' }, recognition_mode: 'ocr' },
      'source.base64',
      /four/,
    ],
    [
      'image',
      { source: { base64: '<br>', mime_type: 'image/png' }, recognition_mode: 'ocr' },
      'source.base64',
      /base64/,
    ],
    [
      'image',
      { source: { base64: 'AAAA', mime_type: 'text/html' }, recognition_mode: 'ocr' },
      'source.mime_type',
      /of an image/,
    ],
    ...[
      'javascript:alert(1)',
      'file:///etc/passwd',
      'data:text/html;base64,AAAA',
      '//a.b/c',
      'a.png',
      'http://',
    ].map((url): [MessageKind, object, string, RegExp] => [
      ...(['image', { source: { url }, recognition_mode: 'auto' }, 'source.url', /http or https/] as const),
    ]),
    ['image', { source: { file_path: 'a\nb' }, recognition_mode: 'auto' }, 'source.file_path', /control/],
    ['image', { source: { file_path: 'a' }, recognition_mode: 'look' }, 'recognition_mode', /one of/],
    ['file_reference', { path: '' }, 'path', 'must not be empty'],
    ['file_reference', { path: 'a\nb' }, 'path', /control characters/],
    ...[[0, 1], [2, 1], [1], [1, 2, 3], [1.5, 2], ['1', 2], {}, null].map(
      (line_range): [MessageKind, object, string, RegExp] => [
        ...([
          'file_reference',
          { path: 'a', line_range },
          'line_range',
          /must (be \[first, last\]|not be null)/,
        ] as const),
      ],
    ),
    [
      'project_structure',
      { ...structure, content: [] },
      '',
      'must have a structure_type of tree, file_list, dependencies',
    ],
    [
      'project_structure',
      { ...structure, structure_type: 'tree', content: [] },
      'content',
      'must be an object',
    ],
    [
      'project_structure',
      { ...structure, structure_type: 'file_list', content: {} },
      'content',
      'must be a list',
    ],
    [
      'project_structure',
      {
        ...structure,
        structure_type: 'tree',
        content: { name: 'a', type: 'file', children: [{ name: 'b' }] },
      },
      'content.children.0.type',
      'is required',
    ],
    ['streaming_response', { model: 'a', started_at: at, final_sequence: 0 }, 'content', 'is required'],
    [
      'streaming_response',
      { content: '', model: 'a', started_at: at, final_sequence: -1 },
      'final_sequence',
      /at least 0/,
    ],
    [
      'tool_request',
      { calls: [], approval_status: 'pending', requested_at: at },
      'calls',
      'must not be empty',
    ],
    [
      'tool_request',
      { calls: [call, call], approval_status: 'pending', requested_at: at },
      'calls',
      /same id twice/,
    ],
    [
      'tool_request',
      { calls: [{ id: 'a' }], approval_status: 'maybe', requested_at: at },
      'approval_status',
      /one of/,
    ],
    ['tool_result', { ...done, execution_status: 'great' }, 'execution_status', /one of/],
    ['tool_result', { ...done, execution_status: 'failed', error: 'no' }, 'error', 'must be an object'],
    ['mcp_tool_request', { server_name: 'a' }, 'tool_name', 'is required'],
    ['mcp_tool_result', { ...done, execution_status: 'success' }, 'server_name', 'is required'],
    ['mcp_resource', { retrieved_at: 'yesterday' }, 'retrieved_at', /must be a time/],
    [
      'workflow_execution',
      { ...workflow, total_steps: 1, completed_steps: 2 },
      'completed_steps',
      /total_steps/,
    ],
    ['system_control', { control_type: 'custom', parameters: [] }, 'parameters', 'must be an object'],
    ['processing', { stage: 'a', started_at: at, metadata: null }, 'metadata', 'must not be null'],
    ['summary', { covers: ['x'] }, 'covers', /item 0 must be an id/],
  ])('of the kind %s is refused when its data is %j', (kind, data, path, message) => {
    const sentence: unknown = typeof message === 'string' ? message : expect.stringMatching(message);
    expect(errorsOf({ kind, data })).toContainEqual({
      path: `payload.data${path && `.${path}`}`,
      message: sentence,
    });
  });

  it('of any kind is refused, not fallen over, when the data is any JSON at all', () => {
    fc.assert(
      fc.property(fc.constantFrom(...messageKinds), fc.jsonValue(), (kind, data) => {
        expect(errorsOf({ kind, data })).not.toEqual([]);
      }),
    );
  });
});
