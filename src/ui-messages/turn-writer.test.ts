import { readUIMessageStream, type UIMessageChunk } from 'ai';
import { describe, expect, it } from 'vitest';
import type { BranchId, ContextId, MessageId } from '../kernel/ids.js';
import type { KnownPayload, Message, MessageRole } from '../messages/message-kinds.js';
import { mapToUiMessages } from './map-to-ui-messages.js';
import { TurnWriter, type AnswerMessage, type Piece } from './turn-writer.js';
import type { UiChunk } from './ui-kinds.js';

let made = 0;
const message = <Payload extends KnownPayload>(payload: Payload, role: MessageRole = 'assistant') => ({
  id: `m${++made}` as MessageId,
  context_id: 'c' as ContextId,
  branch: 'main' as BranchId,
  parent_id: null,
  depth: made,
  role,
  status: 'complete' as const,
  metadata: { source: 'ai_generated' as const, display_hint: { collapsed: false } },
  revision: made,
  created_at: '2026-11-21T20:00:00.000Z',
  ...payload,
});
const answer = (content: string, reasoning?: string): AnswerMessage =>
  message({
    kind: 'streaming_response',
    data: {
      content,
      reasoning,
      model: 'scripted/default',
      started_at: '',
      final_sequence: 3,
      finish_reason: 'tool_calls',
      usage: { prompt: 2, completion: 3 },
    },
  });
const request = (id: string) =>
  message({
    kind: 'tool_request',
    data: {
      calls: [{ id, name: 'read', arguments: { a: 1 } }],
      approval_status: 'pending',
      requested_at: '',
    },
  });
const result = (id: string, code?: string) =>
  message({
    kind: 'tool_result',
    data: {
      tool_name: 'read',
      request_id: id,
      result: code === undefined ? 'Text.' : null,
      execution_status: code === undefined ? 'success' : 'cancelled',
      executed_at: '',
      duration_ms: 1,
      ...(code !== undefined && { error: { code, message: 'Not made.' } }),
    },
  });

const writer = (isContinued = false) => new TurnWriter({ context_id: 'c', branch: 'main', isContinued });
const types = (chunks: readonly UiChunk[]): string[] => chunks.map(({ type }) => type);

/** What the SDK itself makes of chunks; that they are assignable to its own is checked by the compiler. */
async function shown(chunks: readonly UIMessageChunk[]): Promise<object> {
  const stream = new ReadableStream<UIMessageChunk>({
    start(controller) {
      for (const chunk of chunks) controller.enqueue(chunk);
      controller.close();
    },
  });
  let last: object = {};
  for await (const one of readUIMessageStream({ stream, terminateOnError: true })) last = one;
  return JSON.parse(JSON.stringify(last)) as object;
}

/** Without the names of parts, which the SDK keeps of reasoning alone. */
const withoutIds = (value: object): object =>
  JSON.parse(
    JSON.stringify(value, (name, field: unknown) =>
      name === 'id' && typeof field === 'string' && field.includes(':') ? undefined : field,
    ),
  ) as object;

describe('a turn', () => {
  const turn: Message[] = [
    answer('Let me look.', 'Hm.'),
    request('call_1'),
    result('call_1'),
    request('call_2'),
    result('call_2', 'denied'),
    request('call_3'),
    result('call_3', 'no_workspace'),
    message({ kind: 'text', data: { content: 'By hand.' } }),
    message({
      kind: 'image',
      data: { source: { url: 'https://a.example/b.png' }, recognition_mode: 'auto' },
    }),
    answer('Done.'),
  ];

  it('is to the SDK what the server says that it is', async () => {
    const told = writer();
    const chunks = [...turn.flatMap((one) => told.whole(one)), ...told.finish({ type: 'completed' })];
    const [ours] = mapToUiMessages(turn, { type: 'completed' });
    expect(withoutIds(await shown(chunks))).toMatchObject(
      withoutIds({ ...ours, parts: ours?.parts.map(withoutApprovals) }),
    );
    expect(chunks.at(-1)).toMatchObject({
      type: 'finish',
      finishReason: 'tool-calls',
      messageMetadata: { pullcord: { usage: { prompt: 4, completion: 6 }, message_ids: { length: 10 } } },
    });
  });

  it('is told in steps, each with one text and one reasoning, however its pieces take turns', () => {
    const told = writer();
    const open = answer('');
    const pieces: Piece[] = [
      { kind: 'reasoning', delta: 'a' },
      { kind: 'reasoning', delta: 'b' },
      { kind: 'text', delta: 'c' },
      { kind: 'reasoning', delta: 'd' },
      { kind: 'text', delta: 'e' },
    ];
    const chunks = [...told.begin(open), ...told.pieces(open, pieces), ...told.end(open)];
    expect(types(chunks)).toEqual([
      'start',
      'start-step',
      'reasoning-start',
      'reasoning-delta',
      'text-start',
      'text-delta',
      'reasoning-delta',
      'text-delta',
      'reasoning-end',
      'text-end',
    ]);
    expect(chunks[3]).toMatchObject({ delta: 'ab' });
  });

  it('tells the arguments of a call as they come, and leaves none open that was not made', async () => {
    const told = writer();
    const open = answer('');
    const called = request('call_1');
    const chunks = [
      ...told.begin(open),
      ...told.pieces(open, [{ kind: 'tool_arguments', delta: '{"a":', tool_call_id: 'call_1' }]),
      ...told.pieces(open, [
        { kind: 'tool_arguments', delta: '1}', tool_call_id: 'call_1' },
        { kind: 'tool_arguments', delta: '{"b', tool_call_id: 'call_2' },
      ]),
      ...told.end(open),
      ...told.whole(called),
      ...told.finish({ type: 'waiting', calls: ['call_1', 'asked elsewhere'] }),
    ];
    expect(await shown(chunks)).toMatchObject({
      parts: [
        { type: 'step-start' },
        { toolName: 'read', state: 'approval-requested', input: { a: 1 }, approval: { id: 'call_1' } },
        { state: 'output-error', errorText: 'The model did not finish this call.' },
      ],
    });
  });

  it('that goes on behind what a page has begins no message and no step anew', () => {
    const told = writer(true);
    const chunks = [...told.whole(result('call_1')), ...told.whole(answer('Done.'))];
    expect(types(chunks).slice(0, 5)).toEqual([
      'start',
      'tool-output-available',
      'finish-step',
      'start-step',
      'text-start',
    ]);
    expect(chunks[0]).not.toHaveProperty('messageId');
  });

  it.each([
    [{ type: 'cancelled' }, ['start', 'message-metadata', 'abort']],
    [{ type: 'failed', message: 'No.' }, ['start', 'message-metadata', 'error']],
    [{ type: 'completed' }, ['start', 'finish']],
  ] as const)('that says nothing and ends as %o is told all the same', (end, expected) => {
    expect(types(writer().finish(end))).toEqual(expected);
  });
});

/** How a call was approved is the page's to know while it listens. */
function withoutApprovals(part: object): object {
  const { approval: _, ...rest } = part as { readonly approval?: object };
  return rest;
}
