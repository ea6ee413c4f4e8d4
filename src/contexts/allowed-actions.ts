import { isUnderWay, tryTransition } from './context-state.js';
import type { ContextEvent, ContextState } from './context-state.js';

/** The actions whose permission hangs on the state, in the order in which they are always listed. */
export const actions = [
  'send_message',
  'append_message',
  'edit_message',
  'approve_tools',
  'cancel',
  'retry',
  'continue',
  'archive',
  'restore',
  'switch_branch',
  'merge_branch',
  'generate_title',
  'compress',
] as const;
export type Action = (typeof actions)[number];

/** What beside its state decides about a context. */
export interface ActionFacts {
  readonly state: ContextState;
  /** Where a user first speaks on the active branch: null for nowhere, absent where that was not asked. */
  readonly first_user_depth?: number | null;
}

/** What may be asked of a context, in the order of `actions`. */
export const allowedActions = ({ state, first_user_depth }: ActionFacts): Action[] =>
  actions.filter((action) => isAllowed[action](state) && !(action === 'retry' && first_user_depth === null));

const accept: ContextEvent = { type: 'message_accepted' };
// Which tools these are plays no part in whether they may be approved.
const approve: ContextEvent = {
  type: 'tools_approved',
  tool_id: 'any',
  tool_name: 'any',
  depth: 1,
  total: 1,
};
const deny: ContextEvent = { type: 'tools_denied' };

/** Each action as the events that carry it out. */
const isAllowed: { readonly [Name in Action]: (state: ContextState) => boolean } = {
  send_message: (state) => can(state, accept),
  append_message: (state) => can(state, accept),
  edit_message: (state) => state.type !== 'initial' && can(state, accept),
  // A run approves tools by itself as well, by policy; only where the user may also deny is it the user's decision.
  approve_tools: (state) => can(state, approve) && can(state, deny),
  cancel: (state) => can(state, { type: 'cancelled' }),
  // Otherwise the user's message is accepted once more: an answer is regenerated, calls that wait are given up.
  retry: (state) => can(state, { type: 'retry' }) || (isAnswering(state) && can(state, accept)),
  continue: (state) => can(state, { type: 'continue' }),
  archive: (state) => can(state, { type: 'archive' }),
  restore: (state) => can(state, { type: 'restore', has_messages: true }),
  switch_branch: isWritable,
  merge_branch: (state) => isWritable(state) && !isUnderWay(state) && !isWaitingForApproval(state),
  generate_title: isWritable,
  // Calls that wait, and rounds that may go on, belong to a turn that is not over.
  compress: (state) => state.type === 'error' || (state.type === 'awaiting_user' && state.reason === 'input'),
};

const can = (state: ContextState, event: ContextEvent): boolean => tryTransition(state, event) !== undefined;

/** An answer stands there, whole or as far as its tool calls; at the limit of rounds, `continue` goes on with it. */
const isAnswering = (state: ContextState): boolean =>
  state.type === 'awaiting_user' && state.reason !== 'depth_limit';

/** A round of tool calls is open on some branch, and its results are to follow their calls. */
const isWaitingForApproval = (state: ContextState): boolean =>
  state.type === 'awaiting_user' && state.reason === 'tool_approval';

/** Enough for the actions that change a context without moving its state. */
function isWritable(state: ContextState): boolean {
  return state.type !== 'archived';
}
