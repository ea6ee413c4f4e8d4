import { Injectable } from '@nestjs/common';
import { contextNotFound } from '../contexts/refusals.js';
import { toTimestamp } from '../kernel/clock.js';
import { DomainError } from '../kernel/domain-error.js';
import type { ContextId, MessageId, Owner } from '../kernel/ids.js';
import { messageNotFound } from '../messages/message-not-found.js';
import { Storage } from '../storage/storage.js';
import type { ChunkEntity } from './chunk.entity.js';
import { readChunks } from './chunk-rows.js';
import type { ChunkKind } from './chunk-kinds.js';

export interface Chunk {
  readonly sequence: number;
  readonly kind: ChunkKind;
  readonly delta: string;
  readonly tool_call_id?: string;
  readonly created_at: string;
}

export interface ChunkPage {
  readonly context_id: ContextId;
  readonly message_id: MessageId;
  readonly chunks: readonly Chunk[];
  readonly current_sequence: number;
  readonly has_more: boolean;
  readonly status: string;
  readonly finish_reason: string | null;
}

interface Head {
  readonly status: string;
  readonly finish_reason: string | null;
  readonly final_sequence: number | null;
  readonly stream_sequence: number | null;
}

/** Reads a message's chunks: ranges of keys that begin with the message. The body is never read. */
@Injectable()
export class ChunksPull {
  constructor(private readonly storage: Storage) {}

  /** The chunks after `after`; `cursor_ahead` (422) when the message has not got that far. */
  async after(
    contextId: ContextId,
    owner: Owner,
    messageId: MessageId,
    query: { readonly after: number; readonly limit: number },
  ): Promise<ChunkPage> {
    // The cursor first, the rows second: a chunk committed in between is beyond this answer, never missing from it.
    const head = await this.head(contextId, owner, messageId);
    const current = head.stream_sequence ?? head.final_sequence ?? 0;
    if (query.after > current)
      throw new DomainError('cursor_ahead', `The message is at sequence ${current}, before ${query.after}.`, {
        current_sequence: current,
      });
    const upto = Math.min(current, query.after + query.limit);
    const rows = await readChunks(this.storage.reads, messageId, { after: query.after, upto });
    if (!rows) {
      // Deleted since the first look: then it is not found now.
      await this.head(contextId, owner, messageId);
      throw new Error(`Chunks of message ${messageId} are missing after ${query.after}.`);
    }
    return {
      context_id: contextId,
      message_id: messageId,
      chunks: rows.map(readChunk),
      current_sequence: current,
      has_more: upto < current,
      status: head.status,
      finish_reason: head.finish_reason,
    };
  }

  private async head(contextId: ContextId, owner: Owner, messageId: MessageId): Promise<Head> {
    const head = await this.storage.reads.get<Head>(
      `SELECT m.status, m.finish_reason, m.final_sequence, s.sequence AS stream_sequence
       FROM messages m JOIN contexts c ON c.id = m.context_id AND c.owner = ?
       LEFT JOIN open_streams s ON s.message_id = m.id
       WHERE m.context_id = ? AND m.id = ?`,
      ...[owner, contextId, messageId],
    );
    if (!head) throw await this.missing(contextId, owner, messageId);
    return head;
  }

  /** Which of the two is not there. Asked only now, for most pulls find both. */
  private async missing(contextId: ContextId, owner: Owner, messageId: MessageId): Promise<DomainError> {
    const sql = `SELECT 1 AS is_there FROM contexts WHERE id = ? AND owner = ?`;
    const context = await this.storage.reads.get(sql, contextId, owner);
    return context ? messageNotFound(messageId) : contextNotFound(contextId);
  }
}

const readChunk = (row: ChunkEntity): Chunk => ({
  sequence: row.sequence,
  kind: row.kind as ChunkKind,
  delta: JSON.parse(row.delta) as string,
  ...(row.tool_call_id !== null && { tool_call_id: JSON.parse(row.tool_call_id) as string }),
  created_at: toTimestamp(row.created_at),
});
