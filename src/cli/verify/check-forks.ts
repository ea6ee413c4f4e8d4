import type { BranchEntity } from '../../contexts/branch.entity.js';
import type { BranchId, MessageId } from '../../kernel/ids.js';
import type { Reads } from '../../storage/tx.js';

/** For each branch the message that it forked from; null where it has none, as it may be or not. */
export type ForkHeads = ReadonlyMap<BranchId, MessageId | null>;

export async function forkHeads(reads: Reads, branches: readonly BranchEntity[]): Promise<ForkHeads> {
  const heads = new Map<BranchId, MessageId | null>();
  for (const { context_id, id, parent_branch, fork_depth } of branches) {
    const sql = `SELECT id FROM messages WHERE context_id = ? AND branch = ? AND depth = ?`;
    const found = parent_branch
      ? await reads.get<{ id: MessageId }>(sql, context_id, parent_branch, fork_depth)
      : undefined;
    heads.set(id, found?.id ?? null);
  }
  return heads;
}

/**
 * Whether each fork leaves an existing branch at one of that branch's own messages. As these are deeper than where
 * that branch forked itself, no branch can then be its own ancestor.
 */
export function* checkForks(branches: readonly BranchEntity[], heads: ForkHeads): Generator<string, void> {
  const byId = new Map(branches.map((branch) => [branch.id, branch]));
  for (const { id, parent_branch, fork_depth } of branches) {
    const parent = parent_branch === null ? undefined : byId.get(parent_branch);
    if (parent_branch === null && fork_depth !== 0)
      yield `branch ${id}: forks at depth ${fork_depth} of no branch`;
    else if (parent_branch !== null && !parent)
      yield `branch ${id}: forks from ${parent_branch}, which is not there`;
    else if (parent && (heads.get(id) === null || parent.fork_depth >= fork_depth))
      yield `branch ${id}: forks at depth ${fork_depth} of ${parent.id}, where that has no message of its own`;
  }
}
