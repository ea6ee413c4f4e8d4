import { Injectable } from '@nestjs/common';
import { Settings } from '../config/settings.js';
import type { Branch } from '../contexts/branch.store.js';
import type { Context } from '../contexts/context-row.js';
import { Clock, toTimestamp } from '../kernel/clock.js';
import { DomainError } from '../kernel/domain-error.js';
import type { BranchId, ContextId, MessageId, RunId } from '../kernel/ids.js';
import { inBatches } from '../messages/in-batches.js';
import { MessageStore } from '../messages/message.store.js';
import type { MessageEntity } from '../messages/message.entity.js';
import { mapToHint } from '../messages/map-to-hint.js';
import type { MessageMetadata, StreamingResponseData } from '../messages/message-kinds.js';
import { messageColumns } from '../messages/message-row.js';
import type { FinishReason, TokenUsage } from '../providers/language-model.js';
import { inList, isSome } from '../storage/in-list.js';
import type { Tx } from '../storage/tx.js';
import { ChunkStore } from './chunk.store.js';
import { closed, lockOpenStream } from './open-stream.js';
import type { OpenStreamEntity } from './open-stream.entity.js';

export interface NewStream {
  readonly id: MessageId;
  readonly branch: Branch;
  /** The run that writes it; null for an external producer. */
  readonly runId: RunId | null;
  readonly model: string;
  readonly metadata: Omit<MessageMetadata, 'display_hint' | 'streaming'>;
}

export interface StreamEnd {
  readonly status: 'complete' | 'cancelled' | 'interrupted' | 'failed';
  readonly finish_reason: FinishReason | null;
  readonly usage?: TokenUsage;
}

/** Begins and ends streaming messages. A context has at most one open stream; its row exists exactly while it is open. */
@Injectable()
export class StreamStore {
  constructor(
    private readonly messages: MessageStore,
    private readonly chunks: ChunkStore,
    private readonly settings: Settings,
    private readonly clock: Clock,
  ) {}

  /** Adds the message that will stream. The caller has moved the state to `streaming_response` with its id. */
  async begin(tx: Tx, context: Context, stream: NewStream): Promise<void> {
    const now = this.clock.now();
    const data = { content: '', model: stream.model, started_at: toTimestamp(now), final_sequence: 0 };
    const payload = { kind: 'streaming_response', data } as const;
    await this.messages.add(tx, context, stream.branch, {
      id: stream.id,
      role: 'assistant',
      status: 'streaming',
      created_at: now,
      payload,
      metadata: {
        ...stream.metadata,
        display_hint: mapToHint(payload),
        streaming: { chunks_count: 0, started_at: toTimestamp(now) },
      },
    });
    const row: OpenStreamEntity = {
      message_id: stream.id,
      context_id: context.id,
      run_id: stream.runId,
      sequence: 0,
      bytes: 0,
      started_at: now,
      appended_at: now,
    };
    await tx.insert('open_streams', { ...row });
  }

  /** The open stream of a context, if there is one. */
  find(tx: Tx, contextId: ContextId): Promise<OpenStreamEntity | undefined> {
    return tx.lock<OpenStreamEntity>(`SELECT * FROM open_streams WHERE context_id = ?`, contextId);
  }

  /** The branch that the open stream of a context is on, if there is one. */
  async openBranch(tx: Tx, contextId: ContextId): Promise<BranchId | undefined> {
    const sql = `SELECT m.branch FROM open_streams s JOIN messages m ON m.context_id = s.context_id AND m.id = s.message_id
      WHERE s.context_id = ?`;
    return (await tx.get<Pick<MessageEntity, 'branch'>>(sql, contextId))?.branch;
  }

  /** An external producer's open stream; `stream_closed` for any other message. */
  async requireExternal(tx: Tx, contextId: ContextId, messageId: MessageId): Promise<OpenStreamEntity> {
    const place = { contextId, messageId, runId: null };
    const stream = await lockOpenStream(tx, place);
    if (!stream) throw await closed(tx, place);
    return stream;
  }

  /** Dates what was appended after `now` back to it: the clock has been set back since. */
  async datedAtMost(tx: Tx, now: number): Promise<void> {
    const sql = `UPDATE open_streams SET appended_at = ? WHERE run_id IS NULL AND appended_at > ?`;
    await tx.run(sql, now, now);
  }

  /** External streams that nothing was appended to since a time: their producers are gone. */
  idleExternal(tx: Tx, since: number): Promise<OpenStreamEntity[]> {
    const sql = `SELECT * FROM open_streams WHERE run_id IS NULL AND appended_at < ? LIMIT 1000`;
    return tx.all<OpenStreamEntity>(sql, since);
  }

  /**
   * Removes at most `limit` rows of what was streamed into these messages, and answers how many; when they are fewer, all
   * is gone, and the messages may go. None of their streams is open.
   */
  async removeSome(tx: Tx, ids: readonly MessageId[], limit: number): Promise<number> {
    if (!isSome(ids)) return 0;
    const { marks, params } = inList(ids);
    let removed = 0;
    for (const [table, key] of streamTables) {
      if (removed >= limit) break;
      const some = `SELECT ${key} FROM ${table} WHERE message_id IN (${marks}) LIMIT ?`;
      const sql = `DELETE FROM ${table} WHERE (${key}) IN (${some})`;
      removed += await tx.run(sql, ...params, limit - removed);
    }
    return removed;
  }

  /** Removes what was streamed into these messages, none of which is open. */
  async remove(tx: Tx, ids: readonly MessageId[]): Promise<void> {
    // In the same order as above, and for the same reason.
    for (const table of ['compactions', 'chunks', 'chunk_blocks'])
      for (const some of inBatches(ids)) {
        const { marks, params } = inList(some);
        await tx.run(`DELETE FROM ${table} WHERE message_id IN (${marks})`, ...params);
      }
  }

  /** Makes the message final with everything that was appended. The caller has moved the state and the revision. */
  async end(tx: Tx, context: Context, stream: OpenStreamEntity, end: StreamEnd): Promise<void> {
    const sql = `SELECT ${messageColumns} FROM messages WHERE context_id = ? AND id = ?`;
    const message = await tx.get<MessageEntity>(sql, context.id, stream.message_id);
    if (!message) throw new DomainError('message_not_found', `There is no message ${stream.message_id}.`);
    const now = this.clock.now();
    const { text, reasoning } = await this.chunks.texts(tx, stream.message_id);
    const begun = JSON.parse(message.data) as StreamingResponseData;
    const data: StreamingResponseData = {
      content: text,
      ...(reasoning && { reasoning }),
      model: begun.model,
      started_at: begun.started_at,
      completed_at: toTimestamp(now),
      ...(end.finish_reason && { finish_reason: end.finish_reason }),
      ...(end.usage && { usage: end.usage }),
      final_sequence: stream.sequence,
    };
    await tx.run(`DELETE FROM open_streams WHERE message_id = ?`, stream.message_id);
    const due_at = now + this.settings.compactAfterMs;
    if (stream.sequence > 0) await tx.insert('compactions', { message_id: stream.message_id, due_at });
    await this.messages.complete(tx, context, message, {
      status: end.status,
      finish_reason: end.finish_reason,
      final_sequence: stream.sequence,
      data,
      metadata: {
        ...(JSON.parse(message.metadata) as MessageMetadata),
        display_hint: mapToHint({ kind: 'streaming_response', data }),
        streaming: streamingFacts(stream, now),
        ...(end.usage && { tokens: end.usage }),
      },
    });
  }
}

/** The compaction first, as the one who packs takes it: on PostgreSQL the two would otherwise lock each other out. */
const streamTables = [
  ['compactions', 'message_id'],
  ['chunks', 'message_id, sequence'],
  ['chunk_blocks', 'message_id, first_sequence'],
] as const;

function streamingFacts(stream: OpenStreamEntity, now: number): MessageMetadata['streaming'] {
  const gaps = stream.sequence - 1;
  return {
    chunks_count: stream.sequence,
    started_at: toTimestamp(stream.started_at),
    completed_at: toTimestamp(now),
    total_duration_ms: now - stream.started_at,
    ...(gaps > 0 && {
      average_chunk_interval_ms: Math.round((stream.appended_at - stream.started_at) / gaps),
    }),
  };
}
