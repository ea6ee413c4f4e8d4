import type { BranchId, ContextId } from '../kernel/ids.js';
import type { Reads } from '../storage/tx.js';

/** A run of depths whose messages were created on one branch; both ends inclusive. */
export interface Segment {
  readonly branch: BranchId;
  readonly from: number;
  readonly to: number;
}

interface LineRow {
  readonly id: BranchId;
  readonly fork_depth: number;
  readonly upto: number;
}

/** The chain of a branch as segments, newest first; empty when the context has no such branch. */
export async function readLine(reads: Reads, contextId: ContextId, branch: BranchId): Promise<Segment[]> {
  const rows = await reads.all<LineRow>(
    `WITH RECURSIVE line (id, parent_branch, fork_depth, upto) AS (
       SELECT id, parent_branch, fork_depth, head_depth FROM branches WHERE context_id = ? AND id = ?
       UNION ALL
       SELECT b.id, b.parent_branch, b.fork_depth, line.fork_depth
       FROM line JOIN branches b ON b.context_id = ? AND b.id = line.parent_branch
     ) SELECT id, fork_depth, upto FROM line`,
    ...[contextId, branch, contextId],
  );
  return rows.map((row) => ({ branch: row.id, from: row.fork_depth + 1, to: row.upto }));
}

/** The parts of a line that lie in the depths `from … to`, oldest first. Pure. */
export const cut = (line: readonly Segment[], from: number, to: number): Segment[] =>
  line
    .map((part) => ({ branch: part.branch, from: Math.max(part.from, from), to: Math.min(part.to, to) }))
    .filter((part) => part.from <= part.to)
    .reverse();
