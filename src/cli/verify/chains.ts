import type { BranchEntity } from '../../contexts/branch.entity.js';
import type { BranchId, MessageId } from '../../kernel/ids.js';
import type { ForkHeads } from './check-forks.js';
import type { MessageRow } from './messages-of.js';

/** How far a branch has been followed. */
interface End {
  readonly depth: number;
  readonly id: MessageId | null;
}

/** Follows the chain of every branch of a context, given its messages by branch and depth. Holds one end per branch. */
export class Chains {
  private readonly ends = new Map<BranchId, End>();

  constructor(
    private readonly branches: readonly BranchEntity[],
    heads: ForkHeads,
  ) {
    for (const { id, fork_depth } of branches)
      this.ends.set(id, { depth: fork_depth, id: heads.get(id) ?? null });
  }

  /** What is wrong with a message's place. */
  *add({ id, branch, depth, parent_id }: MessageRow): Generator<string, void> {
    const end = this.ends.get(branch);
    this.ends.set(branch, { depth, id });
    if (!end) return yield `branch ${branch}: has message ${id}, but is not there`;
    if (depth !== end.depth + 1)
      yield `branch ${branch}: message ${id} at depth ${depth} follows depth ${end.depth}`;
    if (parent_id !== end.id)
      yield `branch ${branch}: message ${id} points to parent ${parent_id}, but ${end.id} stands before it`;
  }

  /** What is wrong with the heads, once every message was added. */
  *end(): Generator<string, void> {
    for (const { id, head_message_id, head_depth } of this.branches) {
      const end = this.ends.get(id);
      if (end && (end.id !== head_message_id || end.depth !== head_depth))
        yield `branch ${id}: its head is ${head_message_id} at depth ${head_depth}, but its chain ends with ${end.id} at ${end.depth}`;
    }
  }
}
