import { refusalFacts } from '../contexts/refusals.js';
import type { Context } from '../contexts/context-row.js';
import { isUnderWay } from '../contexts/context-state.js';
import { DomainError } from '../kernel/domain-error.js';
import type { ContextId, MessageId, RunId } from '../kernel/ids.js';

/** What a command that starts a run answers. */
export interface RunAcceptedAnswer {
  readonly context_id: ContextId;
  readonly message_id: MessageId;
  readonly run_id: RunId;
  readonly state: Context['state'];
  readonly revision: number;
}

export const accepted = (
  begun: { readonly context: Context; readonly run: { readonly id: RunId } },
  messageId: MessageId,
): RunAcceptedAnswer => ({
  context_id: begun.context.id,
  message_id: messageId,
  run_id: begun.run.id,
  state: begun.context.state,
  revision: begun.context.revision,
});

/** Commands that cannot wait are refused while a run is under way: 409, with the state and what is allowed in it. */
export function refuseBusy(context: Context): void {
  if (!isUnderWay(context.state)) return;
  throw new DomainError('context_busy', 'A run is under way in this context.', refusalFacts(context));
}
