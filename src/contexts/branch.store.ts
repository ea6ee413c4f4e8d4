import { Injectable } from '@nestjs/common';
import { Clock } from '../kernel/clock.js';
import { mainBranch, newId, type BranchId, type ContextId, type MessageId } from '../kernel/ids.js';
import type { Tx } from '../storage/tx.js';
import type { BranchEntity } from './branch.entity.js';
import { branchNotFound } from './refusals.js';

export type Branch = Readonly<BranchEntity>;

/** Where a fork leaves its parent: after this message, or before the first one when there is none. */
export interface ForkPoint {
  readonly branch: BranchId;
  readonly depth: number;
  readonly message_id: MessageId;
}

/** Writes branches. A head only moves forward; editing and regenerating make a new branch instead. */
@Injectable()
export class BranchStore {
  constructor(private readonly clock: Clock) {}

  async createMain(tx: Tx, contextId: ContextId, createdAt: number): Promise<void> {
    await tx.insert('branches', { ...mainBranchRow(contextId, createdAt) });
  }

  /** A new branch whose chain ends at `from`. Its name is `branch-N`, N counting the context's branches. */
  async fork(tx: Tx, contextId: ContextId, from: ForkPoint | undefined): Promise<Branch> {
    const row = await tx.get<{ n: number }>(
      `SELECT count(*) AS n FROM branches WHERE context_id = ?`,
      contextId,
    );
    const branch: BranchEntity = {
      context_id: contextId,
      id: newId<BranchId>(),
      name: `branch-${(row?.n ?? 0) + 1}`,
      parent_branch: from?.branch ?? null,
      fork_depth: from?.depth ?? 0,
      head_message_id: from?.message_id ?? null,
      head_depth: from?.depth ?? 0,
      created_at: this.clock.now(),
    };
    await tx.insert('branches', { ...branch });
    return branch;
  }

  async get(tx: Tx, contextId: ContextId, id: BranchId): Promise<Branch> {
    const sql = `SELECT * FROM branches WHERE context_id = ? AND id = ?`;
    const branch = await tx.get<BranchEntity>(sql, contextId, id);
    if (!branch) throw branchNotFound(id);
    return branch;
  }

  async moveHead(tx: Tx, branch: Branch, to: { id: MessageId; depth: number }): Promise<void> {
    await tx.run(
      `UPDATE branches SET head_message_id = ?, head_depth = ? WHERE context_id = ? AND id = ?`,
      ...[to.id, to.depth, branch.context_id, branch.id],
    );
  }
}

/** The branch that a context begins with. Pure. */
export const mainBranchRow = (context_id: ContextId, created_at: number): BranchEntity => ({
  context_id,
  id: mainBranch,
  name: 'main',
  parent_branch: null,
  fork_depth: 0,
  head_message_id: null,
  head_depth: 0,
  created_at,
});
