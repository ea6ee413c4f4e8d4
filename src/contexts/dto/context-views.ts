import { toTimestamp } from '../../kernel/clock.js';
import type { MessageId } from '../../kernel/ids.js';
import {
  Component,
  Id,
  IdList,
  Int,
  Nested,
  NestedList,
  samples,
  Text,
  TextList,
  Timestamp,
  NextCursor,
} from '../../http/fields.js';
import { allowedActions, type Action } from '../allowed-actions.js';
import type { ContextState } from '../context-state.js';
import type { ContextAtGlance } from '../contexts.pull.js';
import { BranchView, type ListedBranch } from './branch-views.js';
import { ContextConfigFields } from './config-fields.js';
import { ContextStateView } from './state-views.js';

const streaming = { type: 'streaming_response', message_id: samples.message, sequence: 42 };

@Component({ about: 'How far a streaming message has got.' })
export class StreamCursor {
  @Id({ about: 'The message that is streaming.' }) readonly message_id!: string;
  @Int({ about: 'Its last chunk: pull what comes after yours.', min: 0, example: 42 })
  readonly current_sequence!: number;
}

@Component({
  name: 'ContextMetadata',
  about: 'A context’s light view: what a list or a header shows, and the cursors.',
})
export class MetadataView {
  @Id({ about: 'The context.', example: samples.context }) readonly id!: string;
  @Text({ about: 'Its title.', max: 300, nullable: true, example: 'Leases explained' }) readonly title!:
    string | null;
  @Nested(() => ContextStateView, { about: 'Its state.', example: streaming }) readonly state!: ContextState;
  @Text({ about: 'The branch that is shown.', max: 36, example: 'main' }) readonly active_branch!: string;
  @Int({ about: 'Messages in the active branch.', min: 0, example: 2 }) readonly message_count!: number;
  @Int({ about: 'The cursor of everything but the inside of a streaming message.', min: 1, example: 57 })
  readonly revision!: number;
  @Text({ about: 'The model it asks; null for the deployment’s default.', max: 200, nullable: true })
  readonly model!: string | null;
  @Text({ about: 'Its mode of work.', max: 64, nullable: true }) readonly mode!: string | null;
  @NestedList(() => StreamCursor, {
    about: 'The messages that are streaming, each with its cursor.',
    maxItems: 1,
  })
  readonly streaming!: readonly StreamCursor[];
  @Timestamp({ about: 'When it was created.' }) readonly created_at!: string;
  @Timestamp({ about: 'When it last changed.' }) readonly updated_at!: string;

  static of(context: ContextAtGlance): MetadataView {
    return {
      id: context.id,
      title: context.title,
      state: context.state,
      active_branch: context.active_branch,
      message_count: context.message_count,
      revision: context.revision,
      model: context.config.model ?? null,
      mode: context.config.mode ?? null,
      streaming: context.streaming,
      created_at: toTimestamp(context.created_at),
      updated_at: toTimestamp(context.updated_at),
    };
  }
}

@Component({ name: 'Context', about: 'A context, whole but for its messages.' })
export class ContextView extends MetadataView {
  @Nested(() => ContextConfigFields, { about: 'How it is answered.' }) readonly config!: ContextConfigFields;
  @NestedList(() => BranchView, { about: 'Its branches, oldest first.', maxItems: 10_000 })
  readonly branches!: readonly BranchView[];
  @TextList({
    about: 'What may be asked of it now.',
    max: 40,
    maxItems: 40,
    example: ['cancel', 'switch_branch', 'generate_title'],
  })
  readonly allowed_actions!: readonly Action[];

  @IdList({
    about: 'The messages that the model is always sent, in the order in which they were pinned.',
    maxItems: 10_000,
    example: [],
  })
  readonly pinned!: readonly MessageId[];

  static whole(
    context: ContextAtGlance,
    branches: readonly ListedBranch[],
    pinned: readonly MessageId[],
  ): ContextView {
    return {
      ...MetadataView.of(context),
      config: context.config,
      branches: branches.map((branch) => BranchView.of(branch)),
      allowed_actions: allowedActions(context),
      pinned,
    };
  }
}

@Component({ name: 'CurrentState', about: 'A context’s state alone, with what may be asked of it.' })
export class StateView {
  @Id({ about: 'The context.' }) readonly context_id!: string;
  @Nested(() => ContextStateView, { about: 'Its state.', example: streaming }) readonly state!: ContextState;
  @TextList({
    about: 'What may be asked of it now.',
    max: 40,
    maxItems: 40,
    example: ['cancel', 'switch_branch', 'generate_title'],
  })
  readonly allowed_actions!: readonly Action[];
  @Int({ about: 'Its revision.', min: 1, example: 57 }) readonly revision!: number;
}

@Component({ about: 'A page of contexts.' })
export class ContextList {
  @NestedList(() => MetadataView, { about: 'One page, newest activity first.', maxItems: 200 })
  readonly contexts!: readonly MetadataView[];
  @NextCursor()
  readonly next_cursor!: string | null;
}
