// Tool calls as the fake upstream's model makes them, and what the next request tells it of them.
import type { ContextState } from '../../src/contexts/context-state.js';
import type { ContextClient, Started } from './context-client.js';
import type { PlannedCall, UpstreamCall } from './fake-upstream.js';
import { until } from './until.js';

/** A call whose arguments come a character at a time. */
export const callOf = (id: string, name: string, input: object = {}): PlannedCall => ({
  id,
  name,
  arguments: [...JSON.stringify(input)],
});

/** A call of a tool that only reads, and is always there. */
export const askTime = (id: string): PlannedCall => callOf(id, 'current_time');

interface WireTool {
  readonly function: { readonly name: string };
}

/** The tools that a request offers. */
export const offeredIn = ({ request }: UpstreamCall): string[] =>
  ((request.body['tools'] ?? []) as WireTool[]).map((tool) => tool.function.name);

/** What a request tells of each call, by its id. */
export function toldIn({ request }: UpstreamCall): Record<string, string> {
  const messages = request.body['messages'] as { role: string; tool_call_id?: string; content: string }[];
  return Object.fromEntries(
    messages
      .filter(({ role }) => role === 'tool')
      .map(({ tool_call_id, content }) => [tool_call_id, content]),
  );
}

type Awaiting = Extract<ContextState, { readonly reason: 'tool_approval' }>;

/** Waits until calls wait for the user, and gives the state. */
export const asksApproval = (context: ContextClient): Promise<Awaiting> =>
  until(
    async () => {
      const state = await context.state();
      return state.type === 'awaiting_user' && state.reason === 'tool_approval' && state;
    },
    { what: 'calls that wait for an approval' },
  );

/** Decides about calls: each id with `approve`, or with the reason for which it is denied. */
export const decide = (
  context: ContextClient,
  decisions: Readonly<Record<string, string>>,
): Promise<Started> =>
  context.act('approve_tools', {
    approvals: Object.entries(decisions).map(([tool_call_id, said]) =>
      said === 'approve'
        ? { tool_call_id, decision: said }
        : { tool_call_id, decision: 'deny', reason: said },
    ),
  });

/** What came of each call, in the order of the results. */
export async function outcomes(
  context: ContextClient,
  branch?: string,
): Promise<[string, string, string?][]> {
  const results = await context.messagesOf('tool_result', branch);
  return results.map(({ data }) =>
    data.error
      ? [data.request_id, data.execution_status, data.error.code]
      : [data.request_id, data.execution_status],
  );
}
