import {
  Component,
  Flag,
  Id,
  IdList,
  Int,
  NestedList,
  QueryIds,
  QueryInt,
  samples,
  Text,
} from '../../http/fields.js';
import { DomainError } from '../../kernel/domain-error.js';
import type { BranchId, MessageId } from '../../kernel/ids.js';
import type { Message } from '../message-kinds.js';
import { MessageView } from './message-view.js';

const maxPage = 200;
/** Ids in one batch; their text fits in any server's limit for an address. */
const maxBatch = 100;

/** Three pulls share the address: a batch (`ids`), what changed (`changed_since`), and a page of a branch. */
export class PullMessages {
  @QueryIds({
    about: 'A batch: these messages, in this order; commas between the ids.',
    maxItems: maxBatch,
    optional: true,
  })
  readonly ids?: readonly MessageId[];

  @QueryInt({
    about: 'What changed after this revision; 0 for everything.',
    min: 0,
    max: Number.MAX_SAFE_INTEGER,
    optional: true,
    example: 56,
  })
  readonly changed_since?: number;

  @Text({
    about: 'A page of this branch instead of the active one.',
    min: 1,
    max: 36,
    pattern: /^[\w-]+$/,
    optional: true,
    example: 'main',
  })
  readonly branch?: BranchId;

  @Id({ about: 'The page of messages before this one.', optional: true })
  readonly before?: MessageId;

  @Id({ about: 'The page of messages after this one.', optional: true })
  readonly after?: MessageId;

  @QueryInt({
    about: 'Messages in the answer, of a page or of changes.',
    min: 1,
    max: maxPage,
    default: 50,
  })
  readonly limit!: number;
}

export type Pull =
  | { readonly kind: 'batch'; readonly ids: readonly MessageId[] }
  | { readonly kind: 'changes'; readonly since: number; readonly limit: number }
  | {
      readonly kind: 'page';
      readonly branch?: BranchId;
      readonly before?: MessageId;
      readonly after?: MessageId;
      readonly limit: number;
    };

/** Which of the three was asked for; `invalid_request` when it is more than one. */
export function whichPull(query: PullMessages): Pull {
  const { ids, changed_since: since, branch, before, after, limit } = query;
  const isPage = branch !== undefined || before !== undefined || after !== undefined;
  if (ids !== undefined) {
    if (since !== undefined || isPage) throw mixed('ids', 'stands alone');
    return { kind: 'batch', ids };
  }
  if (since !== undefined) {
    if (isPage) throw mixed('changed_since', 'goes with limit alone');
    return { kind: 'changes', since, limit };
  }
  if (before !== undefined && after !== undefined) throw mixed('before', 'does not go with after');
  return { kind: 'page', branch, before, after, limit };
}

const mixed = (path: string, message: string): DomainError =>
  new DomainError('invalid_request', `${path} ${message}.`, { errors: [{ path, message }] });

@Component({ about: 'The messages that were asked for by their ids.' })
export class MessageBatch {
  @NestedList(() => MessageView, { about: 'Those that were found, in the order asked.', maxItems: maxBatch })
  readonly messages!: readonly Message[];
  @Int({ about: 'Ids asked for; a repeated one counts once.', min: 0, example: 2 })
  readonly requested_count!: number;
  @Int({ about: 'Messages found.', min: 0, example: 1 }) readonly found_count!: number;
  @IdList({
    about: 'Ids that are no message of this context.',
    maxItems: maxBatch,
    example: [samples.earlierMessage],
  })
  readonly missing!: readonly MessageId[];
}

@Component({ about: 'What changed since a revision.' })
export class MessageChanges {
  @NestedList(() => MessageView, {
    about: 'Messages added or made final since, oldest change first.',
    maxItems: maxPage,
  })
  readonly messages!: readonly Message[];
  @IdList({
    about:
      'Messages removed since, with the last branch that had them. Empty when everything is asked for: nobody has them then.',
    maxItems: maxPage,
    example: [],
  })
  readonly deleted!: readonly MessageId[];
  @Int({ about: 'The cursor to come back with.', min: 0, example: 57 }) readonly revision!: number;
  @Flag({ about: 'More changes wait: pull again with `revision`.' }) readonly has_more!: boolean;
}

@Component({ name: 'Alternative', about: 'A message that follows on the same messages as another.' })
export class AlternativeView {
  @Id({ about: 'The message.' }) readonly message_id!: MessageId;
  @Text({ about: 'A branch that shows it, for `switch_branch`.', max: 36, example: 'main' })
  readonly branch!: BranchId;
}

@Component({ name: 'Siblings', about: 'What could stand in the place of a message: “2 of 3”.' })
export class SiblingsView {
  @Id({ about: 'The message of the page.' }) readonly message_id!: MessageId;
  @Int({ about: 'Its place among the alternatives, from 1.', min: 1, example: 2 }) readonly position!: number;
  @NestedList(() => AlternativeView, {
    about: 'All of them, itself too, in the order in which they were written.',
    maxItems: 10_000,
  })
  readonly alternatives!: readonly AlternativeView[];
}

@Component({ about: 'A page of a branch.' })
export class MessagePage {
  @Text({ about: 'The branch it is a page of.', max: 36, example: 'main' }) readonly branch!: BranchId;
  @NestedList(() => MessageView, { about: 'Messages, oldest first.', maxItems: maxPage })
  readonly messages!: readonly Message[];
  @NestedList(() => SiblingsView, {
    about: 'Of those messages of the page in whose place other branches have another; empty for one branch.',
    maxItems: maxPage,
  })
  readonly siblings!: readonly SiblingsView[];
  @Flag({ about: 'There are more: newer ones with `after`, older ones otherwise.' })
  readonly has_more!: boolean;
}
