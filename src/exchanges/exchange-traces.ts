import { Injectable, type OnModuleInit } from '@nestjs/common';
import type { Context } from '../contexts/context-row.js';
import type { MessageId, RunId } from '../kernel/ids.js';
import { inBatches } from '../messages/in-batches.js';
import { MessageFollowers, type MessageFollower } from '../messages/message-followers.js';
import { inList } from '../storage/in-list.js';
import type { Tx } from '../storage/tx.js';
import { ExchangeStore } from './tables/exchange.store.js';

/** An exchange goes with its answer, and with the message that its answer stands behind; an item with its message. */
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
    for (const some of inBatches(ids)) {
      const { marks, params } = inList(some);
      const found = await tx.all<{ run_id: RunId }>(
        `SELECT run_id FROM exchanges
         WHERE context_id = ? AND (message_id IN (${marks}) OR after_id IN (${marks}))`,
        ...[context.id, ...params, ...params],
      );
      await this.exchanges.remove(
        tx,
        context,
        found.map(({ run_id }) => run_id),
      );
      const items = `DELETE FROM exchange_items WHERE context_id = ? AND message_id IN (${marks})`;
      await tx.run(items, context.id, ...params);
    }
  }
}
