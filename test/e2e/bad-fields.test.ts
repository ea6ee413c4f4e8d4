// Protocol 1.2 and 11: every field of every command, wrong in each of the ways that a client might have it wrong.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { expectRefusal, Target } from '../support/target.js';

let target: Target;
beforeAll(async () => void (target = await Target.start({ PULLCORD_BODY_LIMIT_BYTES: '5000000' })));
afterAll(() => target.expectUnchanged());

const nobody = '01890a5d-ac96-774b-bcce-b302099a8057';
const notText = [1, true, null, [], {}];
const notObject = ['x', 1, true, null, []];
/** A body for each value of a field. */
const each = (field: string, values: readonly unknown[], rest: object = {}): object[] =>
  values.map((value) => ({ ...rest, [field]: value }));
const deep = (levels: number): unknown => JSON.parse('['.repeat(levels) + ']'.repeat(levels));
const text = (data: unknown) => ({ payload: { kind: 'text', data } });
const payload = (kind: unknown, data: unknown) => ({ role: 'user', payload: { kind, data } });
const chunk = (fields: unknown) => ({ chunks: [{ delta: 'x' }, fields] });
const inConfig = (config: object) => ({ config });
const times = [
  'now',
  '2026-02-30T00:00:00Z',
  '2026-01-31',
  1769860800,
  '2026-01-31T12:00:00',
  '2026-13-01T00:00:00Z',
];

/** The bodies are refused with `invalid_request`, which names this field first. */
type Row = readonly [operation: string, field: string, bodies: readonly object[]];

const config = (field: string, values: readonly unknown[], beside: object = {}): Row[] =>
  ['createContext', 'patchContext'].map((operation) => [
    operation,
    `config.${field}`,
    values.map((value) => ({ config: nested(field, value, beside) })),
  ]);
function nested(field: string, value: unknown, beside: object): object {
  const [outer = '', inner] = field.split('.');
  return { [outer]: inner === undefined ? value : { ...beside, [inner]: value } };
}

const contexts: readonly Row[] = [
  ['createContext', 'title', each('title', [...notText, '', 'x'.repeat(301), 'a\nb', '\0', '\ud800'])],
  ['patchContext', 'title', each('title', [1, [], {}, '', 'x'.repeat(301), 'a\nb', '\0', '\ud800'])],
  ['createContext', 'config', each('config', notObject)],
  ['patchContext', 'config', each('config', notObject)],
  ...config('model', [1, [], '', 'a\0', 'x'.repeat(201)]),
  ...config('mode', [1, {}, '', 'a\nb', 'x'.repeat(65)]),
  ...config('agent_role', [1, '', 'king']),
  ...config('system_prompt', [1, [], 'x'.repeat(200_001)]),
  ...config('system_prompt_id', [1, '', 'x'.repeat(65)]),
  ...config('workspace_path', [1, '', '/a\0b', 'x'.repeat(4097)]),
  ...config('tool_policy', [1, 'x', [], {}, { a: deep(65) }, { type: 'ask' }]),
  ...config('tool_policy.allow', ['read_file', [1], [''], ['a b'], Array(201).fill('a'), ['x'.repeat(65)]], {
    type: 'allow_list',
  }),
  ...config('tool_policy.max_depth', [0, 1.5, '3', 1001], { type: 'limited_auto' }),
  ...config('tool_policy.max_depth', [3], { type: 'manual' }),
  ...config('tool_policy.remembered', ['x', {}, [7], Array(201).fill({})], { type: 'manual' }),
  ...config('parameters', [1, 'x', []]),
  ...config('parameters.temperature', ['1', -0.1, 2.1, [], {}]),
  ...config('parameters.top_p', ['1', -1, 1.01]),
  ...config('parameters.max_tokens', ['1', 0, 1.5, 1e12]),
  ...config('parameters.stop', ['x', [1], [''], Array(17).fill('x'), ['x'.repeat(201)], {}]),
  ...config('parameters.seed', [-1, 0.5, 4_294_967_296]),
  ...config('parameters.reasoning_effort', ['max', 1]),
  ...config('parameters.top_k', [1]),
  ...config('api_key', ['x']),
];

const sends: readonly Row[] = ['sendMessage', 'postMessage'].flatMap((operation): Row[] => [
  [
    operation,
    'content',
    [{}, { content: 'x', ...text({ content: 'x' }) }, ...each('content', [...notText, ''])],
  ],
  [operation, 'content', [{ content: 'x'.repeat(1_000_001) }]],
  [operation, 'payload', each('payload', notObject)],
  [
    operation,
    'payload.kind',
    [{ payload: {} }, payload('Text', {}), payload(1, {}), payload('a b', {}), payload('', {})],
  ],
  [operation, 'payload.kind', [payload('toString', {}), payload('x'.repeat(65), {})]],
  [operation, 'payload.data', [{ payload: { kind: 'text' } }, ...notObject.map(text)]],
  [operation, 'payload.data.content', [text({}), ...notText.map((content) => text({ content }))]],
  [operation, 'payload.more', [{ payload: { ...text({ content: 'x' }).payload, more: 1 } }]],
  [
    operation,
    'metadata',
    each('metadata', [...notObject, { a: 'x'.repeat(16_384) }, { a: deep(65) }], { content: 'x' }),
  ],
  [
    operation,
    'branch',
    each('branch', [...notText, '', 'a b', '\0', '../x', 'x'.repeat(37)], { content: 'x' }),
  ],
  [operation, 'on_busy', each('on_busy', [...notText, '', 'wait', 'Queue'], { content: 'x' })],
  [operation, 'model', each('model', [...notText, '', 'a\nb', 'x'.repeat(201)], { content: 'x' })],
]);

const message = { ...text({ content: 'x' }), role: 'user' };
const tool = { request_id: 'r', tool_name: 't', result: 1, execution_status: 'success', duration_ms: 1 };
const call = { id: '1', name: 'n', arguments: {} };
const calls = { calls: [call], approval_status: 'pending' };
const appends: readonly Row[] = [
  [
    'appendMessage',
    'role',
    [text({ content: 'x' }), ...each('role', [...notText, '', 'king', 'User'], text({ content: 'x' }))],
  ],
  ['appendMessage', 'payload', [{ role: 'user' }, ...each('payload', notObject, { role: 'user' })]],
  ['appendMessage', 'payload.kind', [payload(null, {}), payload('9lives', {})]],
  ['appendMessage', 'metadata', each('metadata', notObject, message)],
  ['appendMessage', 'branch', each('branch', [...notText, '', 'a b'], message)],
  [
    'appendMessage',
    'payload.data.formatting.highlighted_ranges.0.end',
    [
      payload('text', {
        content: 'x',
        formatting: { markdown: true, highlighted_ranges: [{ start: 2, end: 1 }] },
      }),
    ],
  ],
  [
    'appendMessage',
    'payload.data.formatting.highlighted_ranges.0.start',
    [
      payload('text', {
        content: 'x',
        formatting: { markdown: true, highlighted_ranges: [{ start: { toString: 0 }, end: 1 }] },
      }),
    ],
  ],
  [
    'appendMessage',
    'payload.data.source',
    [
      payload('image', { recognition_mode: 'auto' }),
      payload('image', { recognition_mode: 'auto', source: {} }),
      payload('image', {
        recognition_mode: 'auto',
        source: { url: 'https://a.example/b.png', file_path: 'c' },
      }),
    ],
  ],
  [
    'appendMessage',
    'payload.data.line_range',
    [[2, 1], [0, 1], [1], [1, 2, 3], ['1', '2'], {}].map((line_range) =>
      payload('file_reference', { path: 'a', line_range }),
    ),
  ],
  ['appendMessage', 'payload.data', [payload('project_structure', { root_path: '/', structure_type: 'x' })]],
  [
    'appendMessage',
    'payload.data.calls',
    [[], {}, null].map((wrong) => payload('tool_request', { ...calls, calls: wrong })),
  ],
  [
    'appendMessage',
    'payload.data.requested_at',
    times.map((requested_at) => payload('tool_request', { ...calls, requested_at })),
  ],
  [
    'appendMessage',
    'payload.data.executed_at',
    [payload('tool_result', tool), payload('mcp_tool_result', { ...tool, server_name: 's' })],
  ],
  [
    'appendMessage',
    'payload.data.covers',
    [['x'], 'x', [nobody, 1]].map((covers) =>
      payload('summary', { content: '', covers, strategy: 's', tokens_before: 1, tokens_after: 1 }),
    ),
  ],
  ['appendMessage', 'payload.data', [payload('weather_card', []), payload('weather_card', { a: deep(65) })]],
  ['appendMessage', 'payload.data', [payload('weather_card', { a: 'x'.repeat(262_144) })]],
];

const others: readonly Row[] = [
  [
    'editMessage',
    'message_id',
    [{ content: 'x' }, ...each('message_id', [...notText, '', 'x', nobody.toUpperCase()], { content: 'x' })],
  ],
  [
    'editMessage',
    'content',
    [{ message_id: nobody }, ...each('content', [...notText, ''], { message_id: nobody })],
  ],
  ['cancelRun', 'run_id', each('run_id', [...notText, '', 'x', '\0'])],
  ['switchBranch', 'branch', [{}, ...each('branch', [...notText, '', 'a b', '\0'])]],
  ...['createBranch', 'patchBranch'].flatMap((operation): Row[] => [
    [operation, 'name', each('name', [1, true, [], {}, '', '  ', '\u200b', 'a\nb', '\0', 'x'.repeat(101)])],
    [operation, 'config', each('config', notObject)],
    [operation, 'config.system_prompt', each('system_prompt', [1, [], 'x'.repeat(200_001)]).map(inConfig)],
    [operation, 'config.system_prompt_id', each('system_prompt_id', [1, '', 'x'.repeat(65)]).map(inConfig)],
    [operation, 'config.mode', each('mode', [1, {}, '', 'a\nb', 'x'.repeat(65)]).map(inConfig)],
    [operation, 'config.model', each('model', ['scripted/default']).map(inConfig)],
  ]),
  [
    'createBranch',
    'from_message_id',
    each('from_message_id', [1, true, [], {}, '', 'x', nobody.toUpperCase()]),
  ],
  ['createBranch', 'branch', each('branch', [...notText, '', 'a b', '\0'])],
  [
    'mergeBranch',
    'source',
    [{ strategy: 'append' }, ...each('source', [...notText, '', 'a b'], { strategy: 'append' })],
  ],
  ['mergeBranch', 'target', each('target', [...notText, '', 'a b'], { source: 'main', strategy: 'append' })],
  [
    'mergeBranch',
    'strategy',
    [
      { source: 'main' },
      ...each('strategy', [...notText, '', 'squash', 'cherry_pick'], { source: 'main' }),
      { source: 'main', strategy: 'append', message_ids: [nobody] },
    ],
  ],
  [
    'mergeBranch',
    'message_ids',
    each('message_ids', ['x', {}, [], ['x'], [1], Array(201).fill(nobody)], {
      source: 'main',
      strategy: 'cherry_pick',
    }),
  ],
  [
    'mergeBranch',
    'name',
    each('name', [1, '', ' ', 'x'.repeat(101)], { source: 'main', strategy: 'rebase' }),
  ],
  ['beginStream', 'model', each('model', [...notText, '', 'x'.repeat(201)])],
  ['beginStream', 'branch', each('branch', [...notText, '', 'a b', '\0'])],
  ['beginStream', 'metadata', each('metadata', [...notObject, { a: 'x'.repeat(16_384) }])],
  ['appendChunks', 'chunks', [{}, ...each('chunks', ['x', 1, null, {}, []])]],
  ['appendChunks', 'chunks.1', notObject.map(chunk)],
  ['appendChunks', 'chunks.1.delta', [chunk({}), ...each('delta', [...notText, '']).map(chunk)]],
  ['appendChunks', 'chunks.1.kind', each('kind', [...notText, '', 'video'], { delta: 'x' }).map(chunk)],
  ['appendChunks', 'chunks.1.tool_call_id', [chunk({ delta: 'x', kind: 'tool_arguments' })]],
  [
    'appendChunks',
    'chunks.1.tool_call_id',
    each('tool_call_id', [...notText, '', 'x'.repeat(201)], { delta: 'x' }).map(chunk),
  ],
  ['appendChunks', 'chunks.1.sequence', [chunk({ delta: 'x', sequence: 1 })]],
  [
    'appendChunks',
    'expected_sequence',
    each('expected_sequence', ['1', null, -1, 1.5, 1e300, []], chunk({ delta: 'x' })),
  ],
  ['finalizeStream', 'finish_reason', [{}, ...each('finish_reason', [...notText, '', 'done'])]],
  ['finalizeStream', 'usage', each('usage', notObject, { finish_reason: 'stop' })],
  ['finalizeStream', 'usage.prompt', [{ finish_reason: 'stop', usage: { completion: 1 } }]],
  [
    'finalizeStream',
    'usage.completion',
    [-1, 1.5, '1', null].map((completion) => ({
      finish_reason: 'stop',
      usage: { prompt: 1, completion },
    })),
  ],
  ['executeTool', 'tool_name', [{}, ...each('tool_name', [...notText, '', 'x'.repeat(257)])]],
  ['executeTool', 'arguments', each('arguments', notObject, { tool_name: 'x' })],
];

it.each([...contexts, ...sends, ...appends, ...others])(
  'refuses in %s a wrong %s',
  async (id, field, bodies) => {
    const operation = target.operation(id);
    for (const body of bodies) {
      const problem = expectRefusal(await target.ask(operation, { body }), operation);
      const shown = JSON.stringify(body).slice(0, 200);
      expect(`${problem.status} ${problem.code}`, shown).toBe('400 invalid_request');
      expect(
        problem.errors?.map(({ path }) => path),
        shown,
      ).toContain(field);
    }
  },
);

it('takes no number for one that JSON cannot hold', async () => {
  const body = '{"config":{"parameters":{"temperature":1e999}}}';
  expect(expectRefusal(await target.ask(target.operation('createContext'), { body })).status).toBe(400);
});

it('refuses what is well formed and not there', async () => {
  const { context_id, answer_id, message_id } = target.atRest;
  const rows: readonly [operation: string, body: object, expected: string][] = [
    ['createContext', { config: { model: 'nobody/none' } }, '422 unknown_model'],
    ['patchContext', { config: { model: 'nobody/none' } }, '422 unknown_model'],
    ['sendMessage', { content: 'x', model: 'nobody/none' }, '422 unknown_model'],
    ['sendMessage', { content: 'x', branch: nobody }, '404 branch_not_found'],
    [
      'sendMessage',
      payload('tool_result', { ...tool, executed_at: '2026-01-31T12:00:00Z' }),
      '400 invalid_request',
    ],
    ['appendMessage', { ...message, branch: 'other' }, '404 branch_not_found'],
    ['beginStream', { branch: 'other' }, '404 branch_not_found'],
    ['switchBranch', { branch: 'other' }, '404 branch_not_found'],
    ['createBranch', { branch: 'other' }, '404 branch_not_found'],
    ['createBranch', { from_message_id: nobody }, '404 message_not_found'],
    ['mergeBranch', { source: 'other', strategy: 'append' }, '404 branch_not_found'],
    ['mergeBranch', { source: 'main', target: 'other', strategy: 'append' }, '404 branch_not_found'],
    ['mergeBranch', { source: 'main', strategy: 'append' }, '422 unprocessable'],
    ['editMessage', { message_id: nobody, content: 'x' }, '404 message_not_found'],
    ['editMessage', { message_id: target.ids.message_id, content: 'x' }, '404 message_not_found'],
    ['editMessage', { message_id: answer_id, content: 'x' }, '422 unprocessable'],
    ['cancelRun', { run_id: nobody }, '404 run_not_found'],
    ['continueTurn', {}, '409 illegal_transition'],
    ['restoreContext', {}, '409 illegal_transition'],
    ['finalizeStream', { finish_reason: 'stop' }, '409 stream_closed'],
    ['appendChunks', { chunks: [{ delta: 'x' }] }, '409 stream_closed'],
    ['executeTool', { tool_name: '../../etc/passwd' }, '404 tool_not_found'],
  ];
  for (const [id, body, expected] of rows) {
    const operation = target.operation(id);
    const problem = expectRefusal(
      await target.ask(operation, { ids: { context_id, message_id }, body }),
      operation,
    );
    expect(`${problem.status} ${problem.code}`, `${id} ${JSON.stringify(body)}`).toBe(expected);
  }
});
