// kill -9 while users approve and deny, at moments that nobody chose: a decision that was acknowledged holds, no call is made
// twice, and none that was denied is made at all. What is counted is what the calls did: a line in a file for each.
import { appendFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findingsIn } from '../support/copies.js';
import { ContextClient, startServerOn } from '../support/context-client.js';
import type { Dialect } from '../support/databases.js';
import { answer, FakeUpstream } from '../support/fake-upstream.js';
import { asksApproval, callOf } from '../support/model-calls.js';
import { note, patience, sized } from '../support/scale.js';
import type { TestServer } from '../support/server.js';
import { makeFolder } from '../support/workspace.js';

const workspace = makeFolder();
const diary = join(workspace, 'diary');
appendFileSync(diary, '');
const callsEach = 4;
const contextsEach = sized(3, 10);

let upstream: FakeUpstream;
beforeAll(async () => {
  upstream = await FakeUpstream.start();
  // A model that calls once for each message, and then is content.
  upstream.on(({ body }) => {
    const messages = body['messages'] as readonly { readonly role: string; readonly content: string }[];
    const asked = messages.findLast(({ role }) => role === 'user')?.content ?? '';
    const calls = Array.from({ length: callsEach }, (_, index) => {
      const stdin = `${asked} ${index}\n`;
      return callOf(`${asked}-${index}`, 'run_command', { program: 'tee', args: ['-a', 'diary'], stdin });
    });
    return messages.at(-1)?.role === 'user' ? answer('', { calls }) : answer('Done.');
  });
});
afterAll(() => upstream.close());

const isApproved = (index: number): boolean => index % 4 !== 3;

interface Turn {
  readonly context: ContextClient;
  readonly asked: string;
  /** The calls whose decision was acknowledged. */
  readonly acknowledged: Set<number>;
}

/** Decides about one call after the other until there is nothing to decide, or the server is gone. */
async function decideAll({ context, asked, acknowledged }: Turn): Promise<void> {
  for (let index = 0; index < callsEach; index++) {
    const decision = isApproved(index) ? 'approve' : 'deny';
    const approvals = [{ tool_call_id: `${asked}-${index}`, decision }];
    try {
      const { status } = await context.ask('approve_tools', { approvals });
      // 409: all was decided, the last of it without an acknowledgement that arrived.
      if (status === 202) acknowledged.add(index);
      else if (status !== 409) throw new Error(`a decision was answered with ${status}`);
    } catch (error) {
      if (error instanceof TypeError) return;
      throw error;
    }
  }
}

const linesOf = (asked: string, index: number): number =>
  readFileSync(diary, 'utf8')
    .split('\n')
    .filter((line) => line === `${asked} ${index}`).length;

/** What the results say, held against what was done. */
async function check({ context, asked, acknowledged }: Turn): Promise<void> {
  const results = await context.messagesOf('tool_result');
  expect(results.map(({ data }) => data.request_id)).toEqual(
    Array.from({ length: callsEach }, (_, index) => `${asked}-${index}`),
  );
  for (const [index, { data }] of results.entries()) {
    const [end, lines] = [data.error?.code ?? data.execution_status, linesOf(asked, index)];
    if (!isApproved(index)) expect([end, lines]).toEqual(['denied', 0]);
    else if (end === 'success') expect(lines).toBe(1);
    else {
      expect(end).toBe('interrupted');
      expect(lines).toBeLessThanOrEqual(1);
    }
  }
  expect(acknowledged.size).toBeLessThanOrEqual(callsEach);
}

async function round(server: TestServer, name: string): Promise<Turn[]> {
  const turns = await Promise.all(
    Array.from({ length: contextsEach }, async (_, index) => {
      const config = { tool_policy: { type: 'manual' }, workspace_path: workspace };
      const context = await ContextClient.begin(server, config);
      const asked = `${name}-${index}`;
      await context.send(asked);
      await asksApproval(context);
      return { context, asked, acknowledged: new Set<number>() };
    }),
  );
  const killAt = Math.ceil(Math.random() * contextsEach * callsEach);
  const deciding = Promise.all(turns.map(decideAll));
  const watch = setInterval(() => {
    const count = turns.reduce((sum, { acknowledged }) => sum + acknowledged.size, 0);
    if (count >= killAt) server.signal('SIGKILL');
  }, 1);
  await deciding;
  clearInterval(watch);
  return turns;
}

const grounds: readonly { readonly dialect: Dialect; readonly rounds: number }[] = [
  { dialect: 'sqlite', rounds: sized(2, 30) },
  { dialect: 'postgres', rounds: sized(1, 10) },
];

describe.each(grounds)('decisions and kill -9 on $dialect', ({ dialect, rounds }) => {
  it(
    'what was decided holds, and is done once or not at all',
    async () => {
      const server = await startServerOn(
        upstream,
        {
          PULLCORD_WORKSPACE_ROOTS: workspace,
          PULLCORD_TOOLS: 'run_command',
          PULLCORD_COMMAND_ALLOW: 'tee',
          PULLCORD_RUN_LEASE_MS: '500',
        },
        dialect,
      );
      let decided = 0;
      for (let number = 1; number <= rounds; number++) {
        const turns = await round(server, `${dialect}-${number}`);
        await server.restart();
        for (const turn of turns) {
          const state = await turn.context.state();
          const pending =
            state.type === 'awaiting_user' && state.reason === 'tool_approval' ? state.pending : [];
          for (const index of turn.acknowledged)
            expect(pending.map(({ tool_call_id }) => tool_call_id)).not.toContain(`${turn.asked}-${index}`);
          await decideAll(turn);
          expect(await turn.context.settled()).toEqual({ type: 'awaiting_user', reason: 'input' });
          await check(turn);
          decided += turn.acknowledged.size;
        }
        expect(await findingsIn(server)).toEqual([]);
      }
      note(`decisions and kill -9 on ${dialect}: ${decided} acknowledged, none lost, no call made twice`);
    },
    patience,
  );
});
