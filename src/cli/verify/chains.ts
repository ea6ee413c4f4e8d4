import type { BranchEntity } from '../../contexts/branch.entity.js';
import type { BranchTree, Segment } from '../../contexts/branch-tree.js';
import type { BranchId, ContextId, MessageId } from '../../kernel/ids.js';
import { lengthOf } from '../../messages/branch-line.js';
import type { Stretch } from '../../messages/merge-lines.js';
import type { Reach } from '../../messages/reach.js';
import type { Reads } from '../../storage/tx.js';
import { idAt, type ForkHeads } from './check-forks.js';
import type { MessageRow } from './messages-of.js';

/** How far a branch has been followed. */
interface End {
  readonly depth: number;
  readonly id: MessageId | null;
}

/**
 * Follows what was written to every branch of a context, given its messages by branch and depth. Holds one end per
 * branch, and what stands before the messages that follow on borrowed ones.
 */
export class Chains {
  private readonly ends = new Map<BranchId, End>();
  private readonly hidden: ReadonlySet<BranchId>;
  /** Of a branch's own messages behind a part: what stands before each, by depth. */
  private readonly before = new Map<BranchId, Map<number, MessageId | null>>();
  /** The heads of branches that end with borrowed messages. */
  private readonly borrowedHeads = new Map<BranchId, MessageId | null>();

  private constructor(
    private readonly branches: readonly BranchEntity[],
    private readonly reach: Reach,
    heads: ForkHeads,
  ) {
    this.hidden = new Set(branches.filter(({ deleted_at }) => deleted_at !== null).map(({ id }) => id));
    for (const { id, fork_depth } of branches)
      this.ends.set(id, { depth: fork_depth, id: heads.get(id) ?? null });
  }

  static async of(reads: Reads, { contextId, branches, tree, reach, heads }: ChainFacts): Promise<Chains> {
    const chains = new Chains(branches, reach, heads);
    for (const { id, parts } of tree.branches) {
      const line = tree.path(id);
      const before = new Map<number, MessageId | null>();
      for (const { depth, length } of parts)
        before.set(depth + length, await idAt(reads, contextId, line, depth + length - 1));
      chains.before.set(id, before);
      const [last] = line;
      if (last && isBorrowed(last, id))
        chains.borrowedHeads.set(id, await idAt(reads, contextId, line, lengthOf(line)));
    }
    return chains;
  }

  /** What is wrong with a message's place. */
  *add({ id, branch, depth, parent_id }: MessageRow): Generator<string, void> {
    const end = this.ends.get(branch);
    this.ends.set(branch, { depth, id });
    if (!end) return yield `branch ${branch}: has message ${id}, but is not there`;
    const isReached = this.reach.stored.get(branch)?.some(({ from, to }) => from <= depth && depth <= to);
    if (this.hidden.has(branch) && !isReached)
      yield `branch ${branch}: was deleted, and has message ${id}, which no branch has any more`;
    if (this.isGap(branch, end.depth, depth))
      yield `branch ${branch}: message ${id} at depth ${depth} follows depth ${end.depth}`;
    const before = this.before.get(branch)?.get(depth);
    // Of a hidden branch, what stood before may have been removed.
    if (before === undefined && this.hidden.has(branch) && end.depth !== depth - 1) return;
    const parent = before === undefined ? end.id : before;
    if (parent_id !== parent && !(this.hidden.has(branch) && parent === null))
      yield `branch ${branch}: message ${id} points to parent ${parent_id}, but ${parent} stands before it`;
  }

  /** What is wrong with the heads, once every message was added. */
  *end(): Generator<string, void> {
    for (const { id, head_message_id, head_depth } of this.branches) {
      if (this.hidden.has(id)) continue;
      const borrowed = this.borrowedHeads.get(id);
      const end = borrowed === undefined ? this.ends.get(id) : { depth: head_depth, id: borrowed };
      if (end && (end.id !== head_message_id || end.depth !== head_depth))
        yield `branch ${id}: its head is ${head_message_id} at depth ${head_depth}, but its chain ends with ${end.id} at ${end.depth}`;
    }
    for (const [branch, stretches] of this.reach.stored) {
      const last = stretches.at(-1)?.to ?? 0;
      const end = this.ends.get(branch);
      if (this.hidden.has(branch) && end && end.depth < last)
        yield `branch ${branch}: others have its message at depth ${last}, but it ends at ${end.depth}`;
    }
  }

  /** Whether a place between these two of a branch is one whose message some line has. */
  private isGap(branch: BranchId, last: number, depth: number): boolean {
    const missing = ({ from, to }: Stretch): boolean => Math.max(from, last + 1) <= Math.min(to, depth - 1);
    return depth <= last || (this.reach.stored.get(branch) ?? []).some(missing);
  }
}

export interface ChainFacts {
  readonly contextId: ContextId;
  readonly branches: readonly BranchEntity[];
  readonly tree: BranchTree;
  readonly reach: Reach;
  readonly heads: ForkHeads;
}

const isBorrowed = ({ via, branch }: Segment, id: BranchId): boolean => via === id && branch !== id;
