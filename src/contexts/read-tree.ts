import type { BranchId, ContextId } from '../kernel/ids.js';
import type { Reads } from '../storage/tx.js';
import { BranchTree, type PlacedBranch, type PlacedPart } from './branch-tree.js';

type TreeRow = Omit<PlacedBranch, 'isHidden' | 'parts'> & {
  readonly deleted_at: number | null;
} & { readonly [Column in keyof PlacedPart]: PlacedPart[Column] | null };

const tree = `SELECT b.id, b.parent_branch, b.fork_depth, b.head_depth, b.deleted_at,
  p.depth, p.length, p.source_branch, p.source_depth
  FROM branches b LEFT JOIN branch_parts p ON p.context_id = b.context_id AND p.branch = b.id
  WHERE b.context_id = ?`;

/** The branches of a context, in one read: mostly there is one, and never more than the settings allow. */
export async function readTree(reads: Reads, contextId: ContextId): Promise<BranchTree> {
  const rows = await reads.all<TreeRow>(tree, contextId);
  const found = new Map<BranchId, PlacedBranch & { readonly parts: PlacedPart[] }>();
  for (const { deleted_at, depth, length, source_branch, source_depth, ...branch } of rows) {
    const placed = found.get(branch.id) ?? { ...branch, isHidden: deleted_at !== null, parts: [] };
    found.set(branch.id, placed);
    if (depth !== null && length !== null && source_branch !== null && source_depth !== null)
      placed.parts.push({ depth, length, source_branch, source_depth });
  }
  for (const { parts } of found.values()) parts.sort((a, b) => a.depth - b.depth);
  return new BranchTree([...found.values()]);
}
