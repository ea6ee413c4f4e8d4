// Who decides about tool calls: the policy, the user, from whichever client, now or once and for all.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { refusal, refused } from '../support/api.js';
import { ContextClient, startServerOn } from '../support/context-client.js';
import { answer, FakeUpstream, type UpstreamCall } from '../support/fake-upstream.js';
import { caller } from '../support/http.js';
import type { TestServer } from '../support/server.js';
import {
  asksApproval,
  askTime,
  callOf,
  decide,
  offeredIn,
  outcomes,
  toldIn,
} from '../support/model-calls.js';

let upstream: FakeUpstream;
let server: TestServer;
beforeAll(async () => {
  upstream = await FakeUpstream.start();
  server = await startServerOn(upstream);
});
// A test that leaves calls waiting leaves the answer to them in line.
beforeEach(() => void upstream.clear());
afterAll(() => upstream.close());

const nextCall = (ahead = 0): Promise<UpstreamCall> => upstream.call(upstream.calls.length + ahead);
const usersTurn = { type: 'awaiting_user', reason: 'input' };
const manual = { tool_policy: { type: 'manual' } };
const inZone = (id: string, time_zone: string) => callOf(id, 'current_time', { time_zone });

/** A context in which these calls wait, and the answer that comes once they are decided. */
async function waiting(...ids: readonly string[]): Promise<ContextClient> {
  upstream.enqueue(answer('Let me see.', { calls: ids.map(askTime) }), answer('That is that.'));
  const context = await ContextClient.begin(server, manual);
  await context.send('What time is it?');
  await asksApproval(context);
  return context;
}

describe('manual', () => {
  it('asks about every call, and makes none before', async () => {
    const context = await waiting('call_a', 'call_b');
    expect(await context.state()).toEqual({
      type: 'awaiting_user',
      reason: 'tool_approval',
      pending: [
        { tool_call_id: 'call_a', tool_name: 'current_time' },
        { tool_call_id: 'call_b', tool_name: 'current_time' },
      ],
    });
    const { allowed_actions } = await context.whole();
    expect(allowed_actions).toEqual(
      expect.arrayContaining(['approve_tools', 'send_message', 'cancel', 'retry']),
    );
    expect(allowed_actions).not.toContain('continue');
    const [request] = await context.messagesOf('tool_request');
    expect(request).toMatchObject({ status: 'streaming', data: { approval_status: 'pending' } });
    expect(await outcomes(context)).toEqual([]);
    expect(await context.whole()).toMatchObject({ streaming: [] });
  });

  it('goes on once all are approved, and the request says by whom', async () => {
    const context = await waiting('call_a', 'call_b');
    const { state } = await decide(context, { call_a: 'approve', call_b: 'approve' });
    expect(state).toMatchObject({ type: 'processing_tool', tool_id: 'call_a', depth: 1, done: 0, total: 2 });
    expect(await context.settled()).toEqual(usersTurn);
    expect(await outcomes(context)).toEqual([
      ['call_a', 'success'],
      ['call_b', 'success'],
    ]);
    const [request] = await context.messagesOf('tool_request');
    expect(request).toMatchObject({
      status: 'complete',
      data: { approval_status: 'approved', approved_by: 'local' },
    });
    expect((await context.answer()).data.content).toBe('That is that.');
  });
});

describe('auto_approve', () => {
  it('asks about nothing', async () => {
    upstream.enqueue(answer([], { calls: [askTime('call_a')] }), answer('Noon.'));
    const context = await ContextClient.begin(server, { tool_policy: { type: 'auto_approve' } });
    await context.exchange('What time is it?');
    expect(await context.state()).toEqual(usersTurn);
    const [request] = await context.messagesOf('tool_request');
    expect(request?.data).toMatchObject({ approval_status: 'auto_approved' });
    expect(request?.data).not.toHaveProperty('approved_by');
  });
});

describe('allow_list', () => {
  it.each([
    [['current_time'], usersTurn],
    [['read_*', 'cur*_t?me'], usersTurn],
    [['current', 'read_*'], { reason: 'tool_approval' }],
    [[], { reason: 'tool_approval' }],
  ])('of %j', async (allow, end) => {
    upstream.enqueue(answer([], { calls: [askTime('call_a')] }), answer('Noon.'));
    const context = await ContextClient.begin(server, { tool_policy: { type: 'allow_list', allow } });
    await context.exchange('What time is it?');
    expect(await context.state()).toMatchObject(end);
  });
});

describe('limited_auto', () => {
  it('makes so many rounds of calls, then asks whether to go on, and counts anew after that', async () => {
    const round = answer('', { calls: [askTime('call_a')] });
    upstream.enqueue(round, round, round);
    const context = await ContextClient.begin(server, {
      tool_policy: { type: 'limited_auto', max_depth: 2 },
    });
    await context.exchange('What time is it, and now?');
    expect(await context.state()).toEqual({ type: 'awaiting_user', reason: 'depth_limit' });
    const made = ['call_a', 'success'];
    expect(await outcomes(context)).toEqual([made, made, ['call_a', 'cancelled', 'depth_limit']]);

    upstream.enqueue(round, round, answer('Noon.'));
    await context.act('continue');
    expect(await context.settled()).toEqual(usersTurn);
    expect((await outcomes(context)).slice(3)).toEqual([made, made]);
  });
});

describe('the deployment’s policy', () => {
  it('counts where the context has none', async () => {
    const other = await startServerOn(upstream, { PULLCORD_TOOL_POLICY: 'allow_list=current_*' });
    upstream.enqueue(answer([], { calls: [askTime('call_a')] }), answer('Noon.'));
    const context = await ContextClient.begin(other);
    await context.exchange('What time is it?');
    expect(await context.state()).toEqual(usersTurn);

    upstream.enqueue(answer([], { calls: [askTime('call_a')] }));
    const strict = await ContextClient.begin(other, manual);
    await strict.exchange('What time is it?');
    expect(await strict.state()).toMatchObject({ reason: 'tool_approval' });
    await other.stop();
  });

  it('is to ask, unless the operator says otherwise', async () => {
    upstream.enqueue(answer([], { calls: [askTime('call_a')] }));
    const context = await ContextClient.begin(server);
    await context.exchange('What time is it?');
    expect(await context.state()).toMatchObject({ reason: 'tool_approval' });
  });
});

describe('a decision that is remembered', () => {
  it.each([
    ['approve', ['call_b', 'success'], 'auto_approved'],
    ['deny', ['call_b', 'cancelled', 'denied'], 'denied'],
  ])(
    '%s, holds for all later calls of the tool in the context',
    async (decision, outcome, approval_status) => {
      const context = await waiting('call_a');
      const approvals = [{ tool_call_id: 'call_a', decision, remember: true }];
      const stream = await context.follow();
      await context.act('approve_tools', { approvals });
      expect(await stream.nextSignal('context_updated')).toMatchObject({ changed: ['config'] });
      stream.destroy();
      await context.settled();
      expect((await context.whole()).config).toMatchObject({
        tool_policy: { type: 'manual', remembered: [{ tool_name: 'current_time', decision }] },
      });

      upstream.enqueue(answer([], { calls: [askTime('call_b')] }), answer('Noon.'));
      const called = nextCall(1);
      await context.exchange('And now?');
      expect(await context.state()).toEqual(usersTurn);
      expect((await outcomes(context)).at(-1)).toEqual(outcome);
      expect((await context.messagesOf('tool_request')).at(-1)?.data).toMatchObject({ approval_status });
      if (decision === 'deny') expect(toldIn(await called)['call_b']).toContain('has denied all calls');
    },
  );
});

describe('decisions in parts', () => {
  it('may come from two clients: the run goes on with the last', async () => {
    const context = await waiting('call_a', 'call_b', 'call_c');
    const stream = await context.follow();
    await stream.nextSignal('snapshot');
    const first = await decide(context, { call_b: 'approve' });
    expect(first.state).toMatchObject({
      reason: 'tool_approval',
      pending: [{ tool_call_id: 'call_a' }, { tool_call_id: 'call_c' }],
    });
    const moved = await stream.nextSignal('state_changed');
    expect(moved).toMatchObject({
      previous_state: { reason: 'tool_approval' },
      new_state: { reason: 'tool_approval' },
    });
    expect(await outcomes(context)).toEqual([]);

    // Another device knows nothing but what it pulls.
    const api = caller(server);
    const { body } = await api.get<{ state: { pending: { tool_call_id: string }[] } }>(
      `${context.path}/state`,
    );
    const approvals = body.state.pending.map(({ tool_call_id }) => ({ tool_call_id, decision: 'approve' }));
    const second = await api.post(`${context.path}/actions/approve_tools`, { approvals });
    expect(second.status).toBe(202);
    const completed = await stream.nextSignal('message_completed');
    expect(completed).toMatchObject({ kind: 'tool_request', status: 'complete', final_sequence: 0 });
    expect(await context.settled()).toEqual(usersTurn);
    expect((await outcomes(context)).map(([id]) => id)).toEqual(['call_a', 'call_b', 'call_c']);
    stream.destroy();
  });

  it('may deny some: the model reads why, the others are made', async () => {
    const called = nextCall(1);
    const context = await waiting('call_a', 'call_b');
    await decide(context, { call_a: 'The clock is slow.' });
    await decide(context, { call_b: 'approve' });
    expect(await context.settled()).toEqual(usersTurn);
    expect(await outcomes(context)).toEqual([
      ['call_a', 'cancelled', 'denied'],
      ['call_b', 'success'],
    ]);
    expect(toldIn(await called)).toMatchObject({
      call_a: 'The user denied this call: The clock is slow.',
      call_b: expect.stringContaining('utc') as string,
    });
  });

  it('may deny all: the model is asked again at once, and no tool is called', async () => {
    const called = nextCall(1);
    const context = await waiting('call_a');
    const { state } = await decide(context, { call_a: 'No.' });
    expect(state).toEqual({ type: 'active', stage: 'preparing_request' });
    expect(await context.settled()).toEqual(usersTurn);
    expect(toldIn(await called)['call_a']).toContain('No.');
    const [request] = await context.messagesOf('tool_request');
    expect(request).toMatchObject({ status: 'complete', data: { approval_status: 'denied' } });
  });

  it('are asked of the user only about calls that can be made, and that the policy does not permit', async () => {
    const odd = [
      callOf('call_bad', 'current_time', { zone: 7 }),
      callOf('call_none', 'no_such_tool'),
      askTime('call_a'),
    ];
    upstream.enqueue(answer([], { calls: odd }), answer('Noon.'));
    const context = await ContextClient.begin(server, manual);
    await context.send('What time is it?');
    expect((await asksApproval(context)).pending).toEqual([
      { tool_call_id: 'call_a', tool_name: 'current_time' },
    ]);
    const answered = await context.ask('approve_tools', {
      approvals: [{ tool_call_id: 'call_bad', decision: 'approve' }],
    });
    expect(refused(answered)).toBe('409 decision_conflict');
    await decide(context, { call_a: 'approve' });
    await context.settled();
    expect(await outcomes(context)).toEqual([
      ['call_bad', 'failed', 'invalid_arguments'],
      ['call_none', 'failed', 'tool_not_found'],
      ['call_a', 'success'],
    ]);
  });
});

describe('approve_tools is refused', () => {
  const approvals = [{ tool_call_id: 'call_a', decision: 'approve' }];

  it('where nothing waits', async () => {
    const context = await ContextClient.begin(server, manual);
    expect(refused(await context.ask('approve_tools', { approvals }))).toBe('409 illegal_transition');
  });

  it('for a call that is not there, and then none of the decisions counts', async () => {
    const context = await waiting('call_a');
    const { revision } = await context.whole();
    const unknown = { tool_call_id: 'call_x', decision: 'approve' };
    const answered = await context.ask('approve_tools', { approvals: [...approvals, unknown] });
    expect(refused(answered)).toBe('422 unprocessable');
    expect((await context.whole()).revision).toBe(revision);
  });

  it('for a call that was decided otherwise; the same decision again changes nothing', async () => {
    const context = await waiting('call_a', 'call_b');
    const { revision } = await decide(context, { call_a: 'approve' });
    expect(await decide(context, { call_a: 'approve' })).toMatchObject({ revision });
    const contrary = await context.ask('approve_tools', {
      approvals: [
        { tool_call_id: 'call_a', decision: 'deny' },
        { tool_call_id: 'call_b', decision: 'deny' },
      ],
    });
    expect(refusal(contrary)).toMatchObject({
      code: 'decision_conflict',
      state: { pending: [{ tool_call_id: 'call_b' }] },
      allowed_actions: expect.arrayContaining(['approve_tools']) as string[],
    });
    expect((await context.whole()).revision).toBe(revision);
  });

  it.each([
    ['no decision', { approvals: [] }],
    ['a call named twice', { approvals: [...approvals, ...approvals] }],
    ['another word', { approvals: [{ tool_call_id: 'call_a', decision: 'maybe' }] }],
    ['no list', { approvals: 'all' }],
  ])('for %s', async (_, body) => {
    const context = await ContextClient.begin(server, manual);
    expect(refused(await context.ask('approve_tools', body))).toBe('400 invalid_request');
  });

  it('to somebody else', async () => {
    const context = await waiting('call_a');
    const other = await startServerOn(upstream);
    const answered = await caller(other).post(`${context.path}/actions/approve_tools`, { approvals });
    expect(refused(answered)).toBe('404 context_not_found');
    await other.stop();
  });
});

describe('two devices that decide at once', () => {
  it('count as one decision, and the calls are made once', async () => {
    const context = await waiting('call_a', 'call_b');
    const approvals = ['call_a', 'call_b'].map((tool_call_id) => ({ tool_call_id, decision: 'approve' }));
    const answers = await Promise.all(
      Array.from({ length: 6 }, () => context.ask('approve_tools', { approvals })),
    );
    const statuses = answers.map(({ status }) => status).sort();
    expect(statuses).toEqual([202, 409, 409, 409, 409, 409]);
    expect(await context.settled()).toEqual(usersTurn);
    expect(await outcomes(context)).toHaveLength(2);
  });

  it('are one when they send the same Idempotency-Key', async () => {
    const context = await waiting('call_a');
    const approvals = [{ tool_call_id: 'call_a', decision: 'approve' }];
    const headers = { 'idempotency-key': `approve-${context.id}` };
    const send = () =>
      caller(server).post(`${context.path}/actions/approve_tools`, { approvals }, { headers });
    const [first, second] = await Promise.all([send(), send()]);
    expect([first.status, second.status]).toEqual([202, 202]);
    expect(second.body).toEqual(first.body);
    await context.settled();
    expect((await send()).body).toEqual(first.body);
    expect(await outcomes(context)).toHaveLength(1);
  });
});

describe('a planner', () => {
  it('is offered what reads, and an approval from its days as an actor allows it nothing more', async () => {
    const other = await startServerOn(upstream, {
      PULLCORD_TOOLS: 'current_time,run_command',
      PULLCORD_COMMAND_ALLOW: 'node',
      PULLCORD_WORKSPACE_ROOTS: server.folder,
    });
    const run = callOf('call_run', 'run_command', { program: 'node', args: ['--version'] });
    const config = { ...manual, workspace_path: server.folder };
    upstream.enqueue(answer([], { calls: [run] }), answer('I cannot.'));
    const called = nextCall();
    const planner = await ContextClient.begin(other, { ...config, agent_role: 'planner' });
    await planner.exchange('Which version?');
    expect(offeredIn(await called)).toEqual(['current_time']);
    expect(await outcomes(planner)).toEqual([['call_run', 'failed', 'tool_not_found']]);

    upstream.enqueue(answer([], { calls: [run] }), answer('I cannot any more.'));
    const actor = await ContextClient.begin(other, { ...config, agent_role: 'actor' });
    await actor.send('Which version?');
    await asksApproval(actor);
    await caller(other).patch(actor.path, { config: { agent_role: 'planner' } });
    await decide(actor, { call_run: 'approve' });
    expect(await actor.settled()).toEqual(usersTurn);
    expect(await outcomes(actor)).toEqual([['call_run', 'failed', 'tool_not_found']]);
    await other.stop();
  });
});

describe('calls that wait are given up', () => {
  const unmade = ['call_a', 'cancelled', 'not_approved'];

  it('by a message of the user, which the model reads with them', async () => {
    const context = await waiting('call_a');
    const called = nextCall();
    const { run_id } = await context.exchange('Never mind.');
    expect(await context.state()).toEqual(usersTurn);
    expect(toldIn(await called)['call_a']).toContain('The call was not made');
    expect((await context.messages()).map(({ kind, status }) => `${kind} ${status}`)).toEqual([
      'text complete',
      'streaming_response complete',
      'tool_request cancelled',
      'tool_result complete',
      'text complete',
      'streaming_response complete',
    ]);
    expect((await context.answer()).metadata.run_id).toBe(run_id);
    expect(await outcomes(context)).toEqual([unmade]);
    const approvals = [{ tool_call_id: 'call_a', decision: 'approve' }];
    expect(refused(await context.ask('approve_tools', { approvals }))).toBe('409 illegal_transition');
  });

  it('by a retry, an edit, an appended message or the archive', async () => {
    const acts: Record<string, (context: ContextClient) => Promise<unknown>> = {
      retry: (context) => context.act('retry'),
      edit: async (context) => {
        const [message] = await context.messages();
        return context.act('edit_message', { message_id: message?.id, content: 'Otherwise.' });
      },
      append: (context) =>
        context.act('append_message', {
          role: 'user',
          payload: { kind: 'text', data: { content: 'A note.' } },
        }),
      archive: (context) => context.act('archive'),
    };
    for (const [name, act] of Object.entries(acts)) {
      upstream.enqueue(answer([], { calls: [askTime('call_a')] }));
      const context = await ContextClient.begin(server, manual);
      await context.exchange('What time is it?');
      await act(context);
      expect(await outcomes(context, 'main'), name).toEqual([unmade]);
      const [request] = await context.messagesOf('tool_request', 'main');
      expect(request, name).toMatchObject({ status: 'cancelled', data: { approval_status: 'denied' } });
      if (name !== 'archive') expect(await context.settled(), name).toEqual(usersTurn);
      else expect(await context.state()).toEqual({ type: 'archived' });
    }
  });

  it('by a cancel, after which the turn is the user’s', async () => {
    const context = await waiting('call_a');
    const { run_id, state } = await context.act('cancel');
    expect(state).toEqual(usersTurn);
    expect(run_id).not.toBeNull();
    expect(await outcomes(context)).toEqual([['call_a', 'cancelled', 'cancelled']]);
    expect(await context.act('cancel')).toMatchObject({ run_id: null });
  });

  it('by a delete, with everything else', async () => {
    const context = await waiting('call_a');
    const api = caller(server);
    expect((await api.delete(context.path)).status).toBe(204);
    expect(refused(await api.get(context.path))).toBe('404 context_not_found');
  });

  it('but not by looking at another branch: they can be decided from there', async () => {
    const context = await waiting('call_a');
    const [first] = await context.messages();
    await decide(context, { call_a: 'approve' });
    await context.settled();
    upstream.enqueue(answer([], { calls: [askTime('call_b')] }), answer('Noon, said otherwise.'));
    await context.act('edit_message', { message_id: first?.id, content: 'The time?' });
    await asksApproval(context);
    const { active_branch } = await context.whole();
    await context.act('switch_branch', { branch: 'main' });
    expect(await context.state()).toMatchObject({ reason: 'tool_approval' });
    await decide(context, { call_b: 'approve' });
    await context.settled();
    expect((await context.answer(active_branch)).data.content).toBe('Noon, said otherwise.');
    expect((await context.answer()).data.content).toBe('That is that.');
  });
});

describe('a message in line', () => {
  it('waits until the calls are decided', async () => {
    upstream.enqueue(
      { ...answer('Let me see.', { calls: [askTime('call_a')] }), paceMs: 50 },
      answer('Noon.'),
      answer('To you.'),
    );
    const context = await ContextClient.begin(server, manual);
    await context.send('What time is it?');
    await context.send('And me?', { on_busy: 'queue' });
    await asksApproval(context);
    await decide(context, { call_a: 'approve' });
    await context.inState('awaiting_user');
    await expect
      .poll(async () => (await context.transcript()).slice(-2), { timeout: 30_000 })
      .toEqual(['user: And me?', 'assistant: To you.']);
  });

  it('is kept, unanswered, when the context is put away instead', async () => {
    upstream.enqueue({ ...answer('Let me see.', { calls: [askTime('call_a')] }), paceMs: 50 });
    const context = await ContextClient.begin(server, manual);
    await context.send('What time is it?');
    await context.send('And me?', { on_busy: 'queue' });
    await asksApproval(context);
    await context.act('archive');
    expect((await context.transcript()).at(-1)).toBe('user: And me?');
    await context.act('restore');
    expect(await context.state()).toEqual(usersTurn);
  });
});

describe('a server that is told to end while calls wait', () => {
  it('ends at once, and the approval is given after its restart', async () => {
    const other = await startServerOn(upstream, { PULLCORD_DRAIN_MS: '60000' });
    upstream.enqueue(answer([], { calls: [askTime('call_a')] }), answer('Noon.'));
    const context = await ContextClient.begin(other, manual);
    await context.exchange('What time is it?');
    const before = await context.messages();
    expect((await other.stop()).code).toBe(0);
    await other.start();
    expect(await context.messages()).toEqual(before);
    await decide(context, { call_a: 'approve' });
    expect(await context.settled()).toEqual(usersTurn);
    await other.stop();
  });

  it.each([1, 2])('or is killed: another client decides, half before and half after (%i)', async () => {
    const other = await startServerOn(upstream, { PULLCORD_RUN_LEASE_MS: '500' });
    upstream.enqueue(
      answer('One moment.', { calls: [inZone('call_a', 'UTC'), askTime('call_b')] }),
      answer('Noon.'),
    );
    const context = await ContextClient.begin(other, manual);
    await context.exchange('What time is it?');
    await decide(context, { call_b: 'It is late.' });
    const before = await context.messages();
    await other.restart();
    expect(await context.messages()).toEqual(before);
    expect(await asksApproval(context)).toMatchObject({ pending: [{ tool_call_id: 'call_a' }] });
    const called = nextCall();
    await caller(other).post(`${context.path}/actions/approve_tools`, {
      approvals: [{ tool_call_id: 'call_a', decision: 'approve' }],
    });
    expect(await context.settled()).toEqual(usersTurn);
    expect(await outcomes(context)).toEqual([
      ['call_a', 'success'],
      ['call_b', 'cancelled', 'denied'],
    ]);
    expect(toldIn(await called)['call_b']).toContain('It is late.');
    await other.stop();
  });
});
