import type { BranchId, ContextId, MessageId } from '../kernel/ids.js';
import type { Reads } from '../storage/tx.js';
import { readLine } from './branch-line.js';
import type { MessageEntity } from './message.entity.js';
import type { MessageMetadata } from './message-kinds.js';

export type UserMessagePlace = Pick<MessageEntity, 'id' | 'branch' | 'depth' | 'parent_id'>;

export interface LastUserMessage extends UserMessagePlace {
  /** Where an answer begins: the last companion of the message, or the message itself when it has none. */
  readonly end: UserMessagePlace;
}

const columns = 'id, branch, depth, parent_id';

/** The newest message in a branch's chain that a user wrote. Bodies are not read. */
export async function lastUserMessage(
  reads: Reads,
  contextId: ContextId,
  branch: BranchId,
): Promise<LastUserMessage | undefined> {
  for (const part of await readLine(reads, contextId, branch)) {
    const found = await reads.get<UserMessagePlace & Pick<MessageEntity, 'metadata'>>(
      `SELECT ${columns}, metadata FROM messages
       WHERE context_id = ? AND branch = ? AND depth BETWEEN ? AND ? AND role = 'user' ORDER BY depth DESC LIMIT 1`,
      ...[contextId, part.branch, part.from, part.to],
    );
    if (!found) continue;
    const { metadata, ...end } = found;
    const { companion_of } = JSON.parse(metadata) as MessageMetadata;
    const message = companion_of === undefined ? end : await placeOf(reads, contextId, companion_of);
    return { ...(message ?? end), end };
  }
  return undefined;
}

const placeOf = (reads: Reads, contextId: ContextId, id: MessageId): Promise<UserMessagePlace | undefined> =>
  reads.get(`SELECT ${columns} FROM messages WHERE context_id = ? AND id = ?`, contextId, id);
