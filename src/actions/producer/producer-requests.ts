import { ContextStateView } from '../../contexts/dto/state-views.js';
import type { ContextState } from '../../contexts/context-state.js';
import { Choice, Component, FreeObject, Id, Int, Nested, samples, Text } from '../../http/fields.js';
import type { BranchId } from '../../kernel/ids.js';
import { maxClientBytes } from '../../messages/dto/limits.js';
import { TokenUsage } from '../../messages/dto/metadata.js';
import { finishReasons } from '../../messages/message-kinds.js';
import type { FinishReason } from '../../providers/language-model.js';

@Component({ about: 'What a producer says of the message that it will stream.' })
export class BeginStream {
  @Text({
    about: 'The model that writes, as the message shows it.',
    min: 1,
    max: 200,
    optional: true,
    example: 'my-model',
  })
  readonly model?: string;

  @Text({
    about: 'The branch to add to; the active one by default.',
    min: 1,
    max: 36,
    pattern: /^[\w-]+$/,
    optional: true,
    example: 'main',
  })
  readonly branch?: BranchId;

  @FreeObject({ about: 'Kept in the message’s `metadata.client`.', maxBytes: maxClientBytes, optional: true })
  readonly metadata?: Record<string, unknown>;
}

@Component({ about: 'The message that was begun, for chunks to be appended to.' })
export class StreamBegun {
  @Id({ about: 'The context.' }) readonly context_id!: string;
  @Id({ about: 'The message that streams.' }) readonly message_id!: string;
  @Nested(() => ContextStateView, {
    about: 'The state now.',
    example: { type: 'streaming_response', message_id: samples.message, sequence: 0 },
  })
  readonly state!: ContextState;
  @Int({ about: 'The revision now.', min: 1, example: 57 }) readonly revision!: number;
  @Int({ about: 'No chunk yet.', min: 0, example: 0 }) readonly current_sequence!: number;
}

@Component({ about: 'How the stream ended.' })
export class FinalizeStream {
  @Choice({
    about: 'Why it ends; `error` marks the message as failed.',
    values: finishReasons,
    example: 'stop',
  })
  readonly finish_reason!: FinishReason;
  @Nested(() => TokenUsage, { about: 'What it cost.', optional: true }) readonly usage?: TokenUsage;
}

@Component({ name: 'StreamFinalized', about: 'The message as it became final.' })
export class Finalized {
  @Id({ about: 'The message.' }) readonly message_id!: string;
  @Choice({ about: 'What became of it.', values: ['complete', 'failed'], example: 'complete' })
  readonly status!: 'complete' | 'failed';
  @Int({ about: 'Its last chunk.', min: 0, example: 42 }) readonly final_sequence!: number;
  @Nested(() => ContextStateView, {
    about: 'The state now.',
    example: { type: 'awaiting_user', reason: 'input' },
  })
  readonly state!: ContextState;
  @Int({ about: 'The revision now.', min: 1, example: 57 }) readonly revision!: number;
}
