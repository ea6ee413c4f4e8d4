import { Injectable } from '@nestjs/common';
import { BranchStore } from '../contexts/branch.store.js';
import type { Context } from '../contexts/context-row.js';
import { readTree } from '../contexts/read-tree.js';
import type { MessageId } from '../kernel/ids.js';
import type { Tx } from '../storage/tx.js';
import type { Stretch } from './merge-lines.js';
import { reachOf, unreached } from './reach.js';

/** Finds what no branch of a context has any more, once one was hidden. */
@Injectable()
export class PoolSweep {
  constructor(private readonly branches: BranchStore) {}

  /** Forgets the hidden branches that nothing goes by; answers the messages that nothing reaches. */
  async sweep(tx: Tx, { id: contextId }: Context): Promise<readonly MessageId[]> {
    const tree = await readTree(tx, contextId);
    const reach = reachOf(tree);
    const ids: MessageId[] = [];
    for (const branch of tree.branches) {
      if (!branch.isHidden) continue;
      for (const stretch of unreached(branch, reach)) ids.push(...(await messagesIn(tx, contextId, stretch)));
      const via = reach.via.get(branch.id);
      if (via === undefined && !reach.stored.has(branch.id))
        await this.branches.forget(tx, contextId, branch.id);
      else await this.branches.trim(tx, contextId, branch.id, via ?? 0);
    }
    return ids;
  }
}

async function messagesIn(
  tx: Tx,
  contextId: Context['id'],
  { branch, from, to }: Stretch,
): Promise<MessageId[]> {
  const sql = `SELECT id FROM messages WHERE context_id = ? AND branch = ? AND depth BETWEEN ? AND ?`;
  return (await tx.all<{ id: MessageId }>(sql, contextId, branch, from, to)).map(({ id }) => id);
}
