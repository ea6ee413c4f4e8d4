import type { BranchTree } from '../../contexts/branch-tree.js';
import { DomainError } from '../../kernel/domain-error.js';
import type { BranchId, MessageId } from '../../kernel/ids.js';
import { cut, depthOn, lengthOf, type StoredPlace } from '../../messages/branch-line.js';
import { messageNotFound } from '../../messages/message-not-found.js';
import { commonLength, joined, without, type Stretch } from '../../messages/merge-lines.js';

export const mergeStrategies = ['append', 'cherry_pick', 'rebase'] as const;
export type MergeStrategy = (typeof mergeStrategies)[number];

/** What one line has after all that it has in common with another, of that only what is not there already. Pure. */
export function onlyOn(tree: BranchTree, branch: BranchId, other: BranchId): Stretch[] {
  const [line, theirs] = [tree.line(branch), tree.line(other)];
  const rest = cut(line, commonLength(line, theirs) + 1, lengthOf(line));
  return joined(without(rest, theirs));
}

/** Messages that were chosen by hand, as they stand on a line. */
export interface Chosen extends StoredPlace {
  readonly id: MessageId;
}

/**
 * The chosen messages in the order of the source's line. `message_not_found` for one that is not on it; `unprocessable`
 * for one that the target has already. Pure.
 */
export function pick(
  tree: BranchTree,
  { source, target }: { readonly source: BranchId; readonly target: BranchId },
  chosen: readonly Chosen[],
): readonly Chosen[] {
  const [from, onto] = [tree.line(source), tree.line(target)];
  const placed = chosen.map((message) => {
    const depth = depthOn(from, message);
    if (depth === undefined) throw messageNotFound(message.id);
    if (depthOn(onto, message) !== undefined)
      throw new DomainError('unprocessable', `The target has message ${message.id} already.`);
    return { message, depth };
  });
  return placed.sort((a, b) => a.depth - b.depth).map(({ message }) => message);
}

export const toStretches = (places: readonly StoredPlace[]): Stretch[] =>
  joined(places.map(({ branch, depth }) => ({ branch, from: depth, to: depth })));
