// Modes of work: what each tells the model, which tools it leaves, and that what it takes away cannot be called either.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { body, createContext } from '../support/api.js';
import { ContextClient, startServerOn } from '../support/context-client.js';
import { answer, FakeUpstream } from '../support/fake-upstream.js';
import { caller } from '../support/http.js';
import type { TestServer } from '../support/server.js';
import { sql } from '../support/sql.js';
import { makeFolder } from '../support/workspace.js';

const modes = {
  review: { instructions: 'Find what is wrong.', tools: ['read_*', 'current_time'] },
  quiet: { tools: [] },
  careful: { agent_role: 'planner' },
};

let upstream: FakeUpstream;
let server: TestServer;
let root: string;
beforeAll(async () => {
  upstream = await FakeUpstream.start();
  root = makeFolder();
  server = await startServerOn(upstream, {
    PULLCORD_MODES: JSON.stringify(modes),
    PULLCORD_TOOLS: 'current_time,read_file,list_directory,write_file',
    PULLCORD_WORKSPACE_ROOTS: root,
    PULLCORD_TOOL_POLICY: 'auto_approve',
  });
});
afterAll(() => upstream.close());

const begin = (config: object): Promise<ContextClient> =>
  ContextClient.begin(server, { workspace_path: root, ...config });

interface OfferedTool {
  readonly function: { readonly name: string };
}
interface Said {
  readonly role: string;
  readonly content: string;
}

/** Of what the upstream was sent last. */
const lastOf = (field: string): unknown => upstream.calls.at(-1)?.request.body[field];
const offered = (): string[] =>
  ((lastOf('tools') ?? []) as OfferedTool[]).map(({ function: { name } }) => name);
const systemText = (): string =>
  (lastOf('messages') as Said[]).find(({ role }) => role === 'system')?.content ?? '';

const writing = (file: string) =>
  answer('', {
    calls: [{ id: 'call_1', name: 'write_file', arguments: [JSON.stringify({ path: file, content: 'x' })] }],
  });

describe('a mode', () => {
  const everything = ['current_time', 'read_file', 'list_directory', 'write_file'];

  it.each([
    ['chat', everything],
    ['act', everything],
    ['plan', ['current_time', 'read_file', 'list_directory']],
    ['review', ['current_time', 'read_file']],
    ['careful', ['current_time', 'read_file', 'list_directory']],
    ['quiet', []],
  ])('%s leaves the model the tools %j', async (mode, names) => {
    const context = await begin({ mode });
    await context.exchange('Go on.');

    expect(offered()).toEqual(names);
    expect(systemText()).toContain(`The mode of work is "${mode}".`);
  });

  it('adds its instructions behind the system prompt', async () => {
    const context = await begin({ mode: 'review', system_prompt: 'Be brief.' });
    await context.exchange('Go on.');

    expect(systemText().split('\n').slice(0, 4)).toEqual([
      'Be brief.',
      '',
      'The mode of work is "review".',
      'Find what is wrong.',
    ]);
  });

  it('makes no actor of a planner', async () => {
    const context = await begin({ mode: 'act', agent_role: 'planner' });
    await context.exchange('Go on.');

    expect(offered()).not.toContain('write_file');
  });

  it('keeps a tool from being called that it does not leave, whatever the policy says', async () => {
    upstream.enqueue(writing('planned.txt'), answer('I cannot.'));
    const context = await begin({ mode: 'plan' });
    await context.exchange('Write it down.');
    const [result] = await context.messagesOf('tool_result');

    expect(result?.data).toMatchObject({ execution_status: 'failed', error: { code: 'tool_not_found' } });
    expect(existsSync(join(root, 'planned.txt'))).toBe(false);
  });

  it('that was chosen while a call waited for its approval keeps the call from being made', async () => {
    upstream.enqueue(writing('approved.txt'), answer('I cannot.'));
    const context = await begin({ mode: 'act', tool_policy: { type: 'manual' } });
    await context.exchange('Write it down.');
    const state = await context.state();
    const [pending] = state.type === 'awaiting_user' && 'pending' in state ? state.pending : [];
    body(await caller(server).patch(context.path, { config: { mode: 'plan' } }));
    const approvals = [{ tool_call_id: pending?.tool_call_id, decision: 'approve' }];
    await context.act('approve_tools', { approvals });
    await context.settled();
    const [result] = await context.messagesOf('tool_result');

    expect(result?.data).toMatchObject({ error: { code: 'tool_not_found' } });
    expect(existsSync(join(root, 'approved.txt'))).toBe(false);
    expect(systemText()).toContain('"plan"');
  });

  it('of a branch goes before that of the context', async () => {
    const context = await begin({ mode: 'act' });
    await sql(
      server,
      `UPDATE branches SET config = '{"mode":"plan"}' WHERE context_id = '${context.id}' AND id = 'main'`,
    );
    upstream.enqueue(writing('branch.txt'), answer('I cannot.'));
    await context.exchange('Write it down.');

    expect(offered()).not.toContain('write_file');
    expect(systemText()).toContain('"plan"');
    expect(existsSync(join(root, 'branch.txt'))).toBe(false);
    expect(body(await caller(server).get(context.path))).toMatchObject({ config: { mode: 'act' } });
  });
});

describe('a mode that there is not', () => {
  const refused = {
    status: 422,
    code: 'unknown_mode',
    modes: ['chat', 'plan', 'act', 'review', 'quiet', 'careful'],
  };

  it('is refused, with those that there are', async () => {
    const api = caller(server);
    const { id } = await createContext(api, { config: { mode: 'chat' } });

    expect((await api.post('/contexts', { config: { mode: 'Plan' } })).body).toMatchObject(refused);
    expect((await api.patch(`/contexts/${id}`, { config: { mode: 'x' } })).body).toMatchObject(refused);
    expect(body(await api.get(`/contexts/${id}`))).toMatchObject({ mode: 'chat', revision: 1 });
  });

  it('but was set before there was a list of them, is a name for the model and nothing else', async () => {
    const context = await begin({});
    await sql(
      server,
      `UPDATE contexts SET config = '{"model":"openai/x","mode":"old"}' WHERE id = '${context.id}'`,
    );
    body(await caller(server).patch(context.path, { config: { system_prompt: 'Be brief.' } }));
    await context.exchange('Go on.');

    expect(systemText()).toContain('Be brief.\n\nThe mode of work is "old".');
    expect(offered()).toEqual(['current_time']);
  });
});
