import type { Context } from '../contexts/context-row.js';
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
