import { toTimestamp } from '../kernel/clock.js';
import { unpackBlock } from './block-format.js';
import type { ChunkBlockEntity } from './chunk-block.entity.js';
import type { ChunkEntity } from './chunk.entity.js';

/** Chunks of consecutive sequences in one row: their facts as JSON, a line each, and when each came. Null for none. */
export interface JoinedRows {
  readonly chunks: string | null;
  readonly times: string | null;
}

/** The chunks of joined rows as answers show them, the first being the one after `after`. Pure. */
export function rowTexts({ chunks, times }: JoinedRows, after: number): string[] {
  if (chunks === null || times === null) return [];
  const cameAt = times.split(',');
  return chunks.split('\n').map((facts, index) => chunkText(after + 1 + index, facts, Number(cameAt[index])));
}

/** The chunks of a block that come after `after` and not after `upto`, as answers show them. Pure. */
export const blockTexts = (
  block: ChunkBlockEntity,
  { after, upto }: { readonly after: number; readonly upto: number },
): string[] =>
  unpackBlock(block)
    .slice(Math.max(0, after + 1 - block.first_sequence), Math.max(0, upto + 1 - block.first_sequence))
    .map((chunk) => chunkText(chunk.sequence, factsOf(chunk), chunk.created_at));

const factsOf = ({ kind, delta, tool_call_id }: ChunkEntity): string =>
  `"kind":"${kind}","delta":${delta}${tool_call_id === null ? '' : `,"tool_call_id":${tool_call_id}`}`;

const chunkText = (sequence: number, facts: string, createdAt: number): string =>
  `{"sequence":${sequence},${facts},"created_at":"${toTimestamp(createdAt)}"}`;
