import { Injectable } from '@nestjs/common';
import type { Context } from '../../contexts/context-row.js';
import { Clock } from '../../kernel/clock.js';
import type { ContextId, MessageId, RunId } from '../../kernel/ids.js';
import { inList } from '../../storage/in-list.js';
import { removeSome } from '../../storage/remove-some.js';
import type { Tx } from '../../storage/tx.js';
import type { NewExchange } from '../exchange-kinds.js';
import type { PlacedMark } from '../execution/part-format.js';
import type { ExchangeEntity } from './exchange.entity.js';

export interface ExchangeRow {
  readonly runId: RunId;
  readonly messageId: MessageId;
  readonly afterId: MessageId | null;
  readonly exchange: NewExchange;
}

/** Writes exchanges and what is remembered of their answers. Rows go with their run, and runs with their context. */
@Injectable()
export class ExchangeStore {
  constructor(private readonly clock: Clock) {}

  async add(tx: Tx, context: Context, { runId, messageId, afterId, exchange }: ExchangeRow): Promise<void> {
    const row: ExchangeEntity = {
      run_id: runId,
      context_id: context.id,
      message_id: messageId,
      after_id: afterId,
      last_message_id: null,
      dialect: exchange.dialect,
      request: JSON.stringify(exchange.request),
      history_at: exchange.history_at ?? null,
      raw: JSON.stringify(exchange.raw ?? {}),
      created_at: this.clock.now(),
    };
    await tx.insert('exchanges', { ...row });
  }

  find(tx: Tx, runId: RunId): Promise<ExchangeEntity | undefined> {
    return tx.get<ExchangeEntity>(`SELECT * FROM exchanges WHERE run_id = ?`, runId);
  }

  async addMarks(tx: Tx, context_id: ContextId, run_id: RunId, marks: readonly PlacedMark[]): Promise<void> {
    const rows = marks.map(({ position, after_sequence, mark }) => ({
      context_id,
      run_id,
      position,
      after_sequence,
      part: JSON.stringify(mark),
    }));
    await tx.insertMany('exchange_parts', rows);
  }

  /** It has ended. `last` is the last message that it left; without it, the answer as far as there is one. */
  async end(tx: Tx, { run_id, context_id, message_id, after_id }: ExchangeEntity, last?: MessageId) {
    const sql = `SELECT id FROM messages WHERE context_id = ? AND id = ?`;
    const answer = last ?? (await tx.get<{ id: MessageId }>(sql, context_id, message_id))?.id;
    await tx.run(`UPDATE exchanges SET last_message_id = ? WHERE run_id = ?`, answer ?? after_id, run_id);
  }

  /** These messages are about to leave the pool: an exchange goes with its answer, and forgets all other messages. */
  async removing(tx: Tx, context: Context, ids: readonly [MessageId, ...MessageId[]]): Promise<void> {
    const { marks, params } = inList(ids);
    const among = `IN (${marks})`;
    const sql = `SELECT run_id FROM exchanges WHERE context_id = ? AND message_id ${among}`;
    const found = await tx.all<{ run_id: RunId }>(sql, context.id, ...params);
    await this.remove(
      tx,
      context,
      found.map(({ run_id }) => run_id),
    );
    for (const column of ['after_id', 'last_message_id'])
      await tx.run(
        `UPDATE exchanges SET ${column} = NULL WHERE context_id = ? AND ${column} ${among}`,
        ...[context.id, ...params],
      );
    await tx.run(
      `DELETE FROM exchange_items WHERE context_id = ? AND message_id ${among}`,
      ...[context.id, ...params],
    );
  }

  async hasNone(tx: Tx, { id }: Context): Promise<boolean> {
    const sql = `SELECT run_id FROM exchanges WHERE context_id = ? LIMIT 1`;
    return (await tx.get(sql, id)) === undefined;
  }

  /** Forgets exchanges that have ended. What they left in the pool stays, and is nobody's. */
  async remove(tx: Tx, { id }: Context, runIds: readonly RunId[]): Promise<void> {
    for (const runId of runIds) {
      await tx.run(`DELETE FROM exchange_parts WHERE context_id = ? AND run_id = ?`, id, runId);
      const sql = `UPDATE exchange_items SET run_id = NULL WHERE context_id = ? AND run_id = ?`;
      await tx.run(sql, id, runId);
      await tx.run(`DELETE FROM exchanges WHERE run_id = ?`, runId);
      await tx.run(`DELETE FROM runs WHERE id = ?`, runId);
    }
  }

  /** Removes at most `limit` rows of a context that is being purged, and answers how many. */
  removeSome(tx: Tx, context: Context, limit: number): Promise<number> {
    return removeSome(tx, context.id, limit, [
      ['exchange_parts', 'run_id, position'],
      ['exchange_items', 'message_id'],
      ['exchanges', 'run_id'],
      ['conversations', 'context_id'],
    ]);
  }
}
