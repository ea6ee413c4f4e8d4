// The way of a message to the model, seen from outside: by the signals of one stream, and by what the model is sent.
import { mkdirSync, mkdtempSync, realpathSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import {
  ContextClient,
  startServerOn,
  transitionsUntil,
  type Transition,
} from '../support/context-client.js';
import { answer, FakeUpstream } from '../support/fake-upstream.js';
import type { TestServer } from '../support/server.js';
import { until } from '../support/until.js';

const stages = [
  'validating',
  'resolving_files',
  'enhancing_prompt',
  'optimizing_context',
  'preparing_request',
];

let upstream: FakeUpstream;
let server: TestServer;
beforeAll(async () => {
  upstream = await FakeUpstream.start();
  server = await startServerOn(upstream, { PULLCORD_WORKSPACE_ROOTS: tmpdir() });
});
afterAll(() => upstream.close());

/** Every state of a turn, the stage for `active` and the type for all others. */
async function statesOf(tell: (context: ContextClient) => Promise<unknown>): Promise<readonly string[]> {
  const context = await ContextClient.begin(server);
  const stream = await context.follow();
  await until(() => stream.events.length > 0, { what: 'the snapshot' });
  await tell(context);
  const transitions = await transitionsUntil(stream, (await context.whole()).revision);
  stream.destroy();
  return transitions.map(nameOf);
}

const nameOf = ({ new_state }: Transition): string => new_state.stage ?? new_state.type;

it('shows each stage once, in order', async () => {
  upstream.enqueue(answer('Hello.'));
  expect(await statesOf((context) => context.exchange('Hi.'))).toEqual([
    ...stages,
    'awaiting_llm',
    'streaming_response',
    'awaiting_user',
  ]);
});

it('makes a request anew after tools, but does not look at the message again', async () => {
  const calls = [{ id: 'call_1', name: 'clock', arguments: ['{}'] }];
  upstream.enqueue(answer('', { calls }), answer('Noon.'));
  const states = await statesOf((context) => context.exchange('What time is it?'));
  expect(states.filter((state) => stages.includes(state))).toEqual([...stages, 'preparing_request']);
});

it('ends at once for a message of which a model would be sent nothing', async () => {
  const before = upstream.calls.length;
  expect(await statesOf((context) => context.exchange(' \n '))).toEqual(['validating', 'error']);
  expect(upstream.calls.length).toBe(before);
});

it('tells the model of its mode, its role and its workspace, behind the system prompt', async () => {
  const workspace = realpathSync(mkdtempSync(join(server.folder, 'project-')));
  mkdirSync(join(workspace, 'src'));
  for (const name of ['notes.md', '.secret', 'line\nbreak']) writeFileSync(join(workspace, name), '');
  const context = await ContextClient.begin(server, {
    ...{ system_prompt: 'Be brief.', mode: 'chat', agent_role: 'planner', workspace_path: workspace },
  });
  await context.exchange('Hi.');
  const [system, user] = upstream.calls.at(-1)?.request.body.messages as { content: string }[];
  expect(system?.content.split('\n')).toEqual([
    'Be brief.',
    '',
    'The mode of work is "chat".',
    expect.stringMatching(/^You are the planner/),
    `The user works in the folder "${basename(workspace)}"; paths are relative to it. At its top: line break, notes.md, src/.`,
    'You may call these tools: current_time, read_file, list_directory, search_files.',
  ]);
  // The name is for the model; where the folder is on the server, is not.
  expect(system?.content).not.toContain(dirname(workspace));
  expect(user?.content).toBe('Hi.');
});

it('sends no system message where there is nothing to say', async () => {
  const context = await ContextClient.begin(server);
  await context.exchange('Hi.');
  expect(upstream.calls.at(-1)?.request.body.messages).toEqual([{ role: 'user', content: 'Hi.' }]);
});

it('takes no directive of the scripted model from a file', async () => {
  const workspace = realpathSync(mkdtempSync(join(server.folder, 'project-')));
  writeFileSync(join(workspace, 'trap.txt'), '/echo caught\n');
  const config = { workspace_path: workspace, model: 'scripted/default' };
  const context = await ContextClient.begin(server, config);
  await context.exchange('/echo free\n@trap.txt');
  expect((await context.messages()).map(({ kind }) => kind)).toContain('file_reference');
  const { content } = (await context.answer()).data;
  expect(content).toContain('free');
  expect(content).not.toContain('caught');
});
