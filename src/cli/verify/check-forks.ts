import type { BranchTree, PlacedBranch, Segment } from '../../contexts/branch-tree.js';
import type { BranchId, ContextId, MessageId } from '../../kernel/ids.js';
import { cut, messageAt } from '../../messages/branch-line.js';
import type { Reach } from '../../messages/reach.js';
import type { Reads } from '../../storage/tx.js';

/** For each branch the message that it forked from; null where it has none, as it may be or not. */
export type ForkHeads = ReadonlyMap<BranchId, MessageId | null>;

export async function forkHeads(reads: Reads, contextId: ContextId, tree: BranchTree): Promise<ForkHeads> {
  const heads = new Map<BranchId, MessageId | null>();
  for (const { id, parent_branch, fork_depth } of tree.branches)
    heads.set(
      id,
      parent_branch === null ? null : await idAt(reads, contextId, tree.path(parent_branch), fork_depth),
    );
  return heads;
}

/** The message at a depth of a line; null when there is none. */
export async function idAt(
  reads: Reads,
  contextId: ContextId,
  line: readonly Segment[],
  depth: number,
): Promise<MessageId | null> {
  const [part] = cut(line, depth, depth);
  if (!part) return null;
  return (await messageAt(reads, contextId, { branch: part.branch, depth: part.from })) ?? null;
}

/**
 * Whether each fork leaves an existing branch where that has a message of its own, or one that it borrows. As these are
 * deeper than where that branch forked itself, no branch can then be its own ancestor. Of a hidden branch that matters
 * only while lines go by it.
 */
export function* checkForks(tree: BranchTree, reach: Reach, heads: ForkHeads): Generator<string, void> {
  const byId = new Map(tree.branches.map((branch) => [branch.id, branch]));
  for (const branch of tree.branches) {
    yield* checkParts(branch, byId);
    const { id, parent_branch, fork_depth, isHidden } = branch;
    if (isHidden && !reach.via.has(id) && !reach.stored.has(id))
      yield `branch ${id}: was deleted, and no branch has anything of it`;
    if (isHidden && !reach.via.has(id)) continue;
    const parent = parent_branch === null ? undefined : byId.get(parent_branch);
    if (parent_branch === null && fork_depth !== 0)
      yield `branch ${id}: forks at depth ${fork_depth} of no branch`;
    else if (parent_branch !== null && !parent)
      yield `branch ${id}: forks from ${parent_branch}, which is not there`;
    else if (
      parent &&
      (heads.get(id) === null || parent.fork_depth >= fork_depth || fork_depth > parent.head_depth)
    )
      yield `branch ${id}: forks at depth ${fork_depth} of ${parent.id}, where that has no message of its own`;
  }
}

/** Whether what a branch borrows lies on it, one part after the other, and comes from a branch that is there. */
function* checkParts(
  { id, fork_depth, head_depth, parts }: PlacedBranch,
  byId: ReadonlyMap<BranchId, PlacedBranch>,
): Generator<string, void> {
  let next = fork_depth + 1;
  for (const { depth, length, source_branch } of parts) {
    const end = depth + length - 1;
    if (length < 1 || depth < next || end > head_depth)
      yield `branch ${id}: borrows ${length} messages at depth ${depth}, where they have no place`;
    if (!byId.has(source_branch)) yield `branch ${id}: borrows from ${source_branch}, which is not there`;
    next = end + 1;
  }
}
