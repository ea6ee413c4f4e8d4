import fc, { type Arbitrary } from 'fast-check';
import {
  approvalStatuses,
  controlTypes,
  executionStatuses,
  finishReasons,
  recognitionModes,
  workflowStatuses,
  type DataOfKind,
  type MessageKind,
  type MessagePayload,
  type TreeNode,
} from '../../src/messages/message-kinds.js';

/** Any text: several scripts, line breaks, NUL, lone surrogates. */
const text = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.constantFrom('a\0b', '\ud800', '```\n', '👩‍👩‍👧', '\r\n'),
);
const word = fc.stringMatching(/^[A-Za-z0-9_][A-Za-z0-9_./ -]{0,20}$/);
const count = fc.nat();
const time = fc
  .date({ min: new Date('1970-01-01T00:00:00Z'), max: new Date('2200-01-01T00:00:00Z'), noInvalidDate: true })
  .map((date) => date.toISOString());
const uuid = fc.uuid({ version: 7 });
/** JSON that says the same when it is written and read again: no -0, no trap names. */
const json = fc
  .jsonValue({ maxDepth: 3 })
  .filter((value) => !/"(__proto__|prototype)":|-0[,\]}]|^-0$/.test(write(value)));
const write = (value: unknown): string =>
  JSON.stringify(value, (_, v: unknown) => (Object.is(v, -0) ? '-0' : v));
const object = fc.dictionary(word, json, { maxKeys: 4 });
const uses = { prompt: count, completion: count };
const usage = fc.record(
  { ...uses, reasoning: count, cached: count },
  { requiredKeys: ['prompt', 'completion'] },
);
const mime = fc.constantFrom('image/png', 'image/svg+xml', 'text/plain', 'application/vnd.api+json');

const tree: Arbitrary<TreeNode> = fc.letrec<{ node: TreeNode }>((tie) => ({
  node: fc.record(
    {
      name: word,
      type: fc.constantFrom('directory', 'file'),
      size_bytes: count,
      children: fc.array(tie('node'), { maxLength: 3, depthIdentifier: 'tree' }),
    },
    { requiredKeys: ['name', 'type'] },
  ),
})).node;

const range = fc.tuple(count, count).map(([a, b]) => ({ start: Math.min(a, b), end: Math.max(a, b) }));
const lines = fc
  .tuple(count, count)
  .map(([a, b]): [number, number] => [Math.min(a, b) + 1, Math.max(a, b) + 1]);

const outcome = {
  tool_name: word,
  request_id: word,
  result: json,
  execution_status: fc.constantFrom(...executionStatuses),
  executed_at: time,
  duration_ms: count,
  error: fc.record({ code: word, message: text, details: json }, { requiredKeys: ['code', 'message'] }),
};
const outcomeKeys = [
  'tool_name',
  'request_id',
  'result',
  'execution_status',
  'executed_at',
  'duration_ms',
] as const;

const structure = {
  root_path: word,
  generated_at: time,
  excluded_patterns: fc.array(text, { maxLength: 3 }),
};

/** Any valid data of each kind. */
export const anyData: { readonly [Kind in MessageKind]: Arbitrary<DataOfKind[Kind]> } = {
  text: fc.record(
    {
      content: text,
      display_text: text,
      formatting: fc.record(
        {
          markdown: fc.boolean(),
          code_block: fc.record({ language: word }, { requiredKeys: [] }),
          highlighted_ranges: fc.array(range, { maxLength: 3 }),
        },
        { requiredKeys: ['markdown', 'highlighted_ranges'] },
      ),
    },
    { requiredKeys: ['content'] },
  ),
  image: fc.record(
    {
      source: fc.oneof(
        fc.record({ url: fc.webUrl() }),
        fc.record({ url: fc.constant('data:image/png;base64,iVBORw0KGgo=') }),
        fc.record({
          base64: fc.base64String({ minLength: 4 }),
          mime_type: fc.constantFrom('image/png', 'image/svg+xml'),
        }),
        fc.record({ file_path: word }),
      ),
      recognition_mode: fc.constantFrom(...recognitionModes),
      recognized_text: text,
      vision_analysis: text,
      error: text,
    },
    { requiredKeys: ['source', 'recognition_mode'] },
  ),
  file_reference: fc.record(
    {
      path: word,
      line_range: lines,
      resolved_content: text,
      resolved_at: time,
      resolution_error: text,
      file: fc.record(
        { size_bytes: count, mime_type: mime, last_modified: time, line_count: count },
        { requiredKeys: ['size_bytes'] },
      ),
    },
    { requiredKeys: ['path'] },
  ),
  project_structure: fc.oneof(
    fc.record({ ...structure, structure_type: fc.constant('tree' as const), content: tree }),
    fc.record({
      ...structure,
      structure_type: fc.constant('file_list' as const),
      content: fc.array(fc.record({ path: word, size_bytes: count }, { requiredKeys: ['path'] }), {
        maxLength: 5,
      }),
    }),
    fc.record({
      ...structure,
      structure_type: fc.constant('dependencies' as const),
      content: fc.array(
        fc.record({ name: word, version: word, is_development: fc.boolean() }, { requiredKeys: ['name'] }),
        { maxLength: 5 },
      ),
    }),
  ),
  streaming_response: fc.record(
    {
      content: text,
      reasoning: text,
      model: word,
      started_at: time,
      completed_at: time,
      finish_reason: fc.constantFrom(...finishReasons),
      usage,
      final_sequence: count,
    },
    { requiredKeys: ['content', 'model', 'started_at', 'final_sequence'] },
  ),
  tool_request: fc.record(
    {
      calls: fc.uniqueArray(fc.record({ id: word, name: word, arguments: json }), {
        minLength: 1,
        maxLength: 4,
        selector: ({ id }) => id,
      }),
      approval_status: fc.constantFrom(...approvalStatuses),
      requested_at: time,
      approved_at: time,
      approved_by: text,
    },
    { requiredKeys: ['calls', 'approval_status', 'requested_at'] },
  ),
  tool_result: fc.record(outcome, { requiredKeys: [...outcomeKeys] }),
  mcp_tool_request: fc.record({
    server_name: word,
    tool_name: word,
    arguments: json,
    request_id: word,
    approval_status: fc.constantFrom(...approvalStatuses),
    requested_at: time,
  }),
  mcp_tool_result: fc.record(
    { ...outcome, server_name: word },
    { requiredKeys: [...outcomeKeys, 'server_name'] },
  ),
  mcp_resource: fc.record(
    { server_name: word, resource_uri: fc.webUrl(), content: text, mime_type: mime, retrieved_at: time },
    { requiredKeys: ['server_name', 'resource_uri'] },
  ),
  workflow_execution: fc
    .record(
      {
        workflow_name: word,
        execution_id: word,
        workflow_status: fc.constantFrom(...workflowStatuses),
        current_step: text,
        total_steps: count,
        completed_steps: count,
        started_at: time,
        updated_at: time,
        result: json,
        error: text,
      },
      {
        requiredKeys: [
          ...([
            'workflow_name',
            'execution_id',
            'workflow_status',
            'total_steps',
            'completed_steps',
          ] as const),
          ...(['started_at', 'updated_at'] as const),
        ],
      },
    )
    .map((data) => ({ ...data, completed_steps: Math.min(data.completed_steps, data.total_steps) })),
  system_control: fc.record({ control_type: fc.constantFrom(...controlTypes), parameters: object }),
  processing: fc.record({ stage: word, started_at: time, metadata: object }),
  summary: fc.record({
    content: text,
    covers: fc.array(uuid, { maxLength: 4 }),
    strategy: word,
    tokens_before: count,
    tokens_after: count,
  }),
};

/** Any valid payload, of a known kind or of another. */
export const anyPayload: Arbitrary<MessagePayload> = fc.oneof(
  ...Object.entries(anyData).map(([kind, data]) =>
    (data as Arbitrary<object>).map((made) => ({ kind, data: made })),
  ),
  fc.record({ kind: fc.stringMatching(/^x[a-z0-9_]{0,30}$/), data: object }),
) as Arbitrary<MessagePayload>;
