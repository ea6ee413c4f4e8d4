import { Injectable } from '@nestjs/common';
import { Settings } from '../config/settings.js';
import { Clock } from '../kernel/clock.js';
import { DomainError } from '../kernel/domain-error.js';
import { mainBranch, newId, type BranchId, type ContextId, type MessageId } from '../kernel/ids.js';
import { removeSome } from '../storage/remove-some.js';
import type { Tx } from '../storage/tx.js';
import type { BranchEntity } from './branch.entity.js';
import type { Context } from './context-row.js';
import type { BranchPartEntity } from './branch-part.entity.js';
import { foldName, nextName } from './branch-name.js';
import type { PlacedPart } from './branch-tree.js';
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

/** What a branch is to be; a fork that continues another has that one's config. */
export interface NewBranch {
  readonly name?: string;
  /** JSON of the BranchConfig. */
  readonly config: string;
}

export type BranchChanges = Partial<NewBranch>;

/** What a merge puts on a branch. */
export interface Borrowed {
  readonly parts: readonly PlacedPart[];
  readonly head: Omit<NewHead, 'role'>;
  /** Where a user first speaks among what is borrowed. */
  readonly first_user_depth: number | null;
}

type NamedBranch = Pick<Branch, 'id' | 'name' | 'deleted_at'>;

/** Writes branches. A head only moves forward; editing and regenerating make a new branch instead. */
@Injectable()
export class BranchStore {
  constructor(
    private readonly clock: Clock,
    private readonly settings: Settings,
  ) {}

  async createMain(tx: Tx, contextId: ContextId, createdAt: number): Promise<void> {
    await tx.insert('branches', { ...mainBranchRow(contextId, createdAt) });
  }

  /** Adds branches from elsewhere as they are, with what they borrow. */
  async import(tx: Tx, branches: readonly BranchEntity[], parts: readonly BranchPartEntity[]): Promise<void> {
    for (const branch of branches) await tx.insert('branches', { ...branch });
    for (const part of parts) await tx.insert('branch_parts', { ...part });
  }

  /**
   * A new branch whose line ends at `from`, or has no message yet without one. `branch_name_taken`; `limit_exceeded` when
   * the context has as many as it may have, those counted that are hidden because others hang on them.
   */
  async fork(
    tx: Tx,
    contextId: ContextId,
    from: ForkPoint | undefined,
    { name, config }: NewBranch,
  ): Promise<Branch> {
    const names = await this.names(tx, contextId);
    const max = this.settings.maxBranches;
    if (names.length >= max)
      throw new DomainError('limit_exceeded', `A context may have at most ${max} branches.`);
    if (name !== undefined) refuseTaken(names, name);
    const branch: BranchEntity = {
      context_id: contextId,
      id: newId<BranchId>(),
      name: name ?? nextName(names.map((one) => one.name)),
      parent_branch: from?.branch ?? null,
      fork_depth: from?.depth ?? 0,
      head_message_id: from?.message_id ?? null,
      head_depth: from?.depth ?? 0,
      created_at: this.clock.now(),
      config,
      deleted_at: null,
      first_user_depth: from ? await firstUserDepth(tx, contextId, from) : null,
    };
    await tx.insert('branches', { ...branch });
    return branch;
  }

  /** `branch_name_taken` when another branch of the context is called so. */
  async change(tx: Tx, branch: Branch, { name, config }: BranchChanges): Promise<void> {
    if (name !== undefined) {
      const names = await this.names(tx, branch.context_id);
      refuseTaken(
        names.filter(({ id }) => id !== branch.id),
        name,
      );
    }
    await tx.run(
      `UPDATE branches SET name = ?, config = ? WHERE context_id = ? AND id = ?`,
      ...[name ?? branch.name, config ?? branch.config, branch.context_id, branch.id],
    );
  }

  /** Nobody sees it any more. What no branch goes by is to be forgotten in the same unit. */
  async hide(tx: Tx, branch: Branch): Promise<void> {
    await tx.run(
      `UPDATE branches SET deleted_at = ?, head_message_id = NULL, config = '{}' WHERE context_id = ? AND id = ?`,
      ...[this.clock.now(), branch.context_id, branch.id],
    );
  }

  /** Forgets a hidden branch by which nothing goes. */
  async forget(tx: Tx, contextId: ContextId, id: BranchId): Promise<void> {
    await tx.run(`DELETE FROM branch_parts WHERE context_id = ? AND branch = ?`, contextId, id);
    await tx.run(`DELETE FROM branches WHERE context_id = ? AND id = ?`, contextId, id);
  }

  /** Forgets what a hidden branch borrows past `depth`: no line goes by it any further. */
  async trim(tx: Tx, contextId: ContextId, id: BranchId, depth: number): Promise<void> {
    await tx.run(
      `DELETE FROM branch_parts WHERE context_id = ? AND branch = ? AND depth > ?`,
      ...[contextId, id, depth],
    );
    await tx.run(
      `UPDATE branch_parts SET length = ? - depth + 1 WHERE context_id = ? AND branch = ? AND depth + length - 1 > ?`,
      ...[depth, contextId, id, depth],
    );
  }

  /** Puts borrowed messages behind the head; `limit_exceeded` when the branch would borrow in too many pieces. */
  async borrow(tx: Tx, branch: Branch, { parts, head, first_user_depth }: Borrowed): Promise<Branch> {
    const { context_id, id } = branch;
    const sql = `SELECT count(*) AS n FROM branch_parts WHERE context_id = ? AND branch = ?`;
    const row = await tx.get<{ n: number }>(sql, context_id, id);
    const max = this.settings.maxBranchParts;
    if ((row?.n ?? 0) + parts.length > max)
      throw new DomainError('limit_exceeded', `A branch may be put together of at most ${max} parts.`);
    await tx.insertMany(
      'branch_parts',
      parts.map((part) => ({ context_id, branch: id, ...part })),
    );
    const next = {
      ...branch,
      head_message_id: head.id,
      head_depth: head.depth,
      first_user_depth: branch.first_user_depth ?? first_user_depth,
    };
    await tx.run(
      `UPDATE branches SET head_message_id = ?, head_depth = ?, first_user_depth = ? WHERE context_id = ? AND id = ?`,
      ...[next.head_message_id, next.head_depth, next.first_user_depth, context_id, id],
    );
    return next;
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

  private names(tx: Tx, contextId: ContextId): Promise<NamedBranch[]> {
    const sql = `SELECT id, name, deleted_at FROM branches WHERE context_id = ?`;
    return tx.all<NamedBranch>(sql, contextId);
  }
}

/** A hidden branch's name is anybody's to take. */
function refuseTaken(branches: readonly NamedBranch[], name: string): void {
  const folded = foldName(name);
  if (branches.some((branch) => branch.deleted_at === null && foldName(branch.name) === folded))
    throw new DomainError('branch_name_taken', 'Another branch of the context has that name.');
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
