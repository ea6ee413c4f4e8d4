import { Injectable, type OnModuleInit } from '@nestjs/common';
import type { Context } from '../contexts/context-row.js';
import type { MessageId } from '../kernel/ids.js';
import { inBatches } from '../messages/in-batches.js';
import { MessageFollowers, type MessageFollower } from '../messages/message-followers.js';
import type { Tx } from '../storage/tx.js';
import { ExchangeStore } from './tables/exchange.store.js';

/** An exchange goes with its answer, an item with its message. */
@Injectable()
export class ExchangeTraces implements MessageFollower, OnModuleInit {
  constructor(
    private readonly followers: MessageFollowers,
    private readonly exchanges: ExchangeStore,
  ) {}

  onModuleInit(): void {
    this.followers.add(this);
  }

  async written(): Promise<void> {
    // An exchange knows its messages beforehand.
  }

  async removing(tx: Tx, context: Context, ids: readonly MessageId[] | 'all'): Promise<void> {
    if (ids === 'all') return;
    for (const some of inBatches(ids)) await this.exchanges.removing(tx, context, some);
  }
}
