import { Injectable } from '@nestjs/common';
import type { Branch } from '../contexts/branch.store.js';
import { BranchStore } from '../contexts/branch.store.js';
import type { Context } from '../contexts/context-row.js';
import { Clock, toTimestamp } from '../kernel/clock.js';
import { newId, type ContextId, type MessageId } from '../kernel/ids.js';
import { inList, isSome } from '../storage/in-list.js';
import { removeSome } from '../storage/remove-some.js';
import type { Row, Tx } from '../storage/tx.js';
import type { MessageEntity } from './message.entity.js';
import { mapToHint } from './map-to-hint.js';
import type { KnownPayload, Message, MessageMetadata, MessageRole, MessageStatus } from './message-kinds.js';
import { MessageFollowers } from './message-followers.js';
import type { RemovedMessageEntity } from './removed-message.entity.js';
import { inBatches } from './in-batches.js';
import { messageNotFound } from './message-not-found.js';
import { readMessage, readText, textColumns, type WholeTextRow } from './message-row.js';

export interface NewMessage {
  /** Given beforehand to a message that had to queue. */
  readonly id?: MessageId;
  readonly role: MessageRole;
  readonly payload: { readonly kind: string; readonly data: object };
  readonly metadata: MessageMetadata;
  readonly status?: MessageStatus;
  /** Milliseconds since the epoch; now by default. */
  readonly created_at?: number;
}

/** What a streaming message becomes. */
export interface FinalMessage {
  readonly status: Exclude<MessageStatus, 'streaming'>;
  readonly data: object;
  readonly metadata: MessageMetadata;
  readonly final_sequence: number;
  readonly finish_reason: string | null;
}

/** What an open message becomes, that is no stream: still open, or final. */
export interface Revision {
  readonly payload: KnownPayload;
  readonly status: MessageStatus;
}

/** A final message from elsewhere. */
export interface ImportedMessage {
  readonly message: Message;
  readonly final_sequence: number | null;
  readonly finish_reason: string | null;
}

/** Adds to a context's pool. A message takes the context's revision, which the caller has just moved for it. */
@Injectable()
export class MessageStore {
  constructor(
    private readonly branches: BranchStore,
    private readonly followers: MessageFollowers,
    private readonly clock: Clock,
  ) {}

  /** Adds a message at the head of `branch`. */
  async add(tx: Tx, context: Context, branch: Branch, message: NewMessage): Promise<MessageEntity> {
    const row: MessageEntity = {
      context_id: context.id,
      id: message.id ?? newId<MessageId>(),
      branch: branch.id,
      depth: branch.head_depth + 1,
      parent_id: branch.head_message_id,
      role: message.role,
      kind: message.payload.kind,
      status: message.status ?? 'complete',
      revision: context.revision,
      created_at: message.created_at ?? this.clock.now(),
      final_sequence: null,
      finish_reason: null,
      metadata: JSON.stringify(message.metadata),
      data: JSON.stringify(message.payload.data),
    };
    await tx.insert('messages', { ...row });
    await this.branches.moveHead(tx, branch, row);
    const { id, role, kind, created_at } = row;
    const { metadata, payload, status = 'complete' } = message;
    const written = { id, branch: branch.id, role, kind, status, created_at, data: payload.data, metadata };
    await this.followers.written(tx, context, written);
    tx.raise(context.owner, {
      type: 'message_created',
      context_id: context.id,
      revision: context.revision,
      timestamp: toTimestamp(row.created_at),
      message_id: row.id,
      kind: row.kind,
      role: row.role,
    });
    return row;
  }

  /**
   * Adds messages that were written elsewhere, as they are, to a pool that nobody sees yet: no head moves, and no
   * signal tells of them.
   */
  async import(tx: Tx, context: Context, messages: readonly ImportedMessage[]): Promise<void> {
    await tx.insertMany('messages', messages.map(importedRow));
    for (const { message } of messages) {
      const { id, branch, role, kind, status, data, metadata } = message;
      const created_at = Date.parse(message.created_at);
      await this.followers.written(tx, context, {
        id,
        branch,
        role,
        kind,
        status,
        created_at,
        data,
        metadata,
      });
    }
  }

  /** Adds what has left such a pool. */
  async importRemoved(
    tx: Tx,
    context_id: ContextId,
    removed: readonly Pick<RemovedMessageEntity, 'id' | 'revision'>[],
  ): Promise<void> {
    await tx.insertMany(
      'removed_messages',
      removed.map(({ id, revision }) => ({ context_id, revision, id })),
    );
  }

  /** Makes a streaming message final: the last time that it changes. */
  async complete(tx: Tx, context: Context, message: MessageEntity, final: FinalMessage): Promise<void> {
    await tx.run(
      `UPDATE messages SET status = ?, data = ?, metadata = ?, final_sequence = ?, finish_reason = ?, revision = ?
       WHERE context_id = ? AND id = ? AND status = 'streaming'`,
      ...[final.status, JSON.stringify(final.data), JSON.stringify(final.metadata)],
      ...[final.final_sequence, final.finish_reason, context.revision, context.id, message.id],
    );
    const { status, data, metadata } = final;
    await this.followers.written(tx, context, { ...message, status, data, metadata });
    tx.raise(context.owner, {
      type: 'message_completed',
      context_id: context.id,
      revision: context.revision,
      timestamp: toTimestamp(this.clock.now()),
      message_id: message.id,
      kind: message.kind,
      role: message.role,
      final_sequence: final.final_sequence,
      status: final.status,
    });
  }

  /**
   * Changes a message that is open and no stream of chunks: a request that waits for approval, a workflow under way.
   * Like every message it takes the context's revision. `message_not_found` once it is final.
   */
  async revise(tx: Tx, context: Context, id: MessageId, { payload, status }: Revision): Promise<void> {
    const message = await this.open(tx, context, id);
    if (message?.kind !== payload.kind) throw messageNotFound(id);
    const metadata: MessageMetadata = { ...message.metadata, display_hint: mapToHint(payload) };
    await tx.run(
      `UPDATE messages SET status = ?, data = ?, metadata = ?, revision = ? WHERE context_id = ? AND id = ?`,
      ...[status, JSON.stringify(payload.data), JSON.stringify(metadata), context.revision, context.id, id],
    );
    const created_at = Date.parse(message.created_at);
    await this.followers.written(tx, context, {
      ...message,
      created_at,
      status,
      data: payload.data,
      metadata,
    });
    const facts = {
      context_id: context.id,
      revision: context.revision,
      timestamp: toTimestamp(this.clock.now()),
      message_id: id,
      kind: message.kind,
      role: message.role,
    };
    if (status === 'streaming') tx.raise(context.owner, { type: 'message_updated', ...facts });
    else tx.raise(context.owner, { type: 'message_completed', ...facts, final_sequence: 0, status });
  }

  /** An open message as it is now; undefined once it is final. */
  async open(tx: Tx, context: Context, id: MessageId): Promise<Message | undefined> {
    const sql = `SELECT ${textColumns} FROM messages WHERE context_id = ? AND id = ? AND status = 'streaming'`;
    const row = await tx.get<WholeTextRow>(sql, context.id, id);
    return row && readMessage(readText(row));
  }

  /** The ids of at most `limit` messages of the pool, whichever. */
  async some(tx: Tx, { id }: Context, limit: number): Promise<MessageId[]> {
    const sql = `SELECT id FROM messages WHERE context_id = ? ORDER BY id LIMIT ?`;
    return (await tx.all<{ id: MessageId }>(sql, id, limit)).map((message) => message.id);
  }

  /** Takes these messages out of the pool, once what was streamed into them is gone. `ids` are as few as one unit may have. */
  async remove(tx: Tx, context: Context, ids: readonly MessageId[]): Promise<void> {
    if (!isSome(ids)) return;
    await this.followers.removing(tx, context, ids);
    const { marks, params } = inList(ids);
    await tx.run(`DELETE FROM messages WHERE context_id = ? AND id IN (${marks})`, context.id, ...params);
  }

  /**
   * Takes messages out of the pool of a context that stays, each with a revision of its own after the context's, which
   * the caller then moves past them.
   */
  async takeOut(tx: Tx, context: Context, ids: readonly MessageId[]): Promise<void> {
    for (const some of inBatches(ids)) await this.remove(tx, context, some);
    await tx.insertMany(
      'removed_messages',
      ids.map((id, index) => ({ context_id: context.id, revision: context.revision + 1 + index, id })),
    );
  }

  /** Takes all messages out that are left of a pool. What follows them forgets all it keeps of the context. */
  async removeAll(tx: Tx, context: Context): Promise<void> {
    await this.followers.removing(tx, context, 'all');
    await tx.run(`DELETE FROM messages WHERE context_id = ?`, context.id);
  }

  /** Forgets at most `limit` of the messages that had left a pool before it was purged, and answers how many. */
  removeSome(tx: Tx, context: Context, limit: number): Promise<number> {
    return removeSome(tx, context.id, limit, [['removed_messages', 'revision']]);
  }
}

const importedRow = ({ message, final_sequence, finish_reason }: ImportedMessage): Row => ({
  context_id: message.context_id,
  id: message.id,
  branch: message.branch,
  depth: message.depth,
  parent_id: message.parent_id,
  role: message.role,
  kind: message.kind,
  status: message.status,
  revision: message.revision,
  created_at: Date.parse(message.created_at),
  final_sequence,
  finish_reason,
  metadata: JSON.stringify(message.metadata),
  data: JSON.stringify(message.data),
});
