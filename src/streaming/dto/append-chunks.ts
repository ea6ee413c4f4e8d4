import { Choice, Component, Id, Int, NestedList, Text } from '../../http/fields.js';
import { chunkKinds, type NewChunk } from '../chunk-kinds.js';

export const maxChunksPerAppend = 1000;
export const maxDelta = 1_000_000;
export const maxToolCallId = 200;

@Component({ name: 'NewChunk', about: 'A piece to append.' })
class NewChunkFields implements NewChunk {
  @Choice({ about: '`text` by default.', values: chunkKinds, optional: true, example: 'text' })
  readonly kind!: NewChunk['kind'];
  @Text({ about: 'The piece.', min: 1, max: maxDelta, example: 'Hel' }) readonly delta!: string;
  @Text({ about: 'With `tool_arguments`: the call.', min: 1, max: maxToolCallId, optional: true })
  readonly tool_call_id?: string;
}

/** Shown in OpenAPI; read by the compiled schema beside it, which the hot path needs (docs/decisions). */
@Component({ about: 'Pieces to append, in order.' })
export class AppendChunks {
  @NestedList(() => NewChunkFields, {
    about: 'The pieces, in order.',
    minItems: 1,
    maxItems: maxChunksPerAppend,
  })
  readonly chunks!: readonly NewChunkFields[];
  @Int({
    about:
      'The last sequence that the producer knows of; another is 409 with the right one. Makes a repeat safe.',
    min: 0,
    max: Number.MAX_SAFE_INTEGER,
    optional: true,
    example: 0,
  })
  readonly expected_sequence?: number;
}

@Component({ name: 'ChunksAppended', about: 'They are durable.' })
export class Appended {
  @Id({ about: 'The message.' }) readonly message_id!: string;
  @Int({ about: 'Its last chunk now.', min: 1, example: 42 }) readonly current_sequence!: number;
}
