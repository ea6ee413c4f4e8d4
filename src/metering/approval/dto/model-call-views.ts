import { toTimestamp } from '../../../kernel/clock.js';
import { Choice, Component, Id, NestedList, samples, Text, Timestamp } from '../../../http/fields.js';
import { callPurposes, type CallPurpose } from '../../call-scope.js';
import { maxPreview } from '../preview-format.js';
import type { PendingCall } from '../pending-calls.js';

export const approvals = ['automatic', 'manual'] as const;
export const mostPendingCalls = 10_000;

@Component({ name: 'ModelCall', about: 'A call to a model that waits, or waited, to be approved.' })
export class ModelCallView {
  @Id({ about: 'The call.', example: samples.request }) readonly id!: string;
  @Text({ about: 'The model.', max: 300, example: 'openai/gpt-4o-mini' }) readonly model!: string;
  @Choice({ about: 'What it is for.', values: callPurposes, example: 'answer' })
  readonly purpose!: CallPurpose;
  @Id({ about: 'The context; null for a call of none.', nullable: true, example: samples.context })
  readonly context_id!: string | null;
  @Text({
    about: 'The beginning of what the user said last, in one line. It is plain text.',
    ...{ max: maxPreview, example: 'What is a lease?' },
  })
  readonly preview!: string;
  @Timestamp({ about: 'Since when it waits.' }) readonly asked_at!: string;
  @Timestamp({ about: 'When it is denied, unless somebody has decided by then.' })
  readonly expires_at!: string;

  static of({ id, model, purpose, context_id, preview, asked_at, expires_at }: PendingCall): ModelCallView {
    const times = { asked_at: toTimestamp(asked_at), expires_at: toTimestamp(expires_at) };
    return { id, model, purpose, context_id, preview, ...times };
  }
}

/** The body of a decision. It has no facts of its own yet; one that does not know what it sends is told so. */
export class NoReasons {}

@Component({ about: 'What waits to be approved.' })
export class ModelCallList {
  @Choice({
    about: 'Whether calls wait at all: `automatic` ones are made at once.',
    ...{ values: approvals, example: 'manual' },
  })
  readonly approval!: (typeof approvals)[number];
  @NestedList(() => ModelCallView, {
    about: 'The caller’s own, the oldest first.',
    maxItems: mostPendingCalls,
  })
  readonly model_calls!: readonly ModelCallView[];
}
