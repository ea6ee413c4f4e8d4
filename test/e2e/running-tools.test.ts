// Calls while they run: side by side, cancelled, out of time, and in a process that dies under them.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { MessageOf } from '../support/context-client.js';
import { ContextClient, startServerOn } from '../support/context-client.js';
import { answer, FakeUpstream, type UpstreamCall } from '../support/fake-upstream.js';
import { asksApproval, askTime, callOf, decide, offeredIn, outcomes } from '../support/model-calls.js';
import type { TestServer } from '../support/server.js';
import { until } from '../support/until.js';
import { makeFolder } from '../support/workspace.js';

const gate = fileURLToPath(new URL('../support/gate-mcp-server.mjs', import.meta.url));
const folder = makeFolder();
const node = basename(process.execPath);
const env = {
  PULLCORD_MCP_SERVERS: JSON.stringify({
    gate: { command: process.execPath, args: [gate], env: { GATE_FOLDER: folder } },
  }),
  PULLCORD_WORKSPACE_ROOTS: folder,
  PULLCORD_TOOLS: 'current_time,run_command',
  PULLCORD_COMMAND_ALLOW: node,
  PULLCORD_COMMAND_PATH: dirname(process.execPath),
  PULLCORD_TOOL_TIMEOUTS: 'gate__act=60000,gate__look=60000',
  PULLCORD_RUN_LEASE_MS: '500',
  PULLCORD_DRAIN_MS: '100',
};
const usersTurn = { type: 'awaiting_user', reason: 'input' };
const auto = { tool_policy: { type: 'auto_approve' }, workspace_path: folder };

let upstream: FakeUpstream;
let server: TestServer;
beforeAll(async () => {
  upstream = await FakeUpstream.start();
  server = await startServerOn(upstream, env);
});
beforeEach(() => void upstream.clear());
afterAll(() => upstream.close());

let made = 0;
/** A name that no other test has. */
const fresh = (): string => `call-${made++}`;
/** How often a call was made. */
const timesMade = (name: string): number =>
  existsSync(join(folder, name)) ? readFileSync(join(folder, name), 'utf8').trim().split('\n').length : 0;
const open = (name: string): void => writeFileSync(join(folder, name), '');
const nextCall = (ahead = 0): Promise<UpstreamCall> => upstream.call(upstream.calls.length + ahead);

const look = (name: string, wants: string) => callOf(name, 'gate__look', { name, wants });
const act = (name: string, wants: string) => callOf(name, 'gate__act', { name, wants });
const isMade = (name: string): Promise<boolean> =>
  until(() => timesMade(name) > 0, { what: `the call ${name} to be made` });

async function begin(...calls: ReturnType<typeof look>[]): Promise<ContextClient> {
  upstream.enqueue(answer('Let me see.', { calls }), answer('That is that.'));
  const context = await ContextClient.begin(server, auto);
  await context.send('Do it.');
  return context;
}

/** The results of calls of MCP servers. */
async function ends(context: ContextClient): Promise<[string, string, string?][]> {
  const results = await context.messagesOf('mcp_tool_result');
  return results.map(({ data, status }: MessageOf<'mcp_tool_result'>) => [
    data.request_id,
    data.error?.code ?? data.execution_status,
    ...(status === 'complete' ? [] : [status]),
  ]) as [string, string, string?][];
}

describe('calls that only read', () => {
  it('run side by side: two that wait for each other both come to their end', async () => {
    const [a, b] = [fresh(), fresh()];
    // Each wants what the other writes when it is made.
    const context = await begin(look(a, b), look(b, a));
    expect(await context.settled()).toEqual(usersTurn);
    expect(await ends(context)).toEqual([
      [a, 'success'],
      [b, 'success'],
    ]);
  });

  it('leave their results in call order, whichever ends first', async () => {
    const [a, b, key] = [fresh(), fresh(), fresh()];
    const context = await begin(look(a, key), look(b, a));
    await isMade(b);
    await isMade(a);
    // The second is done long before: the first still wants its key.
    expect(await ends(context)).toEqual([]);
    open(key);
    expect(await context.settled()).toEqual(usersTurn);
    expect((await ends(context)).map(([id]) => id)).toEqual([a, b]);
  });

  it('are shown with a request each, as the server’s own', async () => {
    const [a, b] = [fresh(), fresh()];
    const called = nextCall();
    const context = await begin(askTime('call_time'), look(a, b), look(b, a));
    await context.settled();
    expect(offeredIn(await called)).toEqual(expect.arrayContaining(['gate__look', 'gate__act']));
    expect((await context.messages()).map(({ kind }) => kind)).toEqual([
      ...['text', 'streaming_response', 'tool_request', 'mcp_tool_request', 'mcp_tool_request'],
      ...['tool_result', 'mcp_tool_result', 'mcp_tool_result', 'streaming_response'],
    ]);
    const [request] = await context.messagesOf('mcp_tool_request');
    expect(request?.data).toMatchObject({
      server_name: 'gate',
      tool_name: 'look',
      request_id: a,
      approval_status: 'auto_approved',
    });
    expect(await outcomes(context)).toEqual([['call_time', 'success']]);
  });
});

describe('calls that may write', () => {
  it('run one after another', async () => {
    const [a, b, key] = [fresh(), fresh(), fresh()];
    const context = await begin(act(a, key), act(b, a));
    await isMade(a);
    expect(await context.state()).toMatchObject({ type: 'processing_tool', tool_id: a, done: 0, total: 2 });
    expect(timesMade(b)).toBe(0);
    open(key);
    expect(await context.settled()).toEqual(usersTurn);
    expect([timesMade(a), timesMade(b)]).toEqual([1, 1]);
  });
});

describe('cancel while calls run', () => {
  it('keeps what is done, kills what runs, begins nothing more, and is the user’s turn at once', async () => {
    const [done, b, c] = [fresh(), fresh(), fresh()];
    const context = await begin(look(done, done), act(b, fresh()), act(c, c));
    await isMade(b);
    const stream = await context.follow();
    expect(await context.act('cancel')).toMatchObject({ state: usersTurn });
    await stream.nextSignal('message_completed');
    stream.destroy();
    expect(await ends(context)).toEqual([
      [done, 'success'],
      [b, 'cancelled'],
      [c, 'cancelled'],
    ]);
    expect(timesMade(c)).toBe(0);
    upstream.clear().enqueue(answer('As you like.'));
    await context.exchange('Never mind.');
    expect((await context.answer()).data.content).toBe('As you like.');
  });

  it('ends a program with all that it started', async () => {
    const pidFile = fresh();
    const script = `require('fs').writeFileSync('${pidFile}', String(process.pid)); setInterval(() => {}, 1000);`;
    upstream.enqueue(
      answer([], { calls: [callOf('call_run', 'run_command', { program: node, args: ['-e', script] })] }),
    );
    const context = await ContextClient.begin(server, auto);
    await context.send('Run.');
    const pid = await until(
      () => existsSync(join(folder, pidFile)) && readFileSync(join(folder, pidFile), 'utf8'),
      {
        what: 'the program to start',
      },
    );
    await context.act('cancel');
    await until(() => !isAlive(Number(pid)), { what: 'the program to end' });
    const isTold = async (): Promise<boolean> =>
      (await context.messagesOf('tool_result'))[0]?.status === 'complete';
    await until(isTold, { what: 'its result' });
    expect(await outcomes(context)).toEqual([['call_run', 'cancelled', 'cancelled']]);
  });
});

describe('a call that outlives its time', () => {
  it('ends as a time-out, which the model is told of', async () => {
    const hasty = await startServerOn(upstream, { ...env, PULLCORD_TOOL_TIMEOUTS: 'gate__act=200' });
    const name = fresh();
    upstream.enqueue(answer([], { calls: [act(name, fresh())] }), answer('It took too long.'));
    const context = await ContextClient.begin(hasty, auto);
    await context.exchange('Do it.');
    expect(await context.state()).toEqual(usersTurn);
    expect(await ends(context)).toEqual([[name, 'timeout']]);
    await hasty.stop();
  });
});

describe('a process that dies while calls run', () => {
  it('makes those that only read once more, reports the others, and the turn goes on by itself', async () => {
    const [a, b, c, key] = [fresh(), fresh(), fresh(), fresh()];
    const context = await begin(look(a, a), look(b, key), act(c, c));
    await isMade(b);
    await server.kill();
    open(key);
    await server.start();
    expect(await context.settled()).toEqual(usersTurn);
    expect(await ends(context)).toEqual([
      [a, 'success'],
      [b, 'success'],
      [c, 'success'],
    ]);
    expect([timesMade(b), timesMade(c)]).toEqual([2, 1]);
  });

  it('never makes a call twice that may have had an effect', async () => {
    const [a, b] = [fresh(), fresh()];
    const context = await begin(act(a, fresh()), act(b, b));
    await isMade(a);
    await server.restart();
    expect(await context.settled()).toEqual(usersTurn);
    expect(await ends(context)).toEqual([
      [a, 'interrupted'],
      [b, 'success'],
    ]);
    expect([timesMade(a), timesMade(b)]).toEqual([1, 1]);
    expect((await context.answer()).data.content).toBe('That is that.');
  });

  it('and dies again under the same call: that one is given up', async () => {
    const name = fresh();
    const context = await begin(look(name, fresh()));
    await isMade(name);
    await server.restart();
    await until(() => timesMade(name) === 2, { what: 'the call to be made again' });
    await server.restart();
    expect(await context.settled()).toEqual(usersTurn);
    expect(await ends(context)).toEqual([[name, 'interrupted']]);
    expect(timesMade(name)).toBe(2);
  });

  it('after a cancel leaves a result that becomes final all the same', async () => {
    // On PostgreSQL another node might still tell the outcome, until the call's time is over.
    const hasty = await startServerOn(upstream, {
      ...env,
      PULLCORD_TOOL_TIMEOUTS: 'gate__act=3000',
      PULLCORD_TOOL_GRACE_MS: '0',
    });
    const name = fresh();
    upstream.enqueue(answer([], { calls: [act(name, fresh())] }));
    const context = await ContextClient.begin(hasty, auto);
    await context.send('Do it.');
    await isMade(name);
    await context.act('cancel');
    await hasty.restart();
    expect(await context.state()).toEqual(usersTurn);
    const isFinal = async (): Promise<boolean> =>
      (await context.messagesOf('mcp_tool_result'))[0]?.status !== 'streaming';
    await until(isFinal, { what: 'the result to be final' });
    expect((await ends(context))[0]?.[1]).toBe('cancelled');
    await hasty.stop();
  });
});

describe('a process that is told to end while calls run', () => {
  it('does not wait for them for long; the next one goes on', async () => {
    const [a, b] = [fresh(), fresh()];
    const context = await begin(act(a, fresh()), look(b, b));
    await isMade(a);
    expect((await server.stop()).code).toBe(0);
    await server.start();
    expect(await context.settled()).toEqual(usersTurn);
    expect(await ends(context)).toEqual([
      [a, 'interrupted'],
      [b, 'success'],
    ]);
  });
});

describe('an approval', () => {
  it('is asked for an MCP call by the name that the model knows, and decides its own request', async () => {
    const [a, b] = [fresh(), fresh()];
    upstream.enqueue(answer([], { calls: [look(a, a), askTime('call_time'), act(b, b)] }), answer('Done.'));
    const context = await ContextClient.begin(server, {
      ...auto,
      tool_policy: { type: 'allow_list', allow: ['*_look'] },
    });
    await context.send('Do it.');
    expect((await asksApproval(context)).pending).toEqual([
      { tool_call_id: 'call_time', tool_name: 'current_time' },
      { tool_call_id: b, tool_name: 'gate__act' },
    ]);
    expect(timesMade(a)).toBe(0);
    await decide(context, { [b]: 'Not that.' });
    const [, denied] = await context.messagesOf('mcp_tool_request');
    expect(denied).toMatchObject({ status: 'complete', data: { approval_status: 'denied' } });
    await decide(context, { call_time: 'approve' });
    expect(await context.settled()).toEqual(usersTurn);
    expect(await ends(context)).toEqual([
      [a, 'success'],
      [b, 'denied'],
    ]);
    expect(timesMade(b)).toBe(0);
  });
});

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
