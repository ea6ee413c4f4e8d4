import { Injectable, type OnModuleInit } from '@nestjs/common';
import type { Context } from '../../contexts/context-row.js';
import type { MessageId } from '../../kernel/ids.js';
import { inBatches } from '../../messages/in-batches.js';
import { MessageFollowers, type MessageFollower } from '../../messages/message-followers.js';
import { inList } from '../../storage/in-list.js';
import type { Tx } from '../../storage/tx.js';

/** An execution goes with the message that shows it, its steps and its run too. */
@Injectable()
export class ExecutionTraces implements MessageFollower, OnModuleInit {
  constructor(private readonly followers: MessageFollowers) {}

  onModuleInit(): void {
    this.followers.add(this);
  }

  async written(): Promise<void> {
    // An execution knows its message beforehand.
  }

  async removing(tx: Tx, { id }: Context, ids: readonly MessageId[] | 'all'): Promise<void> {
    if (ids === 'all') return;
    for (const some of inBatches(ids)) {
      const { marks, params } = inList(some);
      const shown = `SELECT run_id FROM workflow_executions
        WHERE context_id = ? AND message_id IN (${marks})`;
      await tx.run(`DELETE FROM workflow_steps WHERE run_id IN (${shown})`, id, ...params);
      await tx.run(`DELETE FROM runs WHERE id IN (${shown})`, id, ...params);
      await tx.run(`DELETE FROM workflow_executions WHERE run_id IN (${shown})`, id, ...params);
    }
  }
}
