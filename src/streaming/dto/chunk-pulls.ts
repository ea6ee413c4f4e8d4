import {
  Choice,
  Component,
  Flag,
  Id,
  Int,
  NestedList,
  QueryInt,
  Text,
  Timestamp,
} from '../../http/fields.js';
import { DomainError } from '../../kernel/domain-error.js';
import { messageStatuses } from '../../messages/message-kinds.js';
import { chunkKinds, type ChunkKind } from '../chunk-kinds.js';

const sequence = { min: 0, max: Number.MAX_SAFE_INTEGER };

export class PullChunks {
  @QueryInt({
    about: 'The last sequence that the client has; 0, the default, for none.',
    ...sequence,
    optional: true,
    example: 12,
  })
  readonly after?: number;

  @QueryInt({ about: 'A synonym of `after`.', ...sequence, optional: true, deprecated: true })
  readonly from_sequence?: number;

  @QueryInt({ about: 'Chunks in the answer.', min: 1, max: 1000, default: 500 })
  readonly limit!: number;

  @QueryInt({
    about: 'Milliseconds to hold the answer until there is something newer.',
    min: 0,
    max: 30_000,
    default: 0,
    example: 10_000,
  })
  readonly wait_ms!: number;
}

/** The cursor that was asked with, by either name; `invalid_request` when the two differ. */
export function cursorOf({ after, from_sequence }: PullChunks): number {
  if (after !== undefined && from_sequence !== undefined && after !== from_sequence) {
    const message = 'is a synonym of after and must not differ from it';
    throw new DomainError('invalid_request', `from_sequence ${message}.`, {
      errors: [{ path: 'from_sequence', message }],
    });
  }
  return after ?? from_sequence ?? 0;
}

@Component({ name: 'Chunk', about: 'A piece of an answer, as it was appended.' })
export class ChunkView {
  @Int({ about: '1, 2, 3, … without gaps.', min: 1, example: 13 }) readonly sequence!: number;
  @Choice({
    about: 'The `text` deltas, joined in order, are the final text.',
    values: chunkKinds,
    example: 'text',
  })
  readonly kind!: ChunkKind;
  @Text({ about: 'The piece.', max: 1_000_000, example: 'Hel' }) readonly delta!: string;
  @Text({ about: 'With `tool_arguments`: the call that it is a piece of.', max: 200, optional: true })
  readonly tool_call_id?: string;
  @Timestamp({ about: 'When it was appended.' }) readonly created_at!: string;
}

@Component({ name: 'ChunkPage', about: 'The chunks after a sequence, and how far the message has got.' })
export class ChunkPageView {
  @Id({ about: 'The context.' }) readonly context_id!: string;
  @Id({ about: 'The message.' }) readonly message_id!: string;
  @NestedList(() => ChunkView, { about: 'The chunks after `after`, in order.', maxItems: 1000 })
  readonly chunks!: readonly ChunkView[];
  @Int({ about: 'The last chunk there is.', min: 0, example: 42 }) readonly current_sequence!: number;
  @Flag({ about: 'There are more than this answer holds.' }) readonly has_more!: boolean;
  @Choice({
    about: 'Of the message; once it is not `streaming`, no more chunks will come.',
    values: messageStatuses,
    example: 'streaming',
  })
  readonly status!: string;
  @Text({ about: 'Why the answer ended; null while it streams.', max: 50, nullable: true, example: null })
  readonly finish_reason!: string | null;
}
