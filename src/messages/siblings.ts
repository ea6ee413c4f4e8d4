import type { BranchTree } from '../contexts/branch-tree.js';
import { mainBranch, type BranchId, type ContextId, type MessageId } from '../kernel/ids.js';
import { inList, isSome } from '../storage/in-list.js';
import type { Reads } from '../storage/tx.js';
import { cut, lengthOf, type StoredPlace } from './branch-line.js';
import { commonLength } from './merge-lines.js';

/** A message that follows on the same messages, and a branch on which it is shown. */
export interface Alternative {
  readonly message_id: MessageId;
  readonly branch: BranchId;
}

/** What could stand in the place of a message, that message with them, in the order in which they were written. */
export interface Siblings {
  readonly message_id: MessageId;
  /** Of the message among the alternatives, from 1. */
  readonly position: number;
  readonly alternatives: readonly Alternative[];
}

/** A place of a line with what stands there on other lines that are the same up to it. */
export interface SiblingPlace {
  readonly shown: StoredPlace;
  /** Each with the branch to switch to. */
  readonly others: ReadonlyMap<string, StoredPlace & { readonly shownOn: BranchId }>;
}

/**
 * Where among the depths `from … to` of a line others leave it, and with what: the newest branch stands for all that
 * have the same message there. Nothing is compared where there is one branch. Pure.
 */
export function siblingPlaces(
  tree: BranchTree,
  branch: BranchId,
  { from, to }: { readonly from: number; readonly to: number },
): SiblingPlace[] {
  const line = tree.line(branch);
  const found = new Map<number, Map<string, StoredPlace & { readonly shownOn: BranchId }>>();
  // The newest comes last and stays.
  const others = tree.living.filter(({ id }) => id !== branch).sort((a, b) => (isOlder(a.id, b.id) ? -1 : 1));
  for (const { id } of others) {
    const other = tree.line(id);
    const depth = commonLength(line, other) + 1;
    const place = depth >= from && depth <= Math.min(to, lengthOf(line)) && placeAt(other, depth);
    if (!place) continue;
    const there = found.get(depth) ?? new Map<string, StoredPlace & { readonly shownOn: BranchId }>();
    found.set(depth, there.set(keyOf(place), { ...place, shownOn: id }));
  }
  return [...found]
    .sort(([a], [b]) => a - b)
    .flatMap(([depth, places]) => {
      const shown = placeAt(line, depth);
      return shown ? [{ shown, others: places }] : [];
    });
}

/** The messages at these places, of which `branch` shows one each. */
export async function readSiblings(
  reads: Reads,
  contextId: ContextId,
  branch: BranchId,
  places: readonly SiblingPlace[],
): Promise<Siblings[]> {
  if (places.length === 0) return [];
  const ids = await readIds(
    reads,
    contextId,
    places.flatMap(({ shown, others }) => [shown, ...others.values()]),
  );
  return places.flatMap(({ shown, others }) => {
    const message_id = ids.get(keyOf(shown));
    if (message_id === undefined) return [];
    const alternatives = [...others].flatMap(([key, { shownOn }]): Alternative[] => {
      const id = ids.get(key);
      return id === undefined ? [] : [{ message_id: id, branch: shownOn }];
    });
    if (alternatives.length === 0) return [];
    alternatives.push({ message_id, branch });
    alternatives.sort((a, b) => (a.message_id < b.message_id ? -1 : 1));
    const position = alternatives.findIndex((one) => one.message_id === message_id) + 1;
    return [{ message_id, position, alternatives }];
  });
}

/** A search for each depth: a fork's branches mostly begin at the same one. */
async function readIds(
  reads: Reads,
  contextId: ContextId,
  places: readonly StoredPlace[],
): Promise<ReadonlyMap<string, MessageId>> {
  const byDepth = new Map<number, Set<BranchId>>();
  for (const { branch, depth } of places)
    byDepth.set(depth, (byDepth.get(depth) ?? new Set<BranchId>()).add(branch));
  const ids = new Map<string, MessageId>();
  for (const [depth, there] of byDepth) {
    const branches = [...there];
    if (!isSome(branches)) continue;
    const { marks, params } = inList(branches);
    const rows = await reads.all<{ readonly id: MessageId; readonly branch: BranchId }>(
      `SELECT id, branch FROM messages
       WHERE context_id = ? AND branch IN (${marks}) AND depth = ?`,
      ...[contextId, ...params, depth],
    );
    for (const { id, branch } of rows) ids.set(keyOf({ branch, depth }), id);
  }
  return ids;
}

function placeAt(line: Parameters<typeof cut>[0], depth: number): StoredPlace | undefined {
  const [part] = cut(line, depth, depth);
  return part && { branch: part.branch, depth: part.from };
}

/** Ids are sorted by the time they were made; the first branch of a context has a name for one. */
const isOlder = (a: BranchId, b: BranchId): boolean => a === mainBranch || (b !== mainBranch && a < b);

const keyOf = ({ branch, depth }: StoredPlace): string => `${branch} ${depth}`;
