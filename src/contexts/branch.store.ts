import { Injectable } from '@nestjs/common';
import { Clock } from '../kernel/clock.js';
import { mainBranch, newId, type BranchId, type ContextId, type MessageId } from '../kernel/ids.js';
import { removeSome } from '../storage/remove-some.js';
import type { Tx } from '../storage/tx.js';
import type { BranchEntity } from './branch.entity.js';
import type { Context } from './context-row.js';
import type { BranchPartEntity } from './branch-part.entity.js';
import { branchNotFound } from './refusals.js';

export type Branch = Readonly<BranchEntity>;

/** Where a fork leaves a line, given as a place of the branch by which the line goes there. */
export interface ForkPoint {
  readonly branch: BranchId;
  readonly depth: number;
  readonly message_id: MessageId;
}

/** What a new head stands on. */
export interface NewHead {
  readonly id: MessageId;
  readonly depth: number;
  readonly role: string;
}

/** Writes branches. A head only moves forward; editing and regenerating make a new branch instead. */
@Injectable()
export class BranchStore {
  constructor(private readonly clock: Clock) {}

  async createMain(tx: Tx, contextId: ContextId, createdAt: number): Promise<void> {
    await tx.insert('branches', { ...mainBranchRow(contextId, createdAt) });
  }

  /** Adds branches from elsewhere as they are, with what they borrow. */
  async import(tx: Tx, branches: readonly BranchEntity[], parts: readonly BranchPartEntity[]): Promise<void> {
    for (const branch of branches) await tx.insert('branches', { ...branch });
    for (const part of parts) await tx.insert('branch_parts', { ...part });
  }

  /**
   * A new branch whose line ends at `from`, or has no message yet without one. It goes on with the config of the branch
   * that it is `like`. Its name is `branch-N`, N counting the context's branches.
   */
  async fork(
    tx: Tx,
    contextId: ContextId,
    from: ForkPoint | undefined,
    like: Pick<Branch, 'config'>,
  ): Promise<Branch> {
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
      config: like.config,
      deleted_at: null,
      first_user_depth: from ? await firstUserDepth(tx, contextId, from) : null,
    };
    await tx.insert('branches', { ...branch });
    return branch;
  }

  /** `branch_not_found` also for one that is hidden. */
  async get(tx: Tx, contextId: ContextId, id: BranchId): Promise<Branch> {
    const sql = `SELECT * FROM branches WHERE context_id = ? AND id = ? AND deleted_at IS NULL`;
    const branch = await tx.get<BranchEntity>(sql, contextId, id);
    if (!branch) throw branchNotFound(id);
    return branch;
  }

  async moveHead(tx: Tx, branch: Branch, { id, depth, role }: NewHead): Promise<void> {
    await tx.run(
      `UPDATE branches SET head_message_id = ?, head_depth = ?, first_user_depth = COALESCE(first_user_depth, ?)
       WHERE context_id = ? AND id = ?`,
      ...[id, depth, role === 'user' ? depth : null, branch.context_id, branch.id],
    );
  }

  /** Removes at most `limit` rows of the branches of a context that is being purged, and answers how many. */
  removeSome(tx: Tx, context: Context, limit: number): Promise<number> {
    const tables = [
      ['branch_parts', 'branch, depth'],
      ['branches', 'id'],
    ] as const;
    return removeSome(tx, context.id, limit, tables);
  }
}

/** Where a user first speaks on the line that ends at `from`. */
async function firstUserDepth(tx: Tx, contextId: ContextId, from: ForkPoint): Promise<number | null> {
  const sql = `SELECT first_user_depth FROM branches WHERE context_id = ? AND id = ? AND first_user_depth <= ?`;
  const row = await tx.get<Pick<BranchEntity, 'first_user_depth'>>(sql, contextId, from.branch, from.depth);
  return row?.first_user_depth ?? null;
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
  config: '{}',
  deleted_at: null,
  first_user_depth: null,
});
