import { Injectable, type OnModuleInit } from '@nestjs/common';
import type { Context } from '../../contexts/context-row.js';
import {
  MessageFollowers,
  type MessageFollower,
  type SomeMessages,
} from '../../messages/message-followers.js';
import { inList } from '../../storage/in-list.js';
import type { Tx } from '../../storage/tx.js';

/** An execution goes with the message that shows it, its steps and its run too. */
@Injectable()
export class ExecutionTraces implements MessageFollower, OnModuleInit {
  constructor(private readonly followers: MessageFollowers) {}

  onModuleInit(): void {
    this.followers.add(this);
  }

  async removing(tx: Tx, { id }: Context, ids: SomeMessages): Promise<void> {
    if (ids === 'all') return;
    const { marks, params } = inList(ids);
    const shown = `SELECT run_id FROM workflow_executions
      WHERE context_id = ? AND message_id IN (${marks})`;
    await tx.run(`DELETE FROM workflow_steps WHERE run_id IN (${shown})`, id, ...params);
    await tx.run(`DELETE FROM runs WHERE id IN (${shown})`, id, ...params);
    await tx.run(`DELETE FROM workflow_executions WHERE run_id IN (${shown})`, id, ...params);
  }
}
