// The agent loop as a client sees it: a model that calls tools, their results in the pool, and the next call to the model.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ContextClient, startServerOn, transitionsUntil } from '../support/context-client.js';
import { answer, FakeUpstream, type PlannedCall, type UpstreamCall } from '../support/fake-upstream.js';
import type { TestServer } from '../support/server.js';
import { nameOf } from '../support/state-table.js';
import { until } from '../support/until.js';
import { makeFolder } from '../support/workspace.js';

const workspace = makeFolder({
  'notes.md': 'The key is under the mat.\n',
  'src/a.ts': 'export const a = 1;\n',
});
let upstream: FakeUpstream;
let server: TestServer;
beforeAll(async () => {
  upstream = await FakeUpstream.start();
  server = await startServerOn(upstream, { PULLCORD_WORKSPACE_ROOTS: workspace });
});
afterAll(() => upstream.close());

const auto = { tool_policy: { type: 'auto_approve' }, workspace_path: workspace };
const nextCall = (ahead = 0): Promise<UpstreamCall> => upstream.call(upstream.calls.length + ahead);
const callOf = (id: string, name: string, input: object): PlannedCall => ({
  id,
  name,
  arguments: [...JSON.stringify(input)],
});
const readNotes = callOf('call_read', 'read_file', { path: 'notes.md' });
const now = (id: string): PlannedCall => callOf(id, 'current_time', {});

interface WireTool {
  readonly function: { readonly name: string; readonly parameters: object };
}
const namesIn = (call: UpstreamCall): string[] =>
  ((call.request.body['tools'] ?? []) as WireTool[]).map((tool) => tool.function.name);

describe('a turn with two rounds of tools', () => {
  let context: ContextClient;
  let states: string[];
  let calls: UpstreamCall[];
  beforeAll(async () => {
    const before = upstream.calls.length;
    upstream.enqueue(
      answer(['Let me ', 'look.'], { calls: [readNotes, now('call_time')], packing: 'torn' }),
      answer([], { calls: [callOf('call_src', 'read_file', { path: 'src/a.ts' })] }),
      answer('Under the mat.'),
    );
    context = await ContextClient.begin(server, auto);
    const stream = await context.follow();
    await stream.nextSignal('snapshot');
    await context.exchange('Where is the key?');
    const transitions = await transitionsUntil(stream, (await context.whole()).revision);
    stream.destroy();
    states = transitions.map(({ new_state }) => nameOf(new_state));
    calls = upstream.calls.slice(before);
  });

  it('goes through every state in order', () => {
    const pipeline = ['active', 'active', 'active', 'active', 'active'];
    const asked = ['awaiting_llm', 'streaming_response'];
    expect(states).toEqual([
      ...[...pipeline, ...asked, 'processing_tool', 'processing_tool', 'processing_tool', 'active'],
      ...[...asked, 'processing_tool', 'processing_tool', 'active'],
      ...[...asked, 'awaiting_user(input)'],
    ]);
  });

  it('offers the model the tools that there are', () => {
    for (const call of calls)
      expect(namesIn(call)).toEqual(expect.arrayContaining(['current_time', 'read_file']));
    expect(calls).toHaveLength(3);
  });

  it('leaves a request and results in call order, of one run, each with a revision of its own', async () => {
    const messages = await context.messages();
    expect(messages.map(({ role, kind, status }) => `${role} ${kind} ${status}`)).toEqual([
      'user text complete',
      'assistant streaming_response complete',
      'assistant tool_request complete',
      'tool tool_result complete',
      'tool tool_result complete',
      'assistant streaming_response complete',
      'assistant tool_request complete',
      'tool tool_result complete',
      'assistant streaming_response complete',
    ]);
    expect(messages[2]?.data).toMatchObject({ approval_status: 'auto_approved' });
    expect(messages[3]?.data).toMatchObject({
      request_id: 'call_read',
      tool_name: 'read_file',
      execution_status: 'success',
      result: { path: 'notes.md', content: 'The key is under the mat.\n' },
    });
    expect(messages[4]?.data).toMatchObject({ request_id: 'call_time', execution_status: 'success' });
    expect(new Set(messages.slice(1).map(({ metadata }) => metadata.run_id)).size).toBe(1);
    expect(new Set(messages.map(({ revision }) => revision)).size).toBe(messages.length);
  });

  it('tells the model what its calls gave', () => {
    const { messages } = calls[1]?.request.body as { messages: { role: string; content: string }[] };
    expect(messages.map(({ role }) => role)).toEqual(['system', 'user', 'assistant', 'tool', 'tool']);
    expect(messages[3]).toMatchObject({ tool_call_id: 'call_read' });
    expect(messages[3]?.content).toContain('under the mat');
  });
});

describe('what the model may call', () => {
  it('is less without a workspace, and for a planner no more than it was offered', async () => {
    const called = nextCall();
    upstream.enqueue(answer([], { calls: [readNotes] }), answer('I cannot.'));
    const context = await ContextClient.begin(server, { tool_policy: { type: 'auto_approve' } });
    await context.exchange('Read my notes.');
    expect(namesIn(await called)).not.toContain('read_file');
    const [result] = await context.messagesOf('tool_result');
    expect(result?.data).toMatchObject({
      execution_status: 'failed',
      error: { code: 'no_workspace', message: expect.stringContaining('config.workspace_path') as string },
    });
  });

  it.each([
    ['no JSON', ['{"path": "no']],
    ['a wrong type', ['{"path": 7}']],
    ['a field too many', ['{"path": "notes.md", "mode": "w"}']],
  ])('is told to the model when its arguments are %s, and the turn goes on', async (_, written) => {
    const called = nextCall(1);
    upstream.enqueue(
      answer([], { calls: [{ id: 'call_bad', name: 'read_file', arguments: written }] }),
      answer('Sorry.'),
    );
    const context = await ContextClient.begin(server, { ...auto, tool_policy: { type: 'manual' } });
    await context.exchange('Read.');
    // Nobody is asked to approve what cannot be made.
    expect(await context.state()).toEqual({ type: 'awaiting_user', reason: 'input' });
    const [result] = await context.messagesOf('tool_result');
    expect(result?.data).toMatchObject({ execution_status: 'failed', error: { code: 'invalid_arguments' } });
    const { messages } = (await called).request.body as { messages: { content: string }[] };
    expect(messages.at(-1)?.content).toContain('The arguments');
  });

  it('may have one id twice: each call has its own result all the same', async () => {
    upstream.enqueue(answer([], { calls: [now('same'), now('same')] }), answer('Noon.'));
    const context = await ContextClient.begin(server, auto);
    await context.exchange('What time is it?');
    const results = await context.messagesOf('tool_result');
    expect(results.map(({ data }) => data.execution_status)).toEqual(['success', 'success']);
    expect(new Set(results.map(({ data }) => data.request_id)).size).toBe(2);
  });

  it('is no more than so many calls at once', async () => {
    const many = Array.from({ length: 65 }, (_, n) => now(`call_${n}`));
    upstream.enqueue(answer([], { calls: many }));
    const context = await ContextClient.begin(server, auto);
    await context.exchange('What time is it?');
    expect(await context.state()).toMatchObject({ type: 'error', code: 'upstream_protocol' });
    expect(await context.messagesOf('tool_request')).toEqual([]);
  });
});

describe('100 contexts with rounds at once', () => {
  it('all come to their end, each with its own results', async () => {
    upstream.on(({ body }) => {
      const messages = body['messages'] as { role: string; content: string }[];
      return messages.at(-1)?.role === 'tool'
        ? answer(`Done: ${messages.find(({ role }) => role === 'user')?.content}`)
        : answer([], { calls: [now('call_1'), readNotes, now('call_2')] });
    });
    const contexts = await Promise.all(Array.from({ length: 100 }, () => ContextClient.begin(server, auto)));
    await Promise.all(contexts.map((context, n) => context.send(`Turn ${n}`)));
    await Promise.all(
      contexts.map(async (context, n) => {
        await until(async () => (await context.state()).type === 'awaiting_user', {
          what: 'the end of the turn',
        });
        expect((await context.answer()).data.content).toBe(`Done: Turn ${n}`);
        const results = await context.messagesOf('tool_result');
        expect(results.map(({ data }) => data.request_id)).toEqual(['call_1', 'call_read', 'call_2']);
        expect(results.every(({ data }) => data.execution_status === 'success')).toBe(true);
      }),
    );
    upstream.on(() => answer('Hello.'));
    expect(server.stderr).not.toContain('Warning');
  });
});
