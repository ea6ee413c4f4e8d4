import type { ForkPoint } from '../contexts/branch.store.js';
import type { BranchTree, Segment } from '../contexts/branch-tree.js';
import { readTree } from '../contexts/read-tree.js';
import type { BranchId, ContextId, MessageId } from '../kernel/ids.js';
import type { Reads } from '../storage/tx.js';

export type { Segment };

/** Where a message was written: the branch, and its depth there. */
export interface StoredPlace {
  readonly branch: BranchId;
  readonly depth: number;
}

/** The messages of a branch as segments, newest first; none when the context has no such branch. */
export const readLine = async (reads: Reads, contextId: ContextId, branch: BranchId): Promise<Segment[]> =>
  (await readTree(reads, contextId)).line(branch);

/** How many messages a line has. Pure. */
export const lengthOf = ([last]: readonly Segment[]): number => (last ? endOf(last) : 0);

/** The last place of a segment on its line. Pure. */
export const endOf = ({ at, from, to }: Segment): number => at + to - from;

/** The parts of a line that lie at its depths `from … to`, oldest first. Pure. */
export const cut = (line: readonly Segment[], from: number, to: number): Segment[] =>
  line
    .map((part) => {
      const [first, last] = [Math.max(part.at, from), Math.min(endOf(part), to)];
      return { ...part, at: first, from: part.from + first - part.at, to: part.from + last - part.at };
    })
    .filter((part) => part.from <= part.to)
    .reverse();

/** Where on a line a message stands that was written at this place; undefined when it is not on it. Pure. */
export function depthOn(line: readonly Segment[], { branch, depth }: StoredPlace): number | undefined {
  const part = line.find((one) => one.branch === branch && one.from <= depth && depth <= one.to);
  return part && part.at + depth - part.from;
}

/** A message as it stands on the line of a branch. */
export interface OnLine {
  readonly branch: BranchId;
  readonly line: readonly Segment[];
  readonly depth: number;
}

/** A line that has the message written at `place`: the first of `preferred` that does, where it was written, any. Pure. */
export function lineWith(
  tree: BranchTree,
  place: StoredPlace,
  preferred: readonly BranchId[],
): OnLine | undefined {
  const rest = tree.living.map(({ id }) => id);
  for (const branch of new Set([...preferred, place.branch, ...rest])) {
    const line = tree.line(branch);
    const depth = depthOn(line, place);
    if (depth !== undefined) return { branch, line, depth };
  }
  return undefined;
}

/** Where a fork leaves a line after `depth` of its messages; undefined before the first. */
export async function forkPointAt(
  reads: Reads,
  contextId: ContextId,
  line: readonly Segment[],
  depth: number,
): Promise<ForkPoint | undefined> {
  const [part] = cut(line, depth, depth);
  const found = part && (await messageAt(reads, contextId, { branch: part.branch, depth: part.from }));
  return part && found && { branch: part.via, depth, message_id: found };
}

export async function messageAt(
  reads: Reads,
  contextId: ContextId,
  { branch, depth }: StoredPlace,
): Promise<MessageId | undefined> {
  const sql = `SELECT id FROM messages WHERE context_id = ? AND branch = ? AND depth = ?`;
  return (await reads.get<{ id: MessageId }>(sql, contextId, branch, depth))?.id;
}
