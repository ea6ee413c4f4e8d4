import type { ForkPoint } from '../contexts/branch.store.js';
import type { BranchId, ContextId, MessageId } from '../kernel/ids.js';
import type { Reads } from '../storage/tx.js';
import { readLine } from './branch-line.js';
import type { MessageEntity } from './message.entity.js';
import type { MessageMetadata } from './message-kinds.js';

export interface LastUserMessage {
  readonly id: MessageId;
  /** Where an answer begins: the last companion of the message, or the message itself when it has none. */
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
    const end = { branch: part.via, depth: part.at + found.depth - part.from, message_id: found.id };
    const { companion_of } = JSON.parse(found.metadata) as MessageMetadata;
    const isThere = companion_of !== undefined && (await isMessage(reads, contextId, companion_of));
    return { id: isThere ? companion_of : found.id, end };
  }
  return undefined;
}

/** A companion may have been borrowed alone, and its question removed since. */
const isMessage = async (reads: Reads, contextId: ContextId, id: MessageId): Promise<boolean> =>
  (await reads.get(`SELECT id FROM messages WHERE context_id = ? AND id = ?`, contextId, id)) !== undefined;
