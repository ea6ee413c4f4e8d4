import type { ContextId } from '../../kernel/ids.js';
import type { MessageEntity } from '../../messages/message.entity.js';
import type { Reads } from '../../storage/tx.js';
import { paged } from './paged.js';

/** A message without its bodies, which can be large: they are read one at a time. */
export type MessageRow = Omit<MessageEntity, 'metadata' | 'data' | 'created_at' | 'finish_reason'>;

/** Each branch's own messages, in the order of their depths. */
export const messagesOf = (reads: Reads, contextId: ContextId): AsyncGenerator<MessageRow, void> =>
  paged((last, limit) =>
    reads.all<MessageRow>(
      `SELECT context_id, id, branch, depth, parent_id, role, kind, status, revision, final_sequence FROM messages
       WHERE context_id = ? AND (branch, depth) > (?, ?) ORDER BY branch, depth LIMIT ?`,
      ...[contextId, last?.branch ?? '', last?.depth ?? 0, limit],
    ),
  );
