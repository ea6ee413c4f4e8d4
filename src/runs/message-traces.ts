import { Injectable, type OnModuleInit } from '@nestjs/common';
import type { Context } from '../contexts/context-row.js';
import { MessageFollowers, type MessageFollower, type SomeMessages } from '../messages/message-followers.js';
import { inList } from '../storage/in-list.js';
import type { Tx } from '../storage/tx.js';

/** What is remembered of runs goes with the messages that it is about. With a whole context it goes by itself. */
@Injectable()
export class MessageTraces implements MessageFollower, OnModuleInit {
  constructor(private readonly followers: MessageFollowers) {}

  onModuleInit(): void {
    this.followers.add(this);
  }

  async removing(tx: Tx, { id }: Context, ids: SomeMessages): Promise<void> {
    if (ids === 'all') return;
    const { marks, params } = inList(ids);
    const among = `IN (${marks})`;
    await tx.run(
      `DELETE FROM tool_calls WHERE context_id = ? AND request_message_id ${among}`,
      id,
      ...params,
    );
    await tx.run(`DELETE FROM tool_calls WHERE context_id = ? AND result_message_id ${among}`, id, ...params);
    // An execution's run is known by its execution, which goes with it.
    await tx.run(
      `DELETE FROM runs WHERE context_id = ? AND message_id ${among} AND ended_at IS NOT NULL AND kind <> 'workflow'`,
      ...[id, ...params],
    );
  }
}
