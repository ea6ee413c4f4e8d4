// A model that attacks: one answer that calls a tool in many bad ways, and what came of each call.
import type { ToolResultData } from '../../src/messages/payload-kinds.js';
import { ContextClient } from './context-client.js';
import { answer, type FakeUpstream } from './fake-upstream.js';
import type { TestServer } from './server.js';

export interface Attack {
  readonly tool: string;
  readonly args: object;
}

/** What came of a call: in the pool, and as the model was told. */
export interface Struck {
  readonly data: ToolResultData;
  readonly told: string;
  /** Both, as text. */
  readonly all: string;
}

export interface Ground {
  readonly server: TestServer;
  readonly upstream: FakeUpstream;
  readonly config: Readonly<Record<string, unknown>>;
}

/**
 * Makes all these calls in one answer, in two pieces each, in a context of their own where nobody is asked. Fails unless each
 * call has one result, in call order, the model is told of all, and the turn ends as any other.
 */
export async function attackTurn(ground: Ground, attacks: readonly Attack[]): Promise<readonly Struck[]> {
  const { server, upstream, config } = ground;
  const calls = attacks.map(({ tool, args }, index) => {
    const text = JSON.stringify(args);
    const half = Math.ceil(text.length / 2);
    return { id: `call_${index}`, name: tool, arguments: [text.slice(0, half), text.slice(half)] };
  });
  const last = upstream.calls.length + 1;
  upstream.enqueue(answer('', { calls, packing: 'torn' }), answer('I give up.'));
  const policy = { type: 'auto_approve' };
  const context = await ContextClient.begin(server, { tool_policy: policy, agent_role: 'actor', ...config });
  await context.exchange('Get out.');
  const state = await context.state();
  if (state.type !== 'awaiting_user' || (await context.answer()).data.content !== 'I give up.')
    throw new Error(`the turn did not go on: ${JSON.stringify(state)}`);
  const told = toldBy((await upstream.call(last)).request.body['messages'] as readonly WireMessage[]);
  const results = await context.messagesOf('tool_result');
  if (results.length !== calls.length) throw new Error(`${results.length} results of ${calls.length} calls`);
  return results.map(({ data }, index) => {
    const id = `call_${index}`;
    const text = told.get(id);
    if (data.request_id !== id || text === undefined)
      throw new Error(`the result of ${id} is not in its place`);
    return { data, told: text, all: `${JSON.stringify(data)}\n${text}` };
  });
}

interface WireMessage {
  readonly role: string;
  readonly content: string;
  readonly tool_call_id?: string;
}

const toldBy = (messages: readonly WireMessage[]): ReadonlyMap<string | undefined, string> =>
  new Map(
    messages
      .filter(({ role }) => role === 'tool')
      .map(({ tool_call_id, content }) => [tool_call_id, content]),
  );
