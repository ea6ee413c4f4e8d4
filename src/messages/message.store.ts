import { Injectable } from '@nestjs/common';
import type { Branch } from '../contexts/branch.store.js';
import { BranchStore } from '../contexts/branch.store.js';
import type { Context } from '../contexts/context-row.js';
import { Clock, toTimestamp } from '../kernel/clock.js';
import { newId, type MessageId } from '../kernel/ids.js';
import type { Tx } from '../storage/tx.js';
import type { MessageEntity } from './message.entity.js';
import type { MessageMetadata, MessageRole, MessageStatus } from './message-kinds.js';

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

/** Adds to a context's pool. A message takes the context's revision, which the caller has just moved for it. */
@Injectable()
export class MessageStore {
  constructor(
    private readonly branches: BranchStore,
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

  /** Makes a streaming message final: the last time that it changes. */
  async complete(tx: Tx, context: Context, message: MessageEntity, final: FinalMessage): Promise<void> {
    await tx.run(
      `UPDATE messages SET status = ?, data = ?, metadata = ?, final_sequence = ?, finish_reason = ?, revision = ?
       WHERE context_id = ? AND id = ? AND status = 'streaming'`,
      ...[final.status, JSON.stringify(final.data), JSON.stringify(final.metadata)],
      ...[final.final_sequence, final.finish_reason, context.revision, context.id, message.id],
    );
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

  async removeAll(tx: Tx, context: Context): Promise<void> {
    await tx.run(`DELETE FROM messages WHERE context_id = ?`, context.id);
  }
}
