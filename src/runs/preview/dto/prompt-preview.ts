import { compressionStrategies, type CompressionStrategy } from '../../../config/compression.js';
import { tokenizers, type Tokenizer } from '../../../config/model-table.js';
import { Choice, Component, Flag, Id, Int, Nested, NestedList, samples, Text } from '../../../http/fields.js';
import type { BranchId, ContextId, MessageId } from '../../../kernel/ids.js';
import { messageRoles, type MessageRole } from '../../../messages/message-kinds.js';

/** Why a message is part of the prompt, or is not. */
export const previewReasons = [
  'system',
  'summary',
  'pinned',
  'recent',
  'important',
  'covered',
  'to_be_summarized',
  'left_out',
  'not_for_models',
] as const;
export type PreviewReason = (typeof previewReasons)[number];

export class PreviewPrompt {
  @Text({
    about: 'The branch that would be continued; the active one by default.',
    min: 1,
    max: 36,
    pattern: /^[\w-]+$/,
    optional: true,
    example: 'main',
  })
  readonly branch?: BranchId;

  @Text({
    about: 'The model that would be asked; the context’s by default.',
    min: 1,
    max: 200,
    pattern: /^[^\p{Cc}\p{Cs}]+$/u,
    says: 'must not have control characters',
    optional: true,
    example: 'scripted/default',
  })
  readonly model?: string;
}

@Component({ about: 'A message of the branch, as far as the model is concerned.' })
export class PreviewedMessage {
  @Id({ about: 'The message; null for the system message, which is in no pool.', nullable: true })
  readonly message_id!: MessageId | null;
  @Choice({ about: 'Who speaks.', values: messageRoles, example: 'user' }) readonly role!: MessageRole;
  @Text({ about: 'Its kind; `system_prompt` for the system message.', max: 64, example: 'text' })
  readonly kind!: string;
  @Int({
    about: 'What it takes in the prompt, or would take; 0 for what is never sent.',
    min: 0,
    example: 12,
  })
  readonly tokens!: number;
  @Flag({ about: 'The model is sent it.', example: true }) readonly included!: boolean;
  @Choice({
    about:
      'Why. Sent: `system`, a `summary`, `pinned`, `recent`, `important` for the newest question. Not sent: `covered` by a summary, `to_be_summarized` before the next answer, `left_out` for want of room, `not_for_models` because of its kind.',
    values: previewReasons,
    example: 'recent',
  })
  readonly reason!: PreviewReason;
}

@Component({ about: 'Why the next turn would fail.' })
export class PreviewProblem {
  @Text({ about: 'The code that the context’s state would have.', max: 100, example: 'prompt_too_long' })
  readonly code!: string;
  @Text({ about: 'Why, for a person.', max: 2000, example: 'The last turn alone is too long.' })
  readonly message!: string;
}

@Component({ about: 'What the model would be sent now.' })
export class PromptPreview {
  @Id({ about: 'The context.', example: samples.context }) readonly context_id!: ContextId;
  @Int({ about: 'The context’s revision that this is true of.', min: 1, example: 57 })
  readonly revision!: number;
  @Text({ about: 'The branch.', max: 36, example: 'main' }) readonly branch!: BranchId;
  @Text({ about: 'The model.', max: 200, example: 'scripted/default' }) readonly model!: string;
  @Int({ about: 'Tokens that the model takes, its answer included.', min: 0, example: 128000 })
  readonly window!: number;
  @Int({ about: 'The most tokens that the prompt may have.', min: 0, example: 123904 })
  readonly budget!: number;
  @Int({ about: 'Past so many tokens older turns give way.', min: 0, example: 102400 })
  readonly limit!: number;
  @Choice({ about: 'What becomes of them.', values: compressionStrategies, example: 'summarize' })
  readonly strategy!: CompressionStrategy;
  @Choice({
    about: 'How tokens are counted; `estimate` for families of models that publish no tokenizer.',
    values: tokenizers,
    example: 'o200k_base',
  })
  readonly tokenizer!: Tokenizer;
  @Int({
    about: 'Tokens of all that is sent: `tools`, and every message that is included.',
    min: 0,
    example: 12,
  })
  readonly total_tokens!: number;
  @Int({ about: 'Tokens of the tools on offer.', min: 0, example: 0 }) readonly tool_tokens!: number;
  @Flag({ about: 'Before its next answer the model is asked for a summary first.', example: false })
  readonly is_summary_due!: boolean;
  @Nested(() => PreviewProblem, { about: 'Why nothing can be sent; null when it can.', nullable: true })
  readonly problem!: PreviewProblem | null;
  @NestedList(() => PreviewedMessage, {
    about: 'The prompt in its order, then what is not sent, oldest first.',
    maxItems: 200_000,
  })
  readonly messages!: readonly PreviewedMessage[];
}
