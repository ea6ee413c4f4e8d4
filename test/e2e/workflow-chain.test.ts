// One workflow with everything in it, and everything that can happen to it: a parallel loop, a step that fails, a question to
// the user, a pause, and kill -9 in the loop, at the question, and in the pause. It ends right, and nothing is done twice.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { act, body } from '../support/api.js';
import { startServerOn } from '../support/context-client.js';
import { answer, FakeUpstream, hold, type UpstreamCall } from '../support/fake-upstream.js';
import { caller } from '../support/http.js';
import type { TestServer } from '../support/server.js';
import { until } from '../support/until.js';
import { ExecutionClient, promptOf, workflowFolder } from '../support/workflow-client.js';

const release = `
inputs: { names: { type: array } }
steps:
  - { id: outline, prompt: "outline \${{ size(inputs.names) }}" }
  - { id: count, set: { n: "\${{ size(inputs.names) }}" } }
  - id: each
    for_each: inputs.names
    as: name
    max_parallel: 2
    steps:
      - { id: plan, prompt: "plan \${{ name }}" }
      - { id: write, prompt: "write \${{ name }}", repeatable: true }
  - { id: broken, tool: no_such_tool, continue_on_error: true }
  - { id: ok, approval: "Publish \${{ vars.n }} pages?" }
  - id: checked
    if: steps.ok.output.approved
    then: [{ id: note, set: { note: "approved by \${{ steps.ok.output.by }}" } }]
    else: [{ id: other, set: { note: "not at all" } }]
  - { id: publish, prompt: publish }
  - { id: last, prompt: "\${{ vars.note }}, \${{ steps.broken.output.error.code }}" }
output: { pages: "\${{ steps.each.output }}", last: "\${{ steps.last.output }}" }
`;

let upstream: FakeUpstream;
let server: TestServer;
/** What is answered only when the test says so. */
const held = new Set(['write Ada', 'write Bo', 'publish']);
beforeAll(async () => {
  upstream = await FakeUpstream.start();
  upstream.on((request) => {
    const prompt = promptOf(request);
    const { pieces = [], ...plan } = answer(`<${prompt}>`);
    return { ...plan, pieces: held.delete(prompt) ? [hold, ...pieces] : pieces };
  });
  server = await startServerOn(upstream, {
    PULLCORD_DEFAULT_MODEL: 'openai/fake-1',
    PULLCORD_WORKFLOWS_DIR: workflowFolder({ release }),
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
const other = caller(address, { headers: { 'user-agent': 'another device' } });

const prompts = (): string[] => upstream.calls.map(({ request }) => promptOf(request));
const callOf = (prompt: string): Promise<UpstreamCall> =>
  until(() => upstream.calls.find(({ request }) => promptOf(request) === prompt), {
    what: `the prompt "${prompt}"`,
  });

// It starts the server four times.
const patience = 180_000;

it(
  'a workflow of eight steps pauses, resumes, survives kill -9 three times, and ends right',
  { timeout: patience },
  async () => {
    const execution = await ExecutionClient.begin(api, 'release', { names: ['Ada', 'Bo', 'Cy'] });

    // In the loop: two iterations are at a step that may be repeated, the third has not begun.
    await Promise.all([callOf('write Ada'), callOf('write Bo')]);
    expect(prompts()).not.toContain('plan Cy');
    await server.restart();

    // At the question, after the step that failed.
    const asking = await execution.asks(1);
    expect(asking.approvals).toEqual([{ tool_call_id: 'ok', question: 'Publish 3 pages?' }]);
    expect(await execution.step('broken')).toMatchObject({ status: 'failed', attempts: 1 });
    await server.restart();
    expect((await execution.asks(1)).approvals).toEqual(asking.approvals);
    await act(other, execution.context, 'approve_tools', {
      approvals: [{ tool_call_id: 'ok', decision: 'approve' }],
    });

    // In the pause, which lets the step that runs come to its end.
    const publishing = await callOf('publish');
    expect(body(await execution.ask('pause'), 202)).toMatchObject({ status: 'running' });
    publishing.release();
    await execution.reaches('paused');
    const before = await execution.view();
    await server.restart();
    expect(await execution.view()).toEqual(before);
    expect(await execution.state()).toEqual({ type: 'awaiting_user', reason: 'input' });
    expect(await execution.step('last')).toBeUndefined();

    body(await execution.ask('resume'), 202);
    const done = await execution.reaches('completed');
    expect(done).toMatchObject({
      result: {
        pages: ['<write Ada>', '<write Bo>', '<write Cy>'],
        last: '<approved by local, tool_not_found>',
      },
      approvals: [],
    });
    expect(done.steps.map(({ path, status, attempts }) => `${path} ${status} ${attempts}`)).toEqual([
      'outline finished 1',
      'count finished 1',
      'each finished 1',
      'each/0/plan finished 1',
      'each/0/write finished 2',
      'each/1/plan finished 1',
      'each/1/write finished 2',
      'each/2/plan finished 1',
      'each/2/write finished 1',
      'broken failed 1',
      'ok finished 1',
      'checked finished 1',
      'note finished 1',
      'publish finished 1',
      'last finished 1',
    ]);
    // Nothing was asked of the model twice but what may be.
    const twice = ['write Ada', 'write Bo'];
    const once = ['outline 3', 'plan Ada', 'plan Bo', 'plan Cy', 'write Cy', 'publish'];
    expect(prompts().sort()).toEqual(
      [...twice, ...twice, ...once, 'approved by local, tool_not_found'].sort(),
    );
    expect(await execution.message()).toMatchObject({
      status: 'complete',
      data: { workflow_status: 'completed', completed_steps: 8, total_steps: 8, result: done.result },
    });
    expect(await execution.state()).toEqual({ type: 'awaiting_user', reason: 'input' });
  },
);
