// Workflows: read from files, executed in contexts, shown by a message, paused, resumed and cancelled.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { act, body, createContext, getMetadata, refusal, refused } from '../support/api.js';
import { startServerOn } from '../support/context-client.js';
import { answer, FakeUpstream, hold } from '../support/fake-upstream.js';
import { caller } from '../support/http.js';
import { startServer, type TestServer } from '../support/server.js';
import { SseStream } from '../support/sse.js';
import { ExecutionClient, promptOf, workflowFolder } from '../support/workflow-client.js';

const eight = `
name: Eight steps
description: Everything that a workflow can do.
inputs:
  names: { type: array, description: Who is greeted }
  tone: { type: string, default: kind, enum: [kind, short] }
steps:
  - { id: hello, prompt: "say hello to \${{ size(inputs.names) }}" }
  - { id: count, set: { n: "\${{ size(inputs.names) }}" } }
  - id: each
    for_each: inputs.names
    as: name
    max_parallel: 2
    steps:
      - { id: greet, prompt: "greet \${{ name }} \${{ inputs.tone }}" }
  - { id: clock, tool: current_time }
  - { id: broken, tool: no_such_tool, continue_on_error: true }
  - id: many
    if: vars.n > 1
    then: [{ id: note, set: { note: "many" } }]
    else: [{ id: other, set: { note: "few" } }]
  - { id: held, prompt: hold }
  - { id: last, prompt: "\${{ vars.note }} \${{ steps.broken.output.error.code }}" }
output: { greetings: "\${{ steps.each.output }}", last: "\${{ steps.last.output }}" }
`;
const input = { names: ['Ada', 'Bo', 'Cy'] };

let upstream: FakeUpstream;
let server: TestServer;
beforeAll(async () => {
  upstream = await FakeUpstream.start();
  upstream.on((request) => {
    const prompt = promptOf(request);
    const { pieces = [], ...plan } = answer(`<${prompt}>`);
    return { ...plan, pieces: prompt === 'hold' ? [hold, ...pieces] : pieces };
  });
  const folder = workflowFolder({
    eight,
    failing: 'steps: [{ id: a, prompt: x }, { id: b, tool: no_such_tool }, { id: c, prompt: y }]',
    endless: 'steps: [{ id: a, prompt: hold }, { id: b, prompt: never }]',
    looped:
      'steps: [{ id: a, set: { n: 1 } }, { id: b, for_each: "[1, 2]", steps: [{ id: c, prompt: hold }] }]',
    slow: 'steps: [{ id: a, prompt: hold, timeout_ms: 1000, retry: { max_attempts: 2 } }]',
  });
  server = await startServerOn(upstream, {
    PULLCORD_DEFAULT_MODEL: 'openai/fake-1',
    PULLCORD_WORKFLOWS_DIR: folder,
  });
});
afterAll(() => upstream.close());

const api = caller({
  get url() {
    return server.url;
  },
});

describe('the list of workflows', () => {
  it('shows each with its inputs, and no step', async () => {
    const { workflows } = body(await api.get<{ workflows: object[] }>('/workflows'));
    expect(workflows).toHaveLength(5);
    expect(workflows[0]).toEqual({
      id: 'eight',
      name: 'Eight steps',
      description: 'Everything that a workflow can do.',
      inputs: [
        { name: 'names', type: 'array', description: 'Who is greeted', required: true },
        { name: 'tone', type: 'string', default: 'kind', enum: ['kind', 'short'], required: false },
      ],
      total_steps: 8,
    });
  });

  it('leads to the whole of each', async () => {
    const whole = body(await api.get<{ steps: object[]; definition: object }>('/workflows/eight'));
    expect(whole.steps).toContainEqual({ id: 'greet', kind: 'prompt' });
    expect(whole.definition).toMatchObject({ steps: [{ id: 'hello' }, {}, {}, {}, {}, {}, {}, {}] });
    expect(refused(await api.get('/workflows/nine'))).toBe('404 workflow_not_found');
    expect(refused(await api.get('/workflows/..%2f..%2fetc'))).toBe('404 workflow_not_found');
  });
});

describe('an execution', () => {
  it('goes through its steps, shown by one message and by the state, and ends with a result', async () => {
    const { id } = await createContext(api);
    const stream = await SseStream.open(`${server.url}/contexts/${id}/events`);
    const held = upstream.calls.length + 4;
    const execution = await ExecutionClient.begin(api, 'eight', input, { context_id: id });
    expect(execution.context).toBe(id);
    (await upstream.call(held)).release();
    const done = await execution.reaches('completed');
    await stream.nextSignal('message_completed');

    expect(done.result).toEqual({
      greetings: ['<greet Ada kind>', '<greet Bo kind>', '<greet Cy kind>'],
      last: '<many tool_not_found>',
    });
    expect(done.steps.map(({ path, status }) => `${path} ${status}`)).toEqual([
      'hello finished',
      'count finished',
      'each finished',
      'each/0/greet finished',
      'each/1/greet finished',
      'each/2/greet finished',
      'clock finished',
      'broken failed',
      'many finished',
      'note finished',
      'held finished',
      'last finished',
    ]);
    expect(await execution.message()).toMatchObject({
      role: 'assistant',
      status: 'complete',
      metadata: { run_id: execution.id, source: 'user_workflow' },
      data: {
        workflow_name: 'Eight steps',
        execution_id: execution.id,
        workflow_status: 'completed',
        total_steps: 8,
        completed_steps: 8,
        result: done.result,
      },
    });
    expect(await execution.state()).toEqual({ type: 'awaiting_user', reason: 'input' });

    const states = stream.signals
      .filter(({ type }) => type === 'state_changed')
      .map(({ new_state }) => (new_state as { readonly type: string }).type);
    expect(states).toEqual([...Array(9).fill('processing_workflow'), 'awaiting_user']);
    const updates = stream.signals.filter(({ type }) => type === 'message_updated');
    expect(updates.length).toBeGreaterThanOrEqual(16);
    expect(JSON.stringify(stream.signals)).not.toContain('greet');
    stream.destroy();
  });

  it('makes a context of its own when none is given', async () => {
    const execution = await ExecutionClient.begin(api, 'failing');
    await execution.reaches('failed');
    expect(await getMetadata(api, execution.context)).toMatchObject({ title: 'failing' });
  });

  it('ends with the step that fails, and begins none after it', async () => {
    const execution = await ExecutionClient.begin(api, 'failing');
    const failed = await execution.reaches('failed');
    expect(failed.error).toMatchObject({
      code: 'tool_not_found',
      message: expect.stringMatching(/^Step b: /) as string,
    });
    expect(Date.parse(failed.updated_at)).toBeGreaterThanOrEqual(Date.parse(failed.steps[1]?.ended_at ?? ''));
    expect(failed.steps.map(({ path }) => path)).toEqual(['a', 'b']);
    expect(await execution.state()).toMatchObject({
      type: 'error',
      code: 'tool_not_found',
      retryable: false,
    });
    expect(await execution.message()).toMatchObject({
      status: 'failed',
      data: { workflow_status: 'failed', completed_steps: 1, current_step: 'b' },
    });
  });

  it('tries again what takes too long, as often as it is told', async () => {
    const before = upstream.calls.length;
    const execution = await ExecutionClient.begin(api, 'slow');
    expect(await execution.reaches('failed')).toMatchObject({
      error: { code: 'step_timeout' },
      steps: [{ path: 'a', attempts: 2 }],
    });
    // A busy machine may take longer than a try to bring it there; what came there was hung up on.
    const calls = upstream.calls.slice(before);
    expect(calls.length).toBeLessThanOrEqual(2);
    for (const { closedByClient } of calls) expect(await closedByClient).toBe(true);
  });

  it('pauses after the step that runs, leaves the turn to the user, and goes on where it was', async () => {
    const held = upstream.calls.length + 4;
    const execution = await ExecutionClient.begin(api, 'eight', input);
    const call = await upstream.call(held);
    expect(body(await execution.ask('pause'), 202)).toMatchObject({ status: 'running' });
    expect(await execution.view()).toMatchObject({ status: 'running', is_pausing: true });
    expect(body(await execution.ask('pause'), 202)).toMatchObject({ status: 'running' });
    call.release();
    const paused = await execution.reaches('paused');
    expect(paused.steps.find(({ path }) => path === 'held')).toMatchObject({ status: 'finished' });
    expect(await execution.step('last')).toBeUndefined();
    expect(await execution.message()).toMatchObject({
      status: 'streaming',
      data: { workflow_status: 'paused' },
    });

    expect(await execution.state()).toEqual({ type: 'awaiting_user', reason: 'input' });
    await act(api, execution.context, 'append_message', {
      role: 'user',
      payload: { kind: 'text', data: { content: 'Meanwhile.' } },
    });
    const before = upstream.calls.length;
    expect(body(await execution.ask('resume'), 202)).toMatchObject({ status: 'pending' });
    await execution.reaches('completed');
    expect(upstream.calls.slice(before).map(({ request }) => promptOf(request))).toEqual([
      'many tool_not_found',
    ]);
    expect(refused(await execution.ask('resume'))).toBe('409 illegal_transition');
    expect(refused(await execution.ask('pause'))).toBe('409 illegal_transition');
  });

  it('says after a pause within a step which step that is', async () => {
    const held = upstream.calls.length;
    const execution = await ExecutionClient.begin(api, 'looped');
    const call = await upstream.call(held);
    expect(await execution.state()).toMatchObject({ type: 'processing_workflow', step: 2 });
    await execution.ask('pause');
    call.release();
    await execution.reaches('paused');
    await execution.ask('resume');
    await upstream.call(held + 1);
    expect(await execution.state()).toMatchObject({ type: 'processing_workflow', step: 2 });
    await execution.ask('cancel');
  });

  it('survives kill -9: what is finished is not done again, what was cut off is reported', async () => {
    const held = upstream.calls.length + 4;
    const execution = await ExecutionClient.begin(api, 'eight', input);
    await upstream.call(held);
    await server.restart();
    const failed = await execution.reaches('failed');
    expect(failed.error).toMatchObject({ code: 'step_interrupted' });
    expect(failed.steps.find(({ path }) => path === 'each/1/greet')).toMatchObject({ attempts: 1 });
    expect(upstream.calls).toHaveLength(held + 1);
  });

  it('goes on by itself after kill -9 where the step may be repeated', async () => {
    const execution = await ExecutionClient.begin(api, 'slow');
    await upstream.call(upstream.calls.length);
    await server.restart();
    expect(await execution.reaches('failed')).toMatchObject({ error: { code: 'step_timeout' } });
  });

  it.each(['execution', 'context'] as const)(
    'is cancelled through its %s, and its call ends',
    async (through) => {
      const next = upstream.calls.length;
      const execution = await ExecutionClient.begin(api, 'endless');
      const call = await upstream.call(next);
      if (through === 'execution') body(await execution.ask('cancel'), 202);
      else await act(api, execution.context, 'cancel');
      expect(await call.closedByClient).toBe(true);
      expect(await execution.view()).toMatchObject({ status: 'cancelled' });
      expect(await execution.message()).toMatchObject({
        status: 'cancelled',
        data: { workflow_status: 'cancelled' },
      });
      expect(await execution.state()).toEqual({ type: 'awaiting_user', reason: 'input' });
      expect(body(await execution.ask('cancel'), 202)).toMatchObject({ status: 'cancelled' });
      expect(upstream.calls).toHaveLength(next + 1);
    },
  );

  it('is cancelled while it is paused', async () => {
    const held = upstream.calls.length;
    const execution = await ExecutionClient.begin(api, 'endless');
    const call = await upstream.call(held);
    await execution.ask('pause');
    call.release();
    await execution.reaches('paused');
    expect(body(await execution.ask('cancel'), 202)).toMatchObject({ status: 'cancelled' });
    expect(await execution.message()).toMatchObject({ status: 'cancelled' });
  });

  it('goes with its context', async () => {
    const execution = await ExecutionClient.begin(api, 'endless');
    body(await api.delete(`/contexts/${execution.context}`), 204);
    expect(refused(await api.get(`/workflow-executions/${execution.id}`))).toBe(
      '404 workflow_execution_not_found',
    );
    expect(refused(await execution.ask('cancel'))).toBe('404 workflow_execution_not_found');
  });

  it('keeps others out of its context while it runs', async () => {
    const next = upstream.calls.length;
    const execution = await ExecutionClient.begin(api, 'endless');
    await upstream.call(next);
    const more = { input, context_id: execution.context };
    expect(refused(await api.post('/workflows/eight/execute', more))).toBe('409 context_busy');
    expect(
      refused(await api.post(`/contexts/${execution.context}/actions/send_message`, { content: 'x' })),
    ).toBe('409 context_busy');
    await execution.ask('cancel');
  });
});

describe('what is asked', () => {
  it.each([
    ['a missing input', {}, 'input.names', 'is required'],
    ['a wrong type', { names: 'Ada' }, 'input.names', 'must be of type array'],
    [
      'a value that is not listed',
      { names: [], tone: 'rude' },
      'input.tone',
      'must be one of ["kind","short"]',
    ],
    ['an unknown input', { names: [], age: 3 }, 'input.age', 'is no input of this workflow'],
  ])('is refused with %s, and no context is made', async (_, given, path, message) => {
    const list = '/contexts?limit=200';
    const before = body(await api.get<{ contexts: object[] }>(list)).contexts.length;
    const problem = refusal(await api.post('/workflows/eight/execute', { input: given }));
    expect(problem).toMatchObject({ code: 'unprocessable', errors: [{ path, message }] });
    expect(body(await api.get<{ contexts: object[] }>(list)).contexts).toHaveLength(before);
  });

  it('is done once for one Idempotency-Key', async () => {
    const key = { headers: { 'idempotency-key': 'once' } };
    const first = await api.post('/workflows/failing/execute', {}, key);
    const second = await api.post('/workflows/failing/execute', {}, key);
    expect(body(first, 202)).toEqual(body(second, 202));
  });

  it('is not answered for another owner', async () => {
    const both = await startServer({ env: { PULLCORD_TOKENS: 'ada:secret-a,bo:secret-b' } });
    const bo = caller(both, { token: 'secret-b' });
    expect(refused(await bo.get('/workflow-executions/0199c9a2-7f3e-7a51-8c11-0d5a3c1e9b77'))).toBe(
      '404 workflow_execution_not_found',
    );
    expect(refused(await caller(both).get('/workflows'))).toBe('401 unauthorized');
  });
});
