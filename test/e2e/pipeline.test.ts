// The way of a message to the model, seen from outside: by the signals of one stream, and by what the model is sent.
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
  server = await startServerOn(upstream);
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
