import { Injectable } from '@nestjs/common';
import type { Context } from '../../contexts/context-row.js';
import type { RunId } from '../../kernel/ids.js';
import { removeSome } from '../../storage/remove-some.js';
import type { Tx } from '../../storage/tx.js';
import type { ToolCallEntity } from './tool-call.entity.js';

/**
 * `pending`: waits for the user. `approved`: may be started. `running`: was started. `denied` and `done` have their
 * outcome; `recorded`: so has the pool.
 */
export type CallStatus = 'pending' | 'approved' | 'denied' | 'running' | 'done' | 'recorded';

/** A call of an open round. */
export type OpenCall = Readonly<Omit<ToolCallEntity, 'status'>> & { readonly status: CallStatus };

/** Writes the calls of open rounds. */
@Injectable()
export class ToolCallStore {
  add(tx: Tx, calls: readonly OpenCall[]): Promise<void> {
    return tx.insertMany(
      'tool_calls',
      calls.map((call) => ({ ...call })),
    );
  }

  /** The calls of a run's open round, in call order; none when no round is open. */
  of(tx: Tx, { id, context_id }: RunKey): Promise<OpenCall[]> {
    const sql = `SELECT * FROM tool_calls WHERE context_id = ? AND run_id = ? ORDER BY position`;
    return tx.all<OpenCall>(sql, context_id, id);
  }

  /** Writes what may change of a call. */
  async save(tx: Tx, call: OpenCall): Promise<OpenCall> {
    await tx.run(
      `UPDATE tool_calls SET status = ?, is_repeatable = ?, attempts = ?, ends_by = ?, decided_by = ?, outcome = ?,
         result_message_id = ? WHERE context_id = ? AND run_id = ? AND position = ?`,
      ...[call.status, call.is_repeatable, call.attempts, call.ends_by, call.decided_by, call.outcome],
      ...[call.result_message_id, call.context_id, call.run_id, call.position],
    );
    return call;
  }

  async remove(tx: Tx, { context_id, run_id, position }: OpenCall): Promise<void> {
    const sql = `DELETE FROM tool_calls WHERE context_id = ? AND run_id = ? AND position = ?`;
    await tx.run(sql, context_id, run_id, position);
  }

  /** The round is over. */
  async removeRound(tx: Tx, { id, context_id }: RunKey): Promise<void> {
    await tx.run(`DELETE FROM tool_calls WHERE context_id = ? AND run_id = ?`, context_id, id);
  }

  /**
   * Calls that a cancelled turn left running and that have ended for sure by `now`, with nobody to say how. Those of
   * deleted contexts wait for their context, or go with it.
   */
  overdue(tx: Tx, now: number, limit: number): Promise<OpenCall[]> {
    return tx.all<OpenCall>(
      `SELECT * FROM tool_calls WHERE ends_by > 0 AND ends_by <= ? AND result_message_id IS NOT NULL
         AND EXISTS (SELECT 1 FROM contexts WHERE id = tool_calls.context_id)
       ORDER BY ends_by LIMIT ?`,
      ...[now, limit],
    );
  }

  /** Removes at most `limit` of the calls of a context that is being purged, and answers how many. */
  removeSome(tx: Tx, context: Context, limit: number): Promise<number> {
    return removeSome(tx, context.id, limit, [['tool_calls', 'run_id, position']]);
  }
}

export interface RunKey {
  readonly id: RunId;
  readonly context_id: Context['id'];
}
