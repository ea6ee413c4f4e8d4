import type { ChunkBlockEntity } from './chunk-block.entity.js';
import type { ChunkEntity } from './chunk.entity.js';

/** Chunks in one block. A pull looks this far back for the block that holds its first chunk. */
export const blockSize = 256;

/** A chunk within its block; its sequence follows from its place. */
type Packed = readonly [kind: string, delta: string, createdAt: number, toolCallId?: string];

/** Packs consecutive chunks of one message. Pure. */
export function packChunks(chunks: readonly ChunkEntity[]): ChunkBlockEntity[] {
  const blocks: ChunkBlockEntity[] = [];
  for (let from = 0; from < chunks.length; from += blockSize) {
    const part = chunks.slice(from, from + blockSize);
    const [first] = part;
    if (!first) continue;
    blocks.push({
      message_id: first.message_id,
      first_sequence: first.sequence,
      last_sequence: first.sequence + part.length - 1,
      chunks: JSON.stringify(part.map(pack)),
    });
  }
  return blocks;
}

/** The chunks of a block as they were before it was packed. Pure. */
export const unpackBlock = (block: ChunkBlockEntity): ChunkEntity[] =>
  (JSON.parse(block.chunks) as Packed[]).map(([kind, delta, created_at, tool_call_id], place) => ({
    message_id: block.message_id,
    sequence: block.first_sequence + place,
    kind,
    tool_call_id: tool_call_id ?? null,
    delta,
    created_at,
  }));

// The delta stays the JSON literal that it is in its row: what it holds is never read here.
const pack = ({ kind, delta, created_at, tool_call_id }: ChunkEntity): Packed =>
  tool_call_id === null ? [kind, delta, created_at] : [kind, delta, created_at, tool_call_id];
