import { Injectable } from '@nestjs/common';
import type { Context } from '../contexts/context-row.js';
import type { BranchId, MessageId } from '../kernel/ids.js';
import type { Tx } from '../storage/tx.js';
import { inBatches } from './in-batches.js';
import type { MessageMetadata, MessageStatus } from './message-kinds.js';

/** A message as it has just been written. */
export interface WrittenMessage {
  readonly id: MessageId;
  readonly branch: BranchId;
  readonly role: string;
  readonly kind: string;
  readonly status: MessageStatus;
  /** Milliseconds since the epoch. */
  readonly created_at: number;
  readonly data: object;
  readonly metadata: MessageMetadata;
}

/** Some, at least one, or all of a context. */
export type SomeMessages = readonly [MessageId, ...MessageId[]] | 'all';

/** What a higher room keeps of messages, in the very unit that writes them. It awaits nothing but its Tx. */
export interface MessageFollower {
  /** The message was added, or one that was open has changed or become final. */
  written?(tx: Tx, context: Context, message: WrittenMessage): Promise<void>;
  /**
   * These messages of the context, or all that are left, are about to leave the pool; they are still there. They come as
   * many at a time as fit into one statement. A context that is purged loses its messages so many at a time, and `all` comes last: nothing may be kept of it after that.
   * `all` may come again, and to a pool that has no message.
   */
  removing(tx: Tx, context: Context, ids: SomeMessages): Promise<void>;
}

/** Those who follow the pools. Rooms below know nobody above them, so the followers come here by themselves. */
@Injectable()
export class MessageFollowers {
  private readonly followers: MessageFollower[] = [];

  /** To be called while the modules are made; messages are written after that. */
  add(follower: MessageFollower): void {
    this.followers.push(follower);
  }

  async written(tx: Tx, context: Context, message: WrittenMessage): Promise<void> {
    for (const follower of this.followers) await follower.written?.(tx, context, message);
  }

  async removing(tx: Tx, context: Context, ids: readonly MessageId[] | 'all'): Promise<void> {
    for (const some of ids === 'all' ? [ids] : inBatches(ids))
      for (const follower of this.followers) await follower.removing(tx, context, some);
  }
}
