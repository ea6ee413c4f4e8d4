import type { ContextState } from '../../contexts/context-state.js';
import { ContextStateView } from '../../contexts/dto/state-views.js';
import {
  Choice,
  Component,
  Id,
  Int,
  Nested,
  NestedList,
  QueryFlag,
  QueryInt,
  samples,
  Text,
  Timestamp,
  Cursor,
} from '../../http/fields.js';
import type { DeletionReason } from '../deleted-context.entity.js';

export class DeleteContext {
  @QueryFlag({
    about:
      'At once and for good, without a time of grace; then a context that is deleted already goes too, and the answer comes when nothing of it is left.',
    optional: true,
  })
  readonly purge?: boolean;
}

export class ListDeletedContexts {
  @QueryInt({ about: 'Contexts per page.', min: 1, max: 200, default: 50 })
  readonly limit!: number;

  @Cursor([Date.parse(samples.time), samples.context])
  readonly cursor?: string;
}

@Component({ name: 'DeletedContext', about: 'A context that is deleted and can still come back.' })
export class DeletedContextView {
  @Id({ about: 'The context.', example: samples.context }) readonly id!: string;
  @Text({ about: 'Its title.', max: 300, nullable: true, example: 'Leases explained' }) readonly title!:
    string | null;
  @Choice({
    about: 'Somebody asked for it, or its time to live was over.',
    values: ['requested', 'expired'],
    example: 'requested',
  })
  readonly reason!: DeletionReason;
  @Timestamp({ about: 'When it was deleted.' }) readonly deleted_at!: string;
  @Timestamp({ about: 'From when on it cannot come back.' }) readonly purge_at!: string;
}

@Component({ about: 'Deleted contexts, the last deleted first.' })
export class DeletedContextList {
  @NestedList(() => DeletedContextView, { about: 'One page.', maxItems: 200 })
  readonly contexts!: readonly DeletedContextView[];
  @Text({ about: 'Where the next page begins; null on the last.', max: 500, nullable: true })
  readonly next_cursor!: string | null;
}

/** A command without facts of its own. */
export class Undelete {}

@Component({ name: 'UndeleteAccepted', about: 'The context is there again.' })
export class UndeletedView {
  @Id({ about: 'The context.' }) readonly context_id!: string;
  @Nested(() => ContextStateView, {
    about: 'Its state.',
    example: { type: 'awaiting_user', reason: 'input' },
  })
  readonly state!: ContextState;
  @Int({ about: 'Its revision.', min: 1, example: 59 }) readonly revision!: number;
}
