import { chunkKinds } from './chunk-kinds.js';
import { maxChunksPerAppend, maxDelta, maxToolCallId } from './dto/append-chunks.js';

/** The body of an append as Fastify compiles it; a test holds it against the class that OpenAPI shows. */
export const appendSchema = {
  type: 'object',
  additionalProperties: false,
  required: ['chunks'],
  properties: {
    chunks: {
      type: 'array',
      minItems: 1,
      maxItems: maxChunksPerAppend,
      items: {
        type: 'object',
        additionalProperties: false,
        required: ['delta'],
        properties: {
          kind: { type: 'string', enum: [...chunkKinds] },
          delta: { type: 'string', minLength: 1, maxLength: maxDelta },
          tool_call_id: { type: 'string', minLength: 1, maxLength: maxToolCallId },
        },
        if: { required: ['kind'], properties: { kind: { const: 'tool_arguments' } } },
        then: { required: ['tool_call_id'] },
      },
    },
    expected_sequence: { type: 'integer', minimum: 0, maximum: Number.MAX_SAFE_INTEGER },
  },
} as const;
