import type { ContextState } from '../../contexts/context-state.js';
import { ContextStateView } from '../../contexts/dto/state-views.js';
import { Choice, Component, FreeObject, Id, Int, Nested, Text } from '../../http/fields.js';
import type { BranchId, MessageId, RunId } from '../../kernel/ids.js';
import { maxClientBytes, maxContent } from '../../messages/dto/limits.js';
import { Payload } from '../../messages/dto/payload.js';
import { messageRoles, type MessagePayload, type MessageRole } from '../../messages/message-kinds.js';

const branch = { min: 1, max: 36, pattern: /^[\w-]+$/, optional: true, example: 'main' };
const client = {
  about: 'Kept in the message’s `metadata.client`.',
  maxBytes: maxClientBytes,
  optional: true,
};

export const busyModes = ['reject', 'queue', 'interrupt'] as const;
export type OnBusy = (typeof busyModes)[number];

@Component({
  minProperties: 1,
  example: { content: 'What is a lease?' },
  about: 'A user’s message: its text as `content`, or a typed `payload`.',
})
export class SendMessage {
  @Text({
    about: 'The text of the message; or send a `payload`.',
    min: 1,
    max: maxContent,
    optional: true,
    example: 'What is a lease?',
  })
  readonly content?: string;

  @Payload({
    about:
      'The message, instead of `content`, of a kind that a model can be asked with: `text`, `image`, `file_reference`, `project_structure` or `mcp_resource`.',
    optional: true,
  })
  readonly payload?: MessagePayload;

  @FreeObject(client)
  readonly metadata?: Record<string, unknown>;

  @Text({ about: 'The branch to add to; the active one by default.', ...branch })
  readonly branch?: BranchId;

  @Choice({
    about:
      'While a run is under way: `reject` (409), `queue` behind it, or `interrupt` it, keeping what it wrote.',
    values: busyModes,
    default: 'reject',
  })
  readonly on_busy?: OnBusy;

  @Text({
    about: 'The model for this answer alone.',
    min: 1,
    max: 200,
    pattern: /^[^\p{Cc}\p{Cs}]+$/u,
    optional: true,
    example: 'scripted/default',
  })
  readonly model?: string;
}

@Component({ about: 'A user’s message in other words.' })
export class EditMessage {
  @Id({ about: 'The user’s message to replace.' }) readonly message_id!: MessageId;
  @Text({ about: 'The new text.', min: 1, max: maxContent, example: 'What is a lease, in one sentence?' })
  readonly content!: string;
}

@Component({ about: 'A message that no model is asked about.' })
export class AppendMessage {
  @Payload({ about: 'The message, of any kind but `streaming_response`, also of a kind of your own.' })
  readonly payload!: MessagePayload;

  @Choice({ about: 'Who speaks.', values: messageRoles, example: 'user' })
  readonly role!: MessageRole;

  @Text({ about: 'The branch to add to; the active one by default.', ...branch })
  readonly branch?: BranchId;

  @FreeObject(client)
  readonly metadata?: Record<string, unknown>;
}

@Component({ about: 'Which run to stop.' })
export class CancelRun {
  @Id({ about: 'The run to stop; the one under way by default.', optional: true }) readonly run_id?: RunId;
}

@Component({ about: 'Which branch to show.' })
export class SwitchBranch {
  @Text({ about: 'The branch to show.', ...branch, optional: false }) readonly branch!: BranchId;
}

@Component({ about: 'What is to be summarized.' })
export class CompressContext {
  @Text({ about: 'The branch whose older turns are summarized; the active one by default.', ...branch })
  readonly branch?: BranchId;
}

/** A command without facts of its own. */
export class NoFacts {}

@Component({ about: 'A command was accepted: where the context stands now.' })
export class Accepted {
  @Id({ about: 'The context.' }) readonly context_id!: string;
  @Nested(() => ContextStateView, {
    about: 'Its state now.',
    example: { type: 'active', stage: 'validating' },
  })
  readonly state!: ContextState;
  @Int({ about: 'Its revision now.', min: 1, example: 57 }) readonly revision!: number;
}

@Component({ about: 'A message was accepted: where the context stands now.' })
export class MessageAccepted extends Accepted {
  @Id({ about: 'The message that was added, or will be when its turn comes.' }) readonly message_id!: string;
}

@Component({ about: 'A message was accepted, with the run that answers it.' })
export class RunAccepted extends MessageAccepted {
  @Id({ about: 'The run that answers it.' }) readonly run_id!: string;
}

@Component({ about: 'A run was started.' })
export class RunStarted extends Accepted {
  @Id({ about: 'The new run.' }) readonly run_id!: string;
}

@Component({ about: 'A run was started that answers once more.' })
export class RetryAccepted extends RunStarted {
  @Text({ about: 'The branch that it writes to.', max: 36, example: 'main' }) readonly branch!: string;
}

@Component({ about: 'The run was stopped, or there was none.' })
export class CancelAccepted extends Accepted {
  @Id({ about: 'The run that was stopped; null when there was none.', nullable: true }) readonly run_id!:
    string | null;
}
