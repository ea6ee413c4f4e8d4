import { branchName } from '../../contexts/dto/branch-requests.js';
import { Choice, Component, IdList, Int, Rule, samples, Text } from '../../http/fields.js';
import type { BranchId, MessageId } from '../../kernel/ids.js';
import { Accepted } from '../dto/action-requests.js';
import { mergeStrategies, type MergeStrategy } from './merge-plan.js';

const branch = { min: 1, max: 36, pattern: /^[\w-]+$/, example: 'main' };

@Component({
  about: 'Which messages to put on which branch.',
  example: { source: samples.request, target: 'main', strategy: 'append' },
})
export class MergeBranch {
  @Text({ about: 'The branch that has the messages.', ...branch, example: samples.request })
  readonly source!: BranchId;

  @Text({ about: 'The branch that is to have them; the active one by default.', ...branch, optional: true })
  readonly target?: BranchId;

  @Rule<MergeBranch>(({ strategy, message_ids }) => misplacedIds(strategy, message_ids))
  @Choice({
    about:
      '`append`: all that the source has and the target has not, behind the target’s. `cherry_pick`: of these the chosen ones. `rebase`: a new branch that is the source and then what only the target has.',
    values: mergeStrategies,
    example: 'append',
  })
  readonly strategy!: MergeStrategy;

  @IdList({
    about: 'The chosen messages, of `cherry_pick` alone; the order is the source’s.',
    minItems: 1,
    maxItems: 200,
    optional: true,
  })
  readonly message_ids?: readonly MessageId[];

  @Text({
    about: 'What to call the branch that `rebase` makes.',
    ...branchName,
    optional: true,
    example: 'Both together',
  })
  readonly name?: string;
}

function misplacedIds(strategy: string, ids: readonly MessageId[] | undefined): string | undefined {
  if (strategy === 'cherry_pick') return ids ? undefined : 'needs message_ids';
  return ids ? 'does not go with message_ids' : undefined;
}

@Component({ about: 'Branches were merged: where the context stands now.' })
export class MergeAccepted extends Accepted {
  @Text({ about: 'The branch that has the messages: the target, or the new one.', max: 36, example: 'main' })
  readonly branch!: string;
  @Int({ about: 'Messages that came to it.', min: 0, example: 2 }) readonly merged_count!: number;
}
