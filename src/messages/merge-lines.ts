import type { PlacedPart, Segment } from '../contexts/branch-tree.js';
import { endOf, lengthOf } from './branch-line.js';

/** Messages that were written one after the other: those at depths `from … to` of `branch`. */
export type Stretch = Pick<Segment, 'branch' | 'from' | 'to'>;

/** How many messages two lines have in common from their beginning on. Pure. */
export function commonLength(one: readonly Segment[], other: readonly Segment[]): number {
  const length = Math.min(lengthOf(one), lengthOf(other));
  const [a, b] = [one.toReversed(), other.toReversed()];
  for (let depth = 1, i = 0, j = 0; depth <= length;) {
    const [x, y] = [a[i], b[j]];
    if (!x || !y || x.branch !== y.branch || x.from - x.at !== y.from - y.at) return depth - 1;
    const end = Math.min(endOf(x), endOf(y));
    if (end === endOf(x)) i++;
    if (end === endOf(y)) j++;
    depth = end + 1;
  }
  return length;
}

/** What of these stretches is not among the others, in their order. Pure. */
export function without(stretches: readonly Stretch[], others: readonly Stretch[]): Stretch[] {
  let rest: readonly Stretch[] = stretches.map(({ branch, from, to }) => ({ branch, from, to }));
  for (const other of others) rest = rest.flatMap((part) => cutOut(part, other));
  return [...rest];
}

function cutOut({ branch, from, to }: Stretch, other: Stretch): readonly Stretch[] {
  if (branch !== other.branch || other.to < from || to < other.from) return [{ branch, from, to }];
  return [
    { branch, from, to: other.from - 1 },
    { branch, from: other.to + 1, to },
  ].filter((part) => part.from <= part.to);
}

/** The same stretches, each as long as it can be. Pure. */
export function joined(stretches: readonly Stretch[]): Stretch[] {
  const whole: Stretch[] = [];
  for (const next of stretches) {
    const last = whole.at(-1);
    if (last?.branch === next.branch && last.to + 1 === next.from)
      whole[whole.length - 1] = { ...last, to: next.to };
    else whole.push(next);
  }
  return whole;
}

/** How many messages these are. Pure. */
export const countOf = (stretches: readonly Stretch[]): number =>
  stretches.reduce((sum, { from, to }) => sum + to - from + 1, 0);

/** Of these messages, `limit` after the first `skipped`. Pure. */
export function pageOf(stretches: readonly Stretch[], skipped: number, limit: number): Stretch[] {
  const page: Stretch[] = [];
  let at = 0;
  for (const { branch, from, to } of stretches) {
    const first = Math.max(from, from + skipped - at);
    const last = Math.min(to, from + skipped + limit - at - 1);
    if (first <= last) page.push({ branch, from: first, to: last });
    at += to - from + 1;
  }
  return page;
}

/** The stretches as parts of a branch, behind `depth` messages. Pure. */
export function toParts(stretches: readonly Stretch[], depth: number): PlacedPart[] {
  let next = depth + 1;
  return stretches.map(({ branch, from, to }) => {
    const part = { depth: next, length: to - from + 1, source_branch: branch, source_depth: from };
    next += part.length;
    return part;
  });
}
