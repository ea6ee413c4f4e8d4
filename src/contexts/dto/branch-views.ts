import { toTimestamp } from '../../kernel/clock.js';
import {
  Component,
  Id,
  IdList,
  Int,
  Nested,
  NestedList,
  samples,
  Text,
  Timestamp,
} from '../../http/fields.js';
import { readBranchConfig } from '../branch-config.js';
import type { BranchEntity } from '../branch.entity.js';
import { BranchConfigFields } from './branch-config-fields.js';

/** What lists of branches read: their configs may be long. */
export type ListedBranch = Omit<BranchEntity, 'config' | 'context_id' | 'deleted_at' | 'first_user_depth'>;

@Component({ name: 'Branch', about: 'A named head: the line of messages that ends with it is the branch.' })
export class BranchView {
  @Text({ about: '`main`, or the id of a fork.', max: 36, example: 'main' }) readonly id!: string;
  @Text({ about: 'What people call it.', max: 300, example: 'main' }) readonly name!: string;
  @Text({
    about: 'The branch it was forked from, which may have been deleted since; null when it began anew.',
    max: 36,
    nullable: true,
  })
  readonly parent_branch!: string | null;
  @Int({ about: 'How many of the first messages it has from that.', min: 0, example: 0 })
  readonly fork_depth!: number;
  @Id({ about: 'Its newest message.', nullable: true }) readonly head_message_id!: string | null;
  @Int({ about: 'Messages on its line.', min: 0, example: 2 }) readonly message_count!: number;
  @Timestamp({ about: 'When it was made.' }) readonly created_at!: string;

  static of(branch: ListedBranch): BranchView {
    return {
      id: branch.id,
      name: branch.name,
      parent_branch: branch.parent_branch,
      fork_depth: branch.fork_depth,
      head_message_id: branch.head_message_id,
      message_count: branch.head_depth,
      created_at: toTimestamp(branch.created_at),
    };
  }
}

@Component({ about: 'A branch with what it has otherwise than its context.' })
export class BranchWithConfig extends BranchView {
  @Nested(() => BranchConfigFields, {
    about: 'What it has otherwise than its context.',
    example: { system_prompt: 'Answer in one sentence.' },
  })
  readonly config!: BranchConfigFields;

  static whole(branch: BranchEntity): BranchWithConfig {
    return { ...BranchView.of(branch), config: readBranchConfig(branch) };
  }
}

@Component({ about: 'The branches of a context.' })
export class BranchList {
  @NestedList(() => BranchView, { about: 'All of them, oldest first.', maxItems: 10_000 })
  readonly branches!: readonly BranchView[];
  @Text({ about: 'The one that is shown.', max: 36, example: 'main' }) readonly active_branch!: string;
  @Int({ about: 'The revision of the context.', min: 1, example: 57 }) readonly revision!: number;
}

@Component({ about: 'What two branches have in common, and what each has alone.' })
export class BranchComparison {
  @Text({ about: 'The branch compared with.', max: 36, example: 'main' }) readonly base!: string;
  @Text({ about: 'The branch compared.', max: 36, example: samples.request }) readonly head!: string;
  @Id({ about: 'The last message of what both begin with; null when they begin otherwise.', nullable: true })
  readonly common_ancestor!: string | null;
  @Int({ about: 'Messages that both begin with.', min: 0, example: 2 }) readonly common_count!: number;
  @Int({ about: 'Messages that the base has and the head has not.', min: 0, example: 1 })
  readonly base_only_count!: number;
  @Int({ about: 'Messages that the head has and the base has not.', min: 0, example: 1 })
  readonly head_only_count!: number;
  @IdList({ about: 'Those of the base, in its order.', maxItems: 200, example: [samples.message] })
  readonly base_only!: readonly string[];
  @IdList({ about: 'Those of the head, in its order.', maxItems: 200, example: [samples.earlierMessage] })
  readonly head_only!: readonly string[];
  @Text({ about: 'Asks for the next ids of both; null on the last page.', max: 500, nullable: true })
  readonly next_cursor!: string | null;
}
