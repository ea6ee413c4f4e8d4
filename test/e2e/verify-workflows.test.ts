// `pullcord verify` on executions of workflows: silent at whatever step they stand, a line where a row lost its owner.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { act, body } from '../support/api.js';
import { startServerOn } from '../support/context-client.js';
import { findingsIn } from '../support/copies.js';
import { answer, FakeUpstream, hold } from '../support/fake-upstream.js';
import { caller } from '../support/http.js';
import { expectClean } from '../support/pullcord.js';
import type { TestServer } from '../support/server.js';
import { sql } from '../support/sql.js';
import { ExecutionClient, promptOf, workflowFolder } from '../support/workflow-client.js';

let upstream: FakeUpstream;
let server: TestServer;
beforeAll(async () => {
  upstream = await FakeUpstream.start();
  upstream.on((request) => {
    const { pieces = [], ...plan } = answer('said');
    return { ...plan, pieces: promptOf(request) === 'hold' ? [hold, ...pieces] : pieces };
  });
  const folder = workflowFolder({
    plain: 'steps: [{ id: a, prompt: x }]',
    failing: 'steps: [{ id: a, tool: no_such_tool }]',
    asking: 'steps: [{ id: a, approval: Go on? }, { id: b, prompt: x }]',
    holding: 'steps: [{ id: a, prompt: hold }, { id: b, prompt: x }]',
  });
  server = await startServerOn(upstream, {
    PULLCORD_DEFAULT_MODEL: 'openai/fake-1',
    PULLCORD_WORKFLOWS_DIR: folder,
  });
});
afterAll(() => upstream.close());

describe('of executions of workflows', () => {
  it('nothing is wrong while they run, ask or are paused, nor when they are over; a stray row is', async () => {
    const api = caller(server);
    await (await ExecutionClient.begin(api, 'plain')).reaches('completed');
    const failed = await (await ExecutionClient.begin(api, 'failing')).reaches('failed');
    await (await ExecutionClient.begin(api, 'asking')).asks(1);
    const paused = await ExecutionClient.begin(api, 'asking');
    await paused.asks(1);
    body(await paused.ask('pause'), 202);
    const approvals = [{ tool_call_id: 'a', decision: 'approve' }];
    await act(api, paused.context, 'approve_tools', { approvals });
    await paused.reaches('paused');
    const call = upstream.call(upstream.calls.length);
    const holding = await ExecutionClient.begin(api, 'holding');
    const held = await call;
    expect(await holding.state()).toMatchObject({ type: 'processing_workflow', step: 1 });
    await expectClean(server);

    held.release();
    await holding.reaches('completed');
    await expectClean(server);

    await sql(server, `DELETE FROM workflow_executions WHERE run_id = '${failed.id}'`);
    expect(await findingsIn(server)).toEqual([
      `run ${failed.id}: executes a workflow, but its execution is not there`,
      `steps of run ${failed.id}: their execution is not there`,
    ]);
  });
});
