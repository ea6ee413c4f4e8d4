import { DomainError } from '../kernel/domain-error.js';
import { allowedActions } from './allowed-actions.js';
import type { Context } from './context-row.js';
import { isUnderWay } from './context-state.js';

export const contextNotFound = (id: string): DomainError =>
  new DomainError('context_not_found', `There is no context ${id}.`);

/** The refusal of a move, with what the client needs to do better: the state, and what is allowed in it. */
export function illegalTransition(context: Context, what: string): DomainError {
  const { state } = context;
  const name = state.type === 'awaiting_user' ? `${state.type} (${state.reason})` : state.type;
  const message = `The context is in state ${name}, where ${what} is not possible.`;
  return new DomainError('illegal_transition', message, refusalFacts(context));
}

export const refusalFacts = (context: Context): Readonly<Record<string, unknown>> => ({
  state: context.state,
  allowed_actions: allowedActions(context.state),
});

/** Commands that cannot wait are refused while a run is under way: 409, with the state and what is allowed in it. */
export function refuseBusy(context: Context): void {
  if (!isUnderWay(context.state)) return;
  throw new DomainError('context_busy', 'A run is under way in this context.', refusalFacts(context));
}

export const branchNotFound = (id: string): DomainError =>
  new DomainError('branch_not_found', `The context has no branch ${id}.`);
