import type { BranchId } from '../kernel/ids.js';

/**
 * Messages that follow each other on a line and were also written one after the other: those at depths `from … to` of
 * `branch`, which stand on the line from `at` on.
 */
export interface Segment {
  /** The branch by which the line goes here; a fork at one of these places leaves that one. */
  readonly via: BranchId;
  readonly branch: BranchId;
  readonly at: number;
  readonly from: number;
  readonly to: number;
}

export interface PlacedPart {
  readonly depth: number;
  readonly length: number;
  readonly source_branch: BranchId;
  readonly source_depth: number;
}

/** A branch as far as lines go by it. */
export interface PlacedBranch {
  readonly id: BranchId;
  readonly parent_branch: BranchId | null;
  readonly fork_depth: number;
  readonly head_depth: number;
  readonly isHidden: boolean;
  /** By their depths. */
  readonly parts: readonly PlacedPart[];
}

/** All branches of a context, the hidden ones too, and the lines that they make. Pure. */
export class BranchTree {
  private readonly byId: ReadonlyMap<BranchId, PlacedBranch>;

  constructor(readonly branches: readonly PlacedBranch[]) {
    this.byId = new Map(branches.map((branch) => [branch.id, branch]));
  }

  get living(): readonly PlacedBranch[] {
    return this.branches.filter(({ isHidden }) => !isHidden);
  }

  /** Undefined for one that is hidden, too. */
  find(id: BranchId): PlacedBranch | undefined {
    const branch = this.byId.get(id);
    return branch?.isHidden ? undefined : branch;
  }

  /** The messages of a branch in their order, newest first. Without any, one empty segment; none for no branch. */
  line(id: BranchId): Segment[] {
    const line = this.find(id) ? this.path(id) : [];
    return line.length > 0 || !this.find(id) ? line : [{ via: id, branch: id, at: 1, from: 1, to: 0 }];
  }

  /** The same also for a hidden branch, as far as the branches are there by which it goes; nothing for no message. */
  path(id: BranchId): Segment[] {
    const path: Segment[] = [];
    let upto = Infinity;
    for (let via = this.byId.get(id); via;) {
      upto = Math.min(upto, via.head_depth);
      path.push(...stretch(via, upto).reverse());
      const parent: PlacedBranch | undefined =
        via.parent_branch === null ? undefined : this.byId.get(via.parent_branch);
      // Depths fall on the way, or it would not end: a damaged table must not keep anybody for ever.
      const isOnTheWay = parent !== undefined && parent.fork_depth < via.fork_depth;
      upto = via.fork_depth;
      via = isOnTheWay ? parent : undefined;
    }
    return path;
  }
}

/** What stands on a branch itself up to a depth, oldest first. */
function stretch(branch: PlacedBranch, upto: number): Segment[] {
  const via = branch.id;
  const found: Segment[] = [];
  let next = branch.fork_depth + 1;
  const own = (to: number): void => {
    if (next <= to) found.push({ via, branch: via, at: next, from: next, to });
  };
  for (const { depth, length, source_branch, source_depth } of branch.parts) {
    if (depth > upto) break;
    own(depth - 1);
    const to = source_depth + Math.min(length, upto - depth + 1) - 1;
    found.push({ via, branch: source_branch, at: depth, from: source_depth, to });
    next = depth + length;
  }
  own(upto);
  return found;
}
