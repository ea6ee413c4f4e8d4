// Questions of a workflow to the user: asked durably, answered by any client, also in parts and after a restart.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { act, body, getMetadata, refused } from '../support/api.js';
import { startServerOn } from '../support/context-client.js';
import { answer, FakeUpstream } from '../support/fake-upstream.js';
import { caller } from '../support/http.js';
import type { TestServer } from '../support/server.js';
import { ExecutionClient, promptOf, workflowFolder } from '../support/workflow-client.js';

let upstream: FakeUpstream;
let server: TestServer;
beforeAll(async () => {
  upstream = await FakeUpstream.start();
  upstream.on((request) => answer(`<${promptOf(request)}>`));
  const folder = workflowFolder({
    one: 'steps: [{ id: before, prompt: a }, { id: ok, approval: "Publish ${{ steps.before.output }}?" }, { id: after, prompt: b }]',
    mild: 'steps: [{ id: ok, approval: Go on?, continue_on_error: true }, { id: after, prompt: "${{ json(steps.ok.output) }}" }]',
    many: 'inputs: { names: { type: array } }\nsteps: [{ id: each, for_each: inputs.names, max_parallel: 2, steps: [{ id: ok, approval: "${{ item }}?" }, { id: did, prompt: "did ${{ item }}" }] }]',
  });
  server = await startServerOn(upstream, {
    PULLCORD_DEFAULT_MODEL: 'openai/fake-1',
    PULLCORD_WORKFLOWS_DIR: folder,
    PULLCORD_RUN_LEASE_MS: '500',
  });
});
afterAll(() => upstream.close());

const address = {
  get url() {
    return server.url;
  },
};
const api = caller(address);
/** Another device: it shares nothing with the first but the server. */
const other = caller(address, { headers: { 'user-agent': 'another device' } });

const decisions = (decision: 'approve' | 'deny', ...ids: readonly string[]) => ({
  approvals: ids.map((tool_call_id) => ({ tool_call_id, decision })),
});

describe('a question of a workflow', () => {
  it('waits in the state and in the message, survives kill -9, and is answered by another client', async () => {
    const execution = await ExecutionClient.begin(api, 'one');
    expect((await execution.asks(1)).approvals).toEqual([{ tool_call_id: 'ok', question: 'Publish <a>?' }]);
    const waiting = {
      type: 'awaiting_user',
      reason: 'tool_approval',
      pending: [{ tool_call_id: 'ok', tool_name: 'approval' }],
    };
    expect(await execution.state()).toEqual(waiting);
    expect(await execution.message()).toMatchObject({
      status: 'streaming',
      data: { current_step: 'ok', approvals: [{ tool_call_id: 'ok' }] },
    });

    await server.restart();
    expect(await execution.state()).toEqual(waiting);
    const before = upstream.calls.length;
    const { state } = await act(other, execution.context, 'approve_tools', decisions('approve', 'ok'));
    // Not from the first step again: it goes on where the question was asked.
    expect(state).toMatchObject({ type: 'processing_workflow', step: 2 });
    const done = await execution.reaches('completed');
    expect(done).toMatchObject({ result: '<b>', approvals: [] });
    expect(await execution.step('ok')).toMatchObject({ output: { approved: true, by: 'local' } });
    expect((await execution.message()).data.approvals).toBeUndefined();
    expect(upstream.calls.slice(before).map(({ request }) => promptOf(request))).toEqual(['b']);
  });

  it('ends the workflow when it is denied, with the reason', async () => {
    const execution = await ExecutionClient.begin(api, 'one');
    await execution.asks(1);
    const denial = { tool_call_id: 'ok', decision: 'deny', reason: 'Not on a Friday.' };
    await act(api, execution.context, 'approve_tools', { approvals: [denial] });
    expect((await execution.reaches('failed')).error).toEqual({
      code: 'denied',
      message: 'Step ok: Not on a Friday.',
    });
  });

  it('is a step like any other where a failure does not end the workflow', async () => {
    const execution = await ExecutionClient.begin(api, 'mild');
    await execution.asks(1);
    await act(api, execution.context, 'approve_tools', decisions('deny', 'ok'));
    expect((await execution.reaches('completed')).result).toBe(
      '<{"error":{"code":"denied","message":"The user denied it."}}>',
    );
  });

  it('is one of several, which are answered in parts', async () => {
    const names = ['a', 'b', 'c'];
    const execution = await ExecutionClient.begin(api, 'many', { names });
    const ids = (await execution.asks(3)).approvals.map(({ tool_call_id }) => tool_call_id);
    expect(ids).toEqual(['each/0/ok', 'each/1/ok', 'each/2/ok']);
    const { revision } = await getMetadata(api, execution.context);
    await act(other, execution.context, 'approve_tools', decisions('approve', 'each/1/ok'));
    expect((await execution.asks(2)).approvals.map(({ question }) => question)).toEqual(['a?', 'c?']);
    expect((await getMetadata(api, execution.context)).revision).toBeGreaterThan(revision);

    const ask = (input: object) => api.post(`/contexts/${execution.context}/actions/approve_tools`, input);
    expect((await ask(decisions('approve', 'each/1/ok'))).status).toBe(202);
    expect(refused(await ask(decisions('deny', 'each/1/ok')))).toBe('409 decision_conflict');
    expect(refused(await ask(decisions('approve', 'each/0/ok', 'each/9/ok')))).toBe('422 unprocessable');
    expect((await execution.asks(2)).approvals).toHaveLength(2);
    await act(api, execution.context, 'approve_tools', decisions('approve', 'each/0/ok', 'each/2/ok'));
    expect((await execution.reaches('completed')).result).toEqual(['<did a>', '<did b>', '<did c>']);
    expect(refused(await ask(decisions('approve', 'each/0/ok')))).toBe('409 illegal_transition');
  });

  it.each(['cancel', 'send_message', 'archive'] as const)('is withdrawn by %s', async (action) => {
    const execution = await ExecutionClient.begin(api, 'one');
    await execution.asks(1);
    await act(api, execution.context, action, action === 'send_message' ? { content: 'Never mind.' } : {});
    expect(await execution.reaches('cancelled')).toMatchObject({ approvals: [] });
    expect(await execution.message()).toMatchObject({
      status: 'cancelled',
      data: { workflow_status: 'cancelled' },
    });
    expect(await execution.step('after')).toBeUndefined();
  });

  it('goes with the execution that asks it, when that is cancelled', async () => {
    const execution = await ExecutionClient.begin(api, 'one');
    await execution.asks(1);
    expect(body(await execution.ask('cancel'), 202)).toMatchObject({ status: 'cancelled' });
    expect(await execution.state()).toEqual({ type: 'awaiting_user', reason: 'input' });
  });

  it('can be answered while the execution is paused, which then stays so', async () => {
    const execution = await ExecutionClient.begin(api, 'one');
    await execution.asks(1);
    await execution.ask('pause');
    await act(api, execution.context, 'approve_tools', decisions('approve', 'ok'));
    await execution.reaches('paused');
    expect(await execution.step('after')).toBeUndefined();
    await execution.ask('resume');
    await execution.reaches('completed');
  });
});
