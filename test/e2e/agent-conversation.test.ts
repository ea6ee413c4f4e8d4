// Read, search, answer: a model that works in a folder, seen by nothing but signals and what they say to pull.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ContextState } from '../../src/contexts/context-state.js';
import type { Message } from '../../src/messages/message-kinds.js';
import { ContextClient, signalsOf, startServerOn } from '../support/context-client.js';
import { answer, FakeUpstream } from '../support/fake-upstream.js';
import { callOf, toldIn } from '../support/model-calls.js';
import { makeFolder } from '../support/workspace.js';

const workspace = makeFolder({
  'plan.md': 'The lease is in the folder of leases.\n',
  'leases/one.md': 'Rent: 700\n',
  'leases/two.md': 'Rent: 900\nDeposit: 1800\n',
});
let upstream: FakeUpstream;
let context: ContextClient;
/** What was told on the way: each state, and each message that was begun, changed or ended. */
const told: string[] = [];
/** What a client has that pulls whatever it is told of. */
const pulled = new Map<string, Message>();

beforeAll(async () => {
  upstream = await FakeUpstream.start();
  const server = await startServerOn(upstream, { PULLCORD_WORKSPACE_ROOTS: workspace });
  upstream.enqueue(
    answer(['First ', 'the plan.'], {
      calls: [callOf('read', 'read_file', { path: 'plan.md' })],
      packing: 'torn',
    }),
    answer('', {
      calls: [
        callOf('find', 'search_files', { text: 'Deposit', path: 'leases' }),
        callOf('list', 'list_directory', { path: 'leases' }),
      ],
      packing: { torn: 7 },
    }),
    answer(['The deposit ', 'is 1800.']),
  );
  context = await ContextClient.begin(server, {
    tool_policy: { type: 'auto_approve' },
    workspace_path: workspace,
  });
  const stream = await context.follow();
  await stream.nextSignal('snapshot');
  await context.send('How much is the deposit?');
  for await (const signal of signalsOf(stream)) {
    if (signal.type === 'state_changed') told.push(shown(signal.new_state as ContextState));
    if (typeof signal.message_id === 'string' && signal.type.startsWith('message_'))
      pulled.set(signal.message_id, await context.get(`/messages/${signal.message_id}`));
    const isOpen = [...pulled.values()].some(({ status }) => status === 'streaming');
    if (told.at(-1) === 'awaiting_user input' && !isOpen) break;
  }
  stream.destroy();
});
afterAll(() => upstream.close());

function shown(state: ContextState): string {
  switch (state.type) {
    case 'active':
      return `active ${state.stage}`;
    case 'awaiting_user':
      return `awaiting_user ${state.reason}`;
    default:
      return state.type;
  }
}

describe('read, search, answer', () => {
  it('goes through every state, in order', () => {
    expect(told).toEqual([
      'active validating',
      'active resolving_files',
      'active enhancing_prompt',
      'active optimizing_context',
      'active preparing_request',
      'awaiting_llm',
      'streaming_response',
      // Once when the round begins, and once for each call of it that is done.
      'processing_tool',
      'processing_tool',
      'active preparing_request',
      'awaiting_llm',
      'streaming_response',
      'processing_tool',
      'processing_tool',
      'processing_tool',
      'active preparing_request',
      'awaiting_llm',
      'streaming_response',
      'awaiting_user input',
    ]);
  });

  it('leaves what was pulled on the way as it is in the end', async () => {
    const messages = await context.messages();
    expect([...pulled.values()].sort((a, b) => a.revision - b.revision)).toEqual(messages);
    expect(messages.map(({ role, kind, status }) => `${role} ${kind} ${status}`)).toEqual([
      'user text complete',
      'assistant streaming_response complete',
      'assistant tool_request complete',
      'tool tool_result complete',
      'assistant streaming_response complete',
      'assistant tool_request complete',
      'tool tool_result complete',
      'tool tool_result complete',
      'assistant streaming_response complete',
    ]);
  });

  it('gives the model each result, in call order', async () => {
    expect(
      (await context.messagesOf('tool_result')).map(({ data }) => [data.request_id, data.result]),
    ).toEqual([
      ['read', expect.objectContaining({ content: 'The lease is in the folder of leases.\n' })],
      ['find', { files_searched: 2, matches: [expect.objectContaining({ path: 'leases/two.md', line: 2 })] }],
      ['list', expect.objectContaining({ path: 'leases' })],
    ]);
    expect(upstream.calls).toHaveLength(3);
    const [, second, third] = upstream.calls;
    expect(Object.keys(toldIn(second ?? (await upstream.call(1))))).toEqual(['read']);
    expect(Object.keys(toldIn(third ?? (await upstream.call(2))))).toEqual(['read', 'find', 'list']);
    expect((await context.answer()).data.content).toBe('The deposit is 1800.');
  });
});
