import type { ToolPolicy } from '../config/tool-policy.js';
import { matchesName } from '../tools/matches-name.js';

export const decisions = ['approve', 'deny'] as const;
export type Decision = (typeof decisions)[number];

/** What the user said once and for all about a tool. */
export interface RememberedDecision {
  readonly tool_name: string;
  readonly decision: Decision;
}

/** The policy of a context, with what its user wanted to be remembered. */
export type ContextToolPolicy = ToolPolicy & { readonly remembered?: readonly RememberedDecision[] };

/** Decisions that are remembered; the oldest is forgotten for one more. */
export const maxRemembered = 200;

const policyTypes: ReadonlySet<string> = new Set(['manual', 'auto_approve', 'allow_list', 'limited_auto']);

/** The policy that counts: the context's, or the deployment's. Before there were types, anything was kept here. Pure. */
export const policyOf = (own: ContextToolPolicy | undefined, otherwise: ToolPolicy): ContextToolPolicy =>
  own && policyTypes.has(own.type) ? own : otherwise;

/** What becomes of a call of this tool. What the user said about it goes before what the policy says. Pure. */
export function judge(policy: ContextToolPolicy, toolName: string): Decision | 'ask' {
  const said = policy.remembered?.findLast(({ tool_name }) => tool_name === toolName);
  if (said) return said.decision;
  switch (policy.type) {
    case 'manual':
      return 'ask';
    case 'auto_approve':
    case 'limited_auto':
      return 'approve';
    case 'allow_list':
      return policy.allow.some((pattern) => matchesName(pattern, toolName)) ? 'approve' : 'ask';
    default:
      return policy satisfies never;
  }
}

/** How many rounds of calls a turn may have until the user must say go on. Pure. */
export const roundsAllowed = (policy: ContextToolPolicy, most: number): number =>
  policy.type === 'limited_auto' ? Math.min(policy.max_depth, most) : most;

/** The policy with one more decision in its memory, in the place of what was said about the tool before. Pure. */
export function remember(policy: ContextToolPolicy, decision: RememberedDecision): ContextToolPolicy {
  const others = (policy.remembered ?? []).filter(({ tool_name }) => tool_name !== decision.tool_name);
  return { ...policy, remembered: [...others, decision].slice(-maxRemembered) };
}
