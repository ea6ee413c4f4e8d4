import type { MessageId } from '../kernel/ids.js';
import type { Reads } from '../storage/tx.js';
import { blockSize } from './block-format.js';
import type { ChunkBlockEntity } from './chunk-block.entity.js';
import { blockTexts, rowTexts, type JoinedRows } from './chunk-texts.js';

/** A page lies in two units of a compaction at most, and either may come between; what a third look misses is not there. */
const looks = 3;

/**
 * The chunks `after + 1 … upto` of a message as the JSON texts that answers show, whether they are still rows of their own or packed already. Between
 * the two reads a compaction may move some from the one to the other; sequences have no gaps, so that is seen.
 * Undefined when some are missing: the message was deleted in the meantime, or the database is damaged.
 */
export async function readChunks(
  reads: Reads,
  messageId: MessageId,
  { after, upto }: { readonly after: number; readonly upto: number },
): Promise<string[] | undefined> {
  if (upto <= after) return [];
  for (let look = 1; ; look++) {
    const packed = await readPacked(reads, messageId, after, upto);
    const rows = await readRows(reads, messageId, after + packed.length, upto);
    const found = packed.concat(rows);
    if (found.length === upto - after) return found;
    if (look === looks) return undefined;
  }
}

async function readPacked(
  reads: Reads,
  messageId: MessageId,
  after: number,
  upto: number,
): Promise<string[]> {
  const blocks = await reads.all<ChunkBlockEntity>(
    `SELECT message_id, first_sequence, last_sequence, chunks FROM chunk_blocks
     WHERE message_id = ? AND first_sequence > ? AND first_sequence <= ? ORDER BY first_sequence`,
    ...[messageId, after - blockSize, upto],
  );
  return blocks.flatMap((block) => blockTexts(block, { after, upto }));
}

/**
 * The rows joined to one, because a row that crosses from SQLite into JavaScript costs more than all else that is done
 * with it: 200 of them took 400 µs, and as one row take 50. A delta is a JSON literal, which holds no line feed.
 */
async function readRows(reads: Reads, messageId: MessageId, after: number, upto: number): Promise<string[]> {
  const joined = await reads.get<JoinedRows>(
    `SELECT string_agg(concat('"kind":"', kind, '","delta":', delta, ',"tool_call_id":' || tool_call_id), '\n') AS chunks,
       string_agg(created_at || '', ',') AS times
     FROM (SELECT kind, delta, tool_call_id, created_at FROM chunks
       WHERE message_id = ? AND sequence > ? AND sequence <= ? ORDER BY sequence) AS pulled`,
    ...[messageId, after, upto],
  );
  return joined ? rowTexts(joined, after) : [];
}
