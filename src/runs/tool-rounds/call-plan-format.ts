import { judge, type ContextToolPolicy } from '../../contexts/approval-policy.js';
import type { CheckedCall, ToolFailure, ToolOutcome } from '../../tools/tool-outcome.js';
import type { ToolDefinition } from '../../tools/tool-source.js';
import type { ToolCallPart } from '../answer.js';
import { deniedForAll, refused } from './outcome-format.js';

/** A call as the model wrote it, and what the registry says of it. */
export interface ReadCall {
  readonly call: ToolCallPart;
  /** Undefined when there is none of that name. */
  readonly tool: ToolDefinition | undefined;
  readonly checked: CheckedCall | ToolFailure;
}

/** What is to become of a call: it waits for the user, is made, or has its outcome already. */
export interface PlannedCall {
  readonly call: ToolCallPart;
  readonly tool: ToolDefinition | undefined;
  readonly status: 'pending' | 'approved' | 'denied' | 'done';
  readonly outcome?: ToolOutcome;
}

/** What cannot be made is answered at once, and needs nobody's approval; the policy says the rest. Pure. */
export function planCall({ call, tool, checked }: ReadCall, policy: ContextToolPolicy): PlannedCall {
  if ('error' in checked) return { call, tool, status: 'done', outcome: refused(checked.error) };
  const judgement = judge(policy, call.tool_name);
  if (judgement === 'deny') return { call, tool, status: 'denied', outcome: deniedForAll(call.tool_name) };
  return { call, tool, status: judgement === 'ask' ? 'pending' : 'approved' };
}

/** Longest id or name that is kept. No tool has such a name, so it is answered that there is none. */
const maxName = 256;

/** Calls whose ids tell them apart, as approvals need: some models repeat an id, or give none. Pure. */
export function withOwnIds(calls: readonly ToolCallPart[]): readonly ToolCallPart[] {
  const taken = new Set<string>();
  return calls.map((call) => {
    const id = call.tool_call_id.slice(0, maxName - 4) || 'call';
    let own = id;
    for (let n = 2; taken.has(own); n++) own = `${id}_${n}`;
    taken.add(own);
    return { ...call, tool_call_id: own, tool_name: call.tool_name.slice(0, maxName) };
  });
}

/** Most bytes of arguments that a message shows; what is longer cannot be made anyway. */
const maxShownBytes = 262_144;
const beginning = 1000;

/** Arguments as messages show them: the object, or the text where that is no JSON. Pure. */
export function shownArguments(text: string): unknown {
  // No character has more than three bytes in UTF-8 for each of its UTF-16 units.
  if (text.length * 3 > maxShownBytes) return `${text.slice(0, beginning)}… (${text.length} characters)`;
  try {
    return JSON.parse(text || '{}') as unknown;
  } catch {
    return text;
  }
}
