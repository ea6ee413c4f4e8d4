import { wholeNumber } from '../kinds.js';
import { Setting } from '../setting.js';

/** Branches: how many, and of how many pieces. */
export class BranchesSettings {
  @Setting(
    {
      env: 'PULLCORD_MAX_BRANCHES',
      file: 'branches.max',
      about:
        'Branches in one context, deleted ones counted while others still hang on them; past it, 413 for whatever would fork.',
    },
    wholeNumber(1, 10_000),
  )
  readonly maxBranches: number = 1000;

  @Setting(
    {
      env: 'PULLCORD_MAX_BRANCH_PARTS',
      file: 'branches.max_parts',
      about: 'Pieces of other branches that merges may put into one branch; past it, 413.',
    },
    wholeNumber(1, 10_000),
  )
  readonly maxBranchParts: number = 1000;
}
