import { BranchConfigFields } from '../../contexts/dto/branch-config-fields.js';
import { branchName } from '../../contexts/dto/branch-requests.js';
import { ContextConfigFields } from '../../contexts/dto/config-fields.js';
import { ContextStateView } from '../../contexts/dto/state-views.js';
import type { PlacedPart } from '../../contexts/branch-tree.js';
import type { ContextState } from '../../contexts/context-state.js';
import { Choice, Component, Id, Int, Nested, NestedList, Text, Timestamp } from '../../http/fields.js';
import type { BranchId, ContextId, MessageId } from '../../kernel/ids.js';
import { MessageView } from '../../messages/dto/message-view.js';
import type { Message } from '../../messages/message-kinds.js';
import type { BranchRecord, ContextFacts, PinRecord, RemovedRecord } from './record-kinds.js';

const branchId = { max: 36, pattern: /^(main|[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12})$/ } as const;
const says = 'must be main or an id';
const title = { min: 1, max: 300, pattern: /^[^\p{Cc}\p{Cs}]*$/u } as const;

/** What a record says of its context; held against these rules before anything of it is written. */
@Component({ name: 'ContextFacts', about: 'What a file says of its context.' })
export class ContextFactsFields implements ContextFacts {
  @Id({ about: 'The context.' }) readonly id!: ContextId;
  @Text({ about: 'Its title.', ...title, nullable: true }) readonly title!: string | null;
  @Choice({ about: 'Who gave it.', values: ['user', 'generated'], nullable: true })
  readonly title_source!: 'user' | 'generated' | null;
  @Nested(() => ContextConfigFields, { about: 'How it is answered.' }) readonly config!: ContextConfigFields;
  @Nested(() => ContextStateView, { about: 'Where it stands.' }) readonly state!: ContextState;
  @Text({ about: 'The branch that is shown.', ...branchId, says }) readonly active_branch!: BranchId;
  @Int({ about: 'Its revision.', min: 1 }) readonly revision!: number;
  @Timestamp({ about: 'When it was created.' }) readonly created_at!: string;
  @Timestamp({ about: 'When it last changed.' }) readonly updated_at!: string;
}

@Component({ name: 'BranchPart', about: 'Messages of another branch that stand on this one.' })
class PartFields implements PlacedPart {
  @Int({ about: 'Where it stands on the branch.', example: 3, min: 1, max: 100_000_000 })
  readonly depth!: number;
  @Int({ about: 'Messages that it has.', example: 2, min: 1, max: 100_000_000 }) readonly length!: number;
  @Text({ about: 'Where they were written.', ...branchId, says }) readonly source_branch!: BranchId;
  @Int({ about: 'The first of them there.', min: 1, max: 100_000_000 }) readonly source_depth!: number;
}

@Component({ name: 'Pin', about: 'A message that the model is always sent.' })
export class PinFields implements PinRecord {
  @Id({ about: 'The message.' }) readonly message_id!: MessageId;
  @Timestamp({ about: 'Since when.' }) readonly created_at!: string;
}

@Component({ name: 'RemovedMessage', about: 'A message that has left the pool.' })
export class RemovedFields implements RemovedRecord {
  @Id({ about: 'The message.' }) readonly id!: MessageId;
  @Int({ about: 'The revision at which it left.', min: 1 }) readonly revision!: number;
}

@Component({ name: 'BranchFacts', about: 'What a file says of a branch.' })
export class BranchFields implements BranchRecord {
  @Text({ about: 'The branch.', ...branchId, says }) readonly id!: BranchId;
  @Text({ about: 'Its name.', ...branchName }) readonly name!: string;
  @Text({ about: 'What it was forked from.', ...branchId, says, nullable: true })
  readonly parent_branch!: BranchId | null;
  @Int({ about: 'Where it leaves that branch.', min: 0, max: 100_000_000 }) readonly fork_depth!: number;
  @Id({ about: 'Its newest message.', nullable: true }) readonly head_message_id!: MessageId | null;
  @Int({ about: 'Messages in its chain.', min: 0, max: 100_000_000 }) readonly head_depth!: number;
  @Timestamp({ about: 'When it was made.' }) readonly created_at!: string;
  @Nested(() => BranchConfigFields, { about: 'What it has otherwise than its context.' })
  readonly config!: BranchConfigFields;
  @Timestamp({ about: 'When it was deleted.', nullable: true }) readonly deleted_at!: string | null;
  @NestedList(() => PartFields, { about: 'What it borrows.', maxItems: 10_000 })
  readonly parts!: readonly PlacedPart[];
}

export class MessageHolder {
  @Nested(() => MessageView, { about: 'The message.' }) readonly message!: Message;
}
