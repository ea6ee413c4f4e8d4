import type { Context } from '../../contexts/context-row.js';
import type { Stage } from '../../contexts/context-state.js';
import type { MessageId } from '../../kernel/ids.js';
import type { Message } from '../../messages/message-kinds.js';
import type { PipelineStep } from '../../prompts/pipeline.js';
import type { ModelRequest } from '../../providers/language-model.js';

/** What the steps make of a message: what is known at the beginning, and what each has added. */
export interface Draft {
  readonly context: Context;
  /** The newest messages of the branch, oldest first. */
  readonly messages: readonly Message[];
  /** The message to answer; null where the turn goes on, with what was made of its message before. */
  readonly questionId: MessageId | null;
  readonly request?: ModelRequest;
}

export type Need = never;

export type Step = PipelineStep<Stage, Draft, Need>;
