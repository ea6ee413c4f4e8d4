import { Component, Cursor, Id, Nested, QueryInt, Text } from '../../http/fields.js';
import type { BranchId, MessageId } from '../../kernel/ids.js';
import type { BranchConfigPatch } from '../branch-config.js';
import { BranchConfigPatchFields } from './branch-config-fields.js';

export const branchName = {
  min: 1,
  max: 100,
  // At least one character that shows, and none that controls.
  pattern: /^(?=.*[^\s\p{Cf}])[^\p{Cc}\p{Cs}]+$/u,
  says: 'must have a character that shows, and no control characters',
};
const id = { min: 1, max: 36, pattern: /^[\w-]+$/, example: 'main' };

@Component({ about: 'A new branch: where it leaves which line, and what it has of its own.' })
export class CreateBranch {
  @Text({
    about: 'What to call it; `branch-N` otherwise. No two branches of a context have the same name.',
    ...branchName,
    optional: true,
    example: 'Shorter answers',
  })
  readonly name?: string;

  @Id({
    about: 'The last message to have; null to begin anew, absent for the newest.',
    optional: true,
    nullable: true,
  })
  readonly from_message_id?: MessageId | null;

  @Text({
    about:
      'On whose line the message is to be found; by default on that of the active branch, or where it was written.',
    ...id,
    optional: true,
  })
  readonly branch?: BranchId;

  @Nested(() => BranchConfigPatchFields, {
    about: 'What it has otherwise than the branch it leaves.',
    optional: true,
    example: { system_prompt: 'Answer in one sentence.' },
  })
  readonly config?: BranchConfigPatch;
}

@Component({ about: 'What to change of a branch; a field that is absent stays as it is.' })
export class PatchBranch {
  @Text({ about: 'The new name.', ...branchName, optional: true, example: 'Shorter answers' })
  readonly name?: string;

  @Nested(() => BranchConfigPatchFields, {
    about: 'Fields of its config: a value sets, null removes, absence leaves.',
    optional: true,
    example: { system_prompt: null, mode: 'plan' },
  })
  readonly config?: BranchConfigPatch;
}

export class CompareBranches {
  @Text({ about: 'The branch to compare with; the active one by default.', ...id, optional: true })
  readonly base?: BranchId;
  @Text({ about: 'The branch that is compared; the active one by default.', ...id, optional: true })
  readonly head?: BranchId;
  @QueryInt({ about: 'Ids of each branch in the answer.', min: 1, max: 200, default: 50 })
  readonly limit!: number;
  @Cursor([50])
  readonly cursor?: string;
}
