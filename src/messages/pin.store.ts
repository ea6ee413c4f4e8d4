import { Injectable } from '@nestjs/common';
import type { Context } from '../contexts/context-row.js';
import { Clock } from '../kernel/clock.js';
import type { MessageId } from '../kernel/ids.js';
import { inList } from '../storage/in-list.js';
import type { Tx } from '../storage/tx.js';
import { MessageFollowers, type MessageFollower, type SomeMessages } from './message-followers.js';
import type { PinEntity } from './pin.entity.js';

/** Writes which messages are pinned. A message that leaves its pool takes its pin along. */
@Injectable()
export class PinStore implements MessageFollower {
  constructor(
    private readonly clock: Clock,
    followers: MessageFollowers,
  ) {
    followers.add(this);
  }

  /** True when the context has this message. */
  async isMessage(tx: Tx, context: Context, id: MessageId): Promise<boolean> {
    const sql = `SELECT id FROM messages WHERE context_id = ? AND id = ?`;
    return (await tx.get(sql, context.id, id)) !== undefined;
  }

  async isPinned(tx: Tx, context: Context, id: MessageId): Promise<boolean> {
    const sql = `SELECT message_id FROM pins WHERE context_id = ? AND message_id = ?`;
    return (await tx.get(sql, context.id, id)) !== undefined;
  }

  async count(tx: Tx, context: Context): Promise<number> {
    const sql = `SELECT count(*) AS n FROM pins WHERE context_id = ?`;
    return (await tx.get<{ n: number }>(sql, context.id))?.n ?? 0;
  }

  async add(tx: Tx, context: Context, id: MessageId): Promise<void> {
    await tx.insert('pins', { context_id: context.id, message_id: id, created_at: this.clock.now() });
  }

  /** Adds pins from elsewhere as they are. */
  import(tx: Tx, pins: readonly PinEntity[]): Promise<void> {
    return tx.insertMany(
      'pins',
      pins.map((pin) => ({ ...pin })),
    );
  }

  async remove(tx: Tx, context: Context, id: MessageId): Promise<void> {
    await tx.run(`DELETE FROM pins WHERE context_id = ? AND message_id = ?`, context.id, id);
  }

  written(): Promise<void> {
    return Promise.resolve();
  }

  async removing(tx: Tx, context: Context, ids: SomeMessages): Promise<void> {
    if (ids === 'all') await tx.run(`DELETE FROM pins WHERE context_id = ?`, context.id);
    else {
      const { marks, params } = inList(ids);
      const sql = `DELETE FROM pins WHERE context_id = ? AND message_id IN (${marks})`;
      await tx.run(sql, context.id, ...params);
    }
  }
}
