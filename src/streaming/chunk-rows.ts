import type { MessageId } from '../kernel/ids.js';
import type { Reads } from '../storage/tx.js';
import { blockSize, unpackBlock } from './block-format.js';
import type { ChunkBlockEntity } from './chunk-block.entity.js';
import type { ChunkEntity } from './chunk.entity.js';

/** A page lies in two units of a compaction at most, and either may come between; what a third look misses is not there. */
const looks = 3;

/**
 * The chunks `after + 1 … upto` of a message, whether they are still rows of their own or packed already. Between
 * the two reads a compaction may move some from the one to the other; sequences have no gaps, so that is seen.
 * Undefined when some are missing: the message was deleted in the meantime, or the database is damaged.
 */
export async function readChunks(
  reads: Reads,
  messageId: MessageId,
  { after, upto }: { readonly after: number; readonly upto: number },
): Promise<ChunkEntity[] | undefined> {
  if (upto <= after) return [];
  for (let look = 1; ; look++) {
    const packed = await readPacked(reads, messageId, after, upto);
    const rows = await readRows(reads, messageId, packed.at(-1)?.sequence ?? after, upto);
    const found = [...packed, ...rows];
    if (found.length === upto - after) return found;
    if (look === looks) return undefined;
  }
}

async function readPacked(
  reads: Reads,
  messageId: MessageId,
  after: number,
  upto: number,
): Promise<ChunkEntity[]> {
  const blocks = await reads.all<ChunkBlockEntity>(
    `SELECT message_id, first_sequence, last_sequence, chunks FROM chunk_blocks
     WHERE message_id = ? AND first_sequence > ? AND first_sequence <= ? ORDER BY first_sequence`,
    ...[messageId, after - blockSize, upto],
  );
  return blocks.flatMap(unpackBlock).filter(({ sequence }) => sequence > after && sequence <= upto);
}

const readRows = (reads: Reads, messageId: MessageId, after: number, upto: number): Promise<ChunkEntity[]> =>
  reads.all<ChunkEntity>(
    `SELECT message_id, sequence, kind, tool_call_id, delta, created_at FROM chunks
     WHERE message_id = ? AND sequence > ? AND sequence <= ? ORDER BY sequence`,
    ...[messageId, after, upto],
  );
