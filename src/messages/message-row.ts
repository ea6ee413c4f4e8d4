import { toTimestamp } from '../kernel/clock.js';
import type { MessageEntity } from './message.entity.js';
import type { Message, MessageMetadata } from './message-kinds.js';

export const messageColumns =
  'context_id, id, branch, depth, parent_id, role, kind, status, revision, created_at, final_sequence, finish_reason, metadata, data';

/** A stored message in the form in which it goes over the wire. */
export const readMessage = (row: MessageEntity): Message =>
  ({
    id: row.id,
    context_id: row.context_id,
    branch: row.branch,
    parent_id: row.parent_id,
    depth: row.depth,
    role: row.role,
    kind: row.kind,
    data: JSON.parse(row.data) as unknown,
    status: row.status,
    metadata: JSON.parse(row.metadata) as MessageMetadata,
    revision: row.revision,
    created_at: toTimestamp(row.created_at),
  }) as Message;
