import type { BranchId, ContextId } from '../kernel/ids.js';
import type { Reads } from '../storage/tx.js';
import { readLine } from './branch-line.js';
import type { MessageEntity } from './message.entity.js';

export type UserMessagePlace = Pick<MessageEntity, 'id' | 'branch' | 'depth' | 'parent_id'>;

/** The newest message of role `user` in a branch's chain. Bodies are not read. */
export async function lastUserMessage(
  reads: Reads,
  contextId: ContextId,
  branch: BranchId,
): Promise<UserMessagePlace | undefined> {
  for (const part of await readLine(reads, contextId, branch)) {
    const found = await reads.get<UserMessagePlace>(
      `SELECT id, branch, depth, parent_id FROM messages
       WHERE context_id = ? AND branch = ? AND depth BETWEEN ? AND ? AND role = 'user' ORDER BY depth DESC LIMIT 1`,
      ...[contextId, part.branch, part.from, part.to],
    );
    if (found) return found;
  }
  return undefined;
}
