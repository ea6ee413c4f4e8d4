import type { BranchTree, PlacedBranch } from '../contexts/branch-tree.js';
import type { BranchId } from '../kernel/ids.js';
import { cut, lengthOf } from './branch-line.js';
import { joined, without, type Stretch } from './merge-lines.js';

/** What the branches that are seen have of the messages that were written to each branch. */
export interface Reach {
  /** By branch, in the order of depths, none overlapping. */
  readonly stored: ReadonlyMap<BranchId, readonly Stretch[]>;
  /** How far lines go by each branch. */
  readonly via: ReadonlyMap<BranchId, number>;
}

/** Pure. */
export function reachOf(tree: BranchTree): Reach {
  const stored = new Map<BranchId, Stretch[]>();
  const via = new Map<BranchId, number>();
  for (const { id } of tree.living) {
    const line = tree.line(id);
    for (const part of cut(line, 1, lengthOf(line))) {
      via.set(part.via, Math.max(via.get(part.via) ?? 0, part.at + part.to - part.from));
      const known = stored.get(part.branch) ?? [];
      known.push(...without([part], known));
      stored.set(part.branch, known);
    }
  }
  for (const [branch, stretches] of stored)
    stored.set(branch, joined(stretches.sort((a, b) => a.from - b.from)));
  return { stored, via };
}

/** The places of a branch's own messages that no branch has that is seen; some may be empty already. Pure. */
export const unreached = ({ id, fork_depth, head_depth }: PlacedBranch, { stored }: Reach): Stretch[] =>
  without([{ branch: id, from: fork_depth + 1, to: head_depth }], stored.get(id) ?? []).filter(
    ({ from, to }) => from <= to,
  );
