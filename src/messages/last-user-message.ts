import type { ForkPoint } from '../contexts/branch.store.js';
import type { BranchId, ContextId, MessageId } from '../kernel/ids.js';
import type { Reads } from '../storage/tx.js';
import { readLine, type Segment } from './branch-line.js';
import type { MessageEntity } from './message.entity.js';
import type { MessageMetadata } from './message-kinds.js';

export interface LastUserMessage {
  readonly id: MessageId;
  /** Where an answer begins: behind the message, its companions, and the summary that was written for the answer. */
  readonly end: ForkPoint;
}

/** The newest message on a branch's line that a user wrote. Bodies are not read. */
export async function lastUserMessage(
  reads: Reads,
  contextId: ContextId,
  branch: BranchId,
): Promise<LastUserMessage | undefined> {
  for (const part of await readLine(reads, contextId, branch)) {
    const found = await reads.get<Pick<MessageEntity, 'id' | 'depth' | 'metadata'>>(
      `SELECT id, depth, metadata FROM messages
       WHERE context_id = ? AND branch = ? AND depth BETWEEN ? AND ? AND role = 'user' ORDER BY depth DESC LIMIT 1`,
      ...[contextId, part.branch, part.from, part.to],
    );
    if (!found) continue;
    const last = await withSummary(reads, contextId, part, found);
    const end = { branch: part.via, depth: part.at + last.depth - part.from, message_id: last.id };
    const { companion_of } = JSON.parse(found.metadata) as MessageMetadata;
    const isThere = companion_of !== undefined && (await isMessage(reads, contextId, companion_of));
    return { id: isThere ? companion_of : found.id, end };
  }
  return undefined;
}

/** The summary right behind a message, where one stands there; or else the message. */
async function withSummary(
  reads: Reads,
  contextId: ContextId,
  { branch, to }: Segment,
  message: Pick<MessageEntity, 'id' | 'depth'>,
): Promise<Pick<MessageEntity, 'id' | 'depth'>> {
  if (message.depth >= to) return message;
  const sql = `SELECT id, depth FROM messages WHERE context_id = ? AND branch = ? AND depth = ? AND kind = 'summary'`;
  return (await reads.get(sql, contextId, branch, message.depth + 1)) ?? message;
}

/** A companion may have been borrowed alone, and its question removed since. */
const isMessage = async (reads: Reads, contextId: ContextId, id: MessageId): Promise<boolean> =>
  (await reads.get(`SELECT id FROM messages WHERE context_id = ? AND id = ?`, contextId, id)) !== undefined;
