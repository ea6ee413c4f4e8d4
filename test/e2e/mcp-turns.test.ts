// Tools of MCP servers within whole turns: their own kinds of messages, approvals, and servers that misbehave in the middle.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Message } from '../../src/messages/message-kinds.js';
import { ContextClient, startServerOn } from '../support/context-client.js';
import { answer, FakeUpstream } from '../support/fake-upstream.js';
import { hostile } from '../support/mcp.js';
import { asksApproval, askTime, callOf, decide, offeredIn, toldIn } from '../support/model-calls.js';
import type { TestServer } from '../support/server.js';

let upstream: FakeUpstream;
let server: TestServer;
beforeAll(async () => {
  upstream = await FakeUpstream.start();
  server = await startServerOn(upstream, {
    PULLCORD_MCP_SERVERS: JSON.stringify({ bad: hostile(), good: hostile() }),
    PULLCORD_MCP_LIST_WAIT_MS: '30000',
    PULLCORD_MCP_RETRY_BASE_MS: '50',
    PULLCORD_TOOL_TIMEOUTS: 'bad__hang=300',
    PULLCORD_RUN_LEASE_MS: '500',
  });
});
beforeEach(() => void upstream.clear());
afterAll(() => upstream.close());

const usersTurn = { type: 'awaiting_user', reason: 'input' };
const begin = (config: object = {}): Promise<ContextClient> =>
  ContextClient.begin(server, { tool_policy: { type: 'auto_approve' }, ...config });
const echo = (id: string, name: 'good' | 'bad', said: string) => callOf(id, `${name}__echo`, { said });

/** A message in a line: who and what, and what became of it. */
function lineOf({ role, kind, data, status }: Message): string {
  const { execution_status, approval_status } = data as Readonly<Record<string, string | undefined>>;
  return `${role} ${kind} ${execution_status ?? approval_status ?? status}`;
}

describe('a server that misbehaves in the middle of a turn', () => {
  it.each([
    ['hang', 'timeout', 'timeout'],
    ['crash', 'failed', 'mcp_unavailable'],
    ['crash_silently', 'failed', 'mcp_unavailable'],
    ['huge', 'failed', 'mcp_unavailable'],
    ['hundred_megabytes', 'failed', 'mcp_unavailable'],
    ['flood', 'failed', 'mcp_unavailable'],
    ['close_stdout', 'failed', 'mcp_unavailable'],
    ['refuse', 'failed', 'mcp_refused'],
    ['fail', 'failed', 'tool_failed'],
  ])('by %s harms its own call only', async (tool, status, code) => {
    const calls = [
      echo('call_good', 'good', 'one'),
      callOf('call_bad', `bad__${tool}`),
      askTime('call_time'),
    ];
    const second = upstream.calls.length + 1;
    upstream.enqueue(
      answer('One moment.', { calls: [...calls, echo('call_last', 'good', 'two')], packing: 'torn' }),
      answer('', { calls: [echo('call_again', 'bad', 'back')] }),
      answer('That is that.'),
    );
    const context = await begin();
    await context.exchange('Do it all.');
    expect(await context.state()).toEqual(usersTurn);
    expect((await context.messages()).map(lineOf)).toEqual([
      'user text complete',
      'assistant streaming_response complete',
      'assistant mcp_tool_request auto_approved',
      'assistant mcp_tool_request auto_approved',
      'assistant tool_request auto_approved',
      'assistant mcp_tool_request auto_approved',
      'tool mcp_tool_result success',
      `tool mcp_tool_result ${status}`,
      'tool tool_result success',
      'tool mcp_tool_result success',
      'assistant streaming_response complete',
      // It is there again for the next call.
      'assistant mcp_tool_request auto_approved',
      'tool mcp_tool_result success',
      'assistant streaming_response complete',
    ]);
    const results = await context.messagesOf('mcp_tool_result');
    expect(results[1]?.data).toMatchObject({ request_id: 'call_bad', server_name: 'bad', error: { code } });
    expect(toldIn(await upstream.call(second))).toMatchObject({
      call_good: '{"said":"one"}',
      call_bad: expect.stringContaining(results[1]?.data.error?.message ?? 'a reason') as string,
      call_last: '{"said":"two"}',
    });
    expect(results[3]?.data).toMatchObject({ request_id: 'call_again', result: '{"said":"back"}' });
    expect((await context.answer()).data.content).toBe('That is that.');
  });
});

describe('a call of an MCP tool', () => {
  it('is a request and a result of their own kinds, under the names of the server', async () => {
    upstream.enqueue(answer('', { calls: [echo('call_a', 'good', 'hello')] }), answer('It said hello.'));
    const called = upstream.call(upstream.calls.length);
    const context = await begin();
    await context.exchange('Say hello.');
    expect(offeredIn(await called)).toEqual(expect.arrayContaining(['good__echo', 'current_time']));
    const [request] = await context.messagesOf('mcp_tool_request');
    expect(request).toMatchObject({
      role: 'assistant',
      status: 'complete',
      data: {
        ...{ request_id: 'call_a', server_name: 'good', tool_name: 'echo' },
        ...{ arguments: { said: 'hello' }, approval_status: 'auto_approved' },
      },
    });
    const [result] = await context.messagesOf('mcp_tool_result');
    expect(result).toMatchObject({
      role: 'tool',
      data: {
        ...{ request_id: 'call_a', server_name: 'good', tool_name: 'echo' },
        result: '{"said":"hello"}',
      },
    });
  });

  it('is not for a planner, who may not know what it does', async () => {
    upstream.enqueue(answer('', { calls: [echo('call_a', 'good', 'hello')] }), answer('I may not.'));
    const called = upstream.call(upstream.calls.length);
    const context = await begin({ agent_role: 'planner' });
    await context.exchange('Say hello.');
    expect(offeredIn(await called)).not.toContain('good__echo');
    const [result] = await context.messagesOf('tool_result');
    expect(result?.data).toMatchObject({ execution_status: 'failed', error: { code: 'tool_not_found' } });
    expect(await context.messagesOf('mcp_tool_request')).toEqual([]);
  });

  it('waits for an approval, which survives kill -9, and is denied or made by itself', async () => {
    const calls = [echo('call_a', 'good', 'a'), echo('call_b', 'good', 'b'), askTime('call_c')];
    upstream.enqueue(answer('', { calls }), answer('Half of it.'));
    const context = await begin({ tool_policy: { type: 'manual' } });
    await context.exchange('Say a and b.');
    expect(await asksApproval(context)).toMatchObject({
      pending: [
        { tool_call_id: 'call_a', tool_name: 'good__echo' },
        { tool_call_id: 'call_b', tool_name: 'good__echo' },
        { tool_call_id: 'call_c', tool_name: 'current_time' },
      ],
    });
    const waiting = await context.messagesOf('mcp_tool_request');
    expect(waiting.map(({ status, data }) => `${status} ${data.approval_status}`)).toEqual(
      Array(2).fill('streaming pending'),
    );
    await decide(context, { call_a: 'Not this one.' });
    await server.restart();
    await decide(context, { call_b: 'approve', call_c: 'approve' });
    expect(await context.settled()).toEqual(usersTurn);
    expect((await context.messages()).slice(2).map(lineOf)).toEqual([
      'assistant mcp_tool_request denied',
      'assistant mcp_tool_request approved',
      'assistant tool_request approved',
      'tool mcp_tool_result cancelled',
      'tool mcp_tool_result success',
      'tool tool_result success',
      'assistant streaming_response complete',
    ]);
    expect(toldIn(await upstream.call(upstream.calls.length - 1))['call_a']).toContain('Not this one.');
  });

  it('is allowed by a pattern of its server, which allows nothing of another', async () => {
    upstream.enqueue(answer('', { calls: [echo('call_a', 'good', 'a'), echo('call_b', 'bad', 'b')] }));
    const context = await begin({ tool_policy: { type: 'allow_list', allow: ['good__*'] } });
    await context.exchange('Say a and b.');
    const { pending } = await asksApproval(context);
    expect(pending).toEqual([{ tool_call_id: 'call_b', tool_name: 'bad__echo' }]);
  });
});
