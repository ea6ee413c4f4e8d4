import type { ContextId } from '../kernel/ids.js';
import type { Tx } from './tx.js';

/** A table whose rows belong to contexts, and the columns that tell those of one context from each other. */
export type TableOfContexts = readonly [table: string, key: string];

/**
 * Removes at most `limit` rows of a context from these tables, from one after the other, and answers how many; when they
 * are fewer, there is nothing left of it in them.
 */
export async function removeSome(
  tx: Tx,
  contextId: ContextId,
  limit: number,
  tables: readonly TableOfContexts[],
): Promise<number> {
  let removed = 0;
  for (const [table, key] of tables) {
    if (removed >= limit) break;
    const some = `SELECT ${key} FROM ${table} WHERE context_id = ? LIMIT ?`;
    const sql = `DELETE FROM ${table} WHERE context_id = ? AND (${key}) IN (${some})`;
    removed += await tx.run(sql, contextId, contextId, limit - removed);
  }
  return removed;
}
