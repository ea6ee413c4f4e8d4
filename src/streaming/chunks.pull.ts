import { Injectable } from '@nestjs/common';
import { Settings } from '../config/settings.js';
import { contextNotFound } from '../contexts/refusals.js';
import { TextCache } from '../http/text-cache.js';
import { DomainError } from '../kernel/domain-error.js';
import type { ContextId, MessageId, Owner } from '../kernel/ids.js';
import { messageNotFound } from '../messages/message-not-found.js';
import { Storage } from '../storage/storage.js';
import { readChunks } from './chunk-rows.js';

/** Chunks after a cursor, as the answer shows them. */
export interface ChunkPage {
  readonly count: number;
  /** Of the message. */
  readonly status: string;
  /** The whole answer (ChunkPageView). */
  readonly text: string;
}

interface Range {
  readonly text: string;
}

interface Head {
  readonly pool_epoch: number;
  readonly status: string;
  readonly finish_reason: string | null;
  readonly final_sequence: number | null;
  readonly stream_sequence: number | null;
}

/** Reads a message's chunks: ranges of keys that begin with the message. The body is never read. */
@Injectable()
export class ChunksPull {
  /**
   * The chunks of ranges that were pulled lately: whoever follows the same message pulls the same ones. A chunk never
   * changes while its pool's epoch stays, so these are right on every node; whether the message is there and the
   * caller's own is asked each time.
   */
  private readonly ranges: TextCache<Range>;

  constructor(
    private readonly storage: Storage,
    { pullCacheBytes }: Settings,
  ) {
    this.ranges = new TextCache(pullCacheBytes);
  }

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
    const chunks = await this.range(messageId, head.pool_epoch, query.after, upto);
    if (chunks === undefined) {
      // Deleted since the first look: then it is not found now.
      await this.head(contextId, owner, messageId);
      throw new Error(`Chunks of message ${messageId} are missing after ${query.after}.`);
    }
    const { status, finish_reason } = head;
    return {
      count: upto - query.after,
      status,
      text:
        `{"context_id":"${contextId}","message_id":"${messageId}","chunks":[${chunks}]` +
        `,"current_sequence":${current},"has_more":${upto < current},"status":"${status}"` +
        `,"finish_reason":${JSON.stringify(finish_reason)}}`,
    };
  }

  /** The chunks `after + 1 … upto` as JSON texts with commas between them; undefined when some are missing. */
  private async range(
    messageId: MessageId,
    epoch: number,
    after: number,
    upto: number,
  ): Promise<string | undefined> {
    const key = `${messageId}/${epoch}/${after}/${upto}`;
    const known = this.ranges.get(key);
    if (known) return known.text;
    const chunks = await readChunks(this.storage.reads, messageId, { after, upto });
    const text = chunks?.join();
    if (text) this.ranges.set(key, { text });
    return text;
  }

  private async head(contextId: ContextId, owner: Owner, messageId: MessageId): Promise<Head> {
    const head = await this.storage.reads.get<Head>(
      `SELECT c.pool_epoch, m.status, m.finish_reason, m.final_sequence, s.sequence AS stream_sequence
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
