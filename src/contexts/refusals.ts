import { DomainError } from '../kernel/domain-error.js';
import { allowedActions } from './allowed-actions.js';
import type { Context } from './context-row.js';
import { isUnderWay, type EventType } from './context-state.js';

export const contextNotFound = (id: string): DomainError =>
  new DomainError('context_not_found', `There is no context ${id}.`);

/** What people call what the machine calls an event: a refusal is read by those who know the API, not the machine. */
const words: { readonly [Type in EventType]: string } = {
  message_accepted: 'a new message',
  message_recorded: 'a new message',
  stage_entered: 'preparing a request',
  llm_requested: 'asking a model',
  chunk_received: 'a chunk of an answer',
  response_completed: 'the end of an answer',
  approval_required: 'asking for an approval',
  approval_recorded: 'approve_tools',
  tools_approved: 'approve_tools',
  tools_denied: 'approve_tools',
  tool_started: 'a tool call',
  tools_completed: 'the end of tool calls',
  depth_exceeded: 'the end of tool calls',
  continue: 'continue',
  workflow_started: 'a workflow',
  step_started: 'a step of a workflow',
  workflow_finished: 'the end of a workflow',
  failed: 'a failure',
  cancelled: 'cancel',
  retry: 'retry',
  archive: 'archive',
  restore: 'restore',
};

/** The refusal of an event that the table does not have in this state. */
export const refusedMove = (context: Context, event: EventType): DomainError =>
  illegalTransition(context, words[event]);

/** The refusal of a move, with what the client needs to do better: the state, and what is allowed in it. */
export function illegalTransition(context: Context, what: string): DomainError {
  const { state } = context;
  const name = state.type === 'awaiting_user' ? `${state.type} (${state.reason})` : state.type;
  const message = `The context is in state ${name}, where ${what} is not possible.`;
  return new DomainError('illegal_transition', message, refusalFacts(context));
}

export const refusalFacts = (context: Context): Readonly<Record<string, unknown>> => ({
  state: context.state,
  allowed_actions: allowedActions(context),
});

/** Commands that cannot wait are refused while a run is under way: 409, with the state and what is allowed in it. */
export function refuseBusy(context: Context): void {
  if (!isUnderWay(context.state)) return;
  throw new DomainError('context_busy', 'A run is under way in this context.', refusalFacts(context));
}

export const branchNotFound = (id: string): DomainError =>
  new DomainError('branch_not_found', `The context has no branch ${id}.`);
