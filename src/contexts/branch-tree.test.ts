import { describe, expect, it } from 'vitest';
import type { BranchId } from '../kernel/ids.js';
import { BranchTree, type PlacedBranch, type PlacedPart } from './branch-tree.js';

const id = (name: string): BranchId => name as BranchId;

const branch = (
  name: string,
  [parent, fork_depth, head_depth]: readonly [string | null, number, number],
  more: { readonly parts?: readonly PlacedPart[]; readonly isHidden?: boolean } = {},
): PlacedBranch => ({
  id: id(name),
  parent_branch: parent === null ? null : id(parent),
  fork_depth,
  head_depth,
  isHidden: false,
  parts: [],
  ...more,
});

/** Each segment as `via: branch from-to @at`. */
const shown = (tree: BranchTree, name: string): readonly string[] =>
  tree.line(id(name)).map(({ via, branch: on, from, to, at }) => `${via}: ${on} ${from}-${to} @${at}`);

describe('a line', () => {
  const tree = new BranchTree([
    branch('main', [null, 0, 9], {
      parts: [
        { depth: 4, length: 2, source_branch: id('b'), source_depth: 3 },
        { depth: 8, length: 1, source_branch: id('c'), source_depth: 12 },
      ],
    }),
    branch('b', ['main', 2, 6]),
    branch('of what was borrowed', ['main', 4, 5]),
    branch('of a hidden one', ['hidden', 8, 9]),
    branch('hidden', ['b', 6, 10], { isHidden: true }),
    branch('empty', [null, 0, 0]),
    branch('not yet', ['b', 5, 5]),
  ]);

  it('is a branch’s own messages around those that it borrows', () => {
    expect(shown(tree, 'main')).toEqual([
      'main: main 9-9 @9',
      'main: c 12-12 @8',
      'main: main 6-7 @6',
      'main: b 3-4 @4',
      'main: main 1-3 @1',
    ]);
  });

  it('of a fork is what its parent has up to there, also in the middle of what that borrows', () => {
    expect(shown(tree, 'b')).toEqual(['b: b 3-6 @3', 'main: main 1-2 @1']);
    expect(shown(tree, 'of what was borrowed')).toEqual([
      'of what was borrowed: of what was borrowed 5-5 @5',
      'main: b 3-3 @4',
      'main: main 1-3 @1',
    ]);
    expect(shown(tree, 'not yet')).toEqual(['b: b 3-5 @3', 'main: main 1-2 @1']);
  });

  it('goes through branches that are hidden, and is not that of one', () => {
    expect(shown(tree, 'of a hidden one')).toEqual([
      'of a hidden one: of a hidden one 9-9 @9',
      'hidden: hidden 7-8 @7',
      'b: b 3-6 @3',
      'main: main 1-2 @1',
    ]);
    expect(shown(tree, 'hidden')).toEqual([]);
    expect(shown(tree, 'nowhere')).toEqual([]);
  });

  it('without a message is one segment of none, and not none at all', () => {
    expect(shown(tree, 'empty')).toEqual(['empty: empty 1-0 @1']);
  });
});
