import {
  Choice,
  type Class,
  Component,
  Id,
  Int,
  Nested,
  samples,
  taggedUnion,
  Text,
  Timestamp,
} from '../../http/fields.js';
import type { BranchId, ContextId, MessageId } from '../../kernel/ids.js';
import * as kinds from '../message-kinds.js';
import { MessageMetadataView } from './metadata.js';
import { classOfEachKind, declareUnknownKind } from './payload.js';

/** What every message has beside its kind and data. */
class MessageFieldsView implements kinds.MessageFields {
  @Id({ about: 'The message.', example: samples.message })
  readonly id!: MessageId;

  @Id({ about: 'The context that it belongs to.' })
  readonly context_id!: ContextId;

  @Text({
    about: 'The branch that it was created on: `main`, or the id of a fork.',
    max: 36,
    example: 'main',
  })
  readonly branch!: BranchId;

  @Id({ about: 'The message before it; null for the first.', nullable: true })
  readonly parent_id!: MessageId | null;

  @Int({ about: 'Its place in its chain, from 1.', min: 1, example: 3 })
  readonly depth!: number;

  @Choice({ about: 'Who speaks.', values: kinds.messageRoles, example: 'user' })
  readonly role!: kinds.MessageRole;

  @Choice({
    about: 'Only a `streaming` message may still change; the other statuses are final.',
    values: kinds.messageStatuses,
    example: 'complete',
  })
  readonly status!: kinds.MessageStatus;

  @Nested(() => MessageMetadataView, { about: 'Facts about the message.' })
  readonly metadata!: MessageMetadataView;

  @Int({ about: "The context's revision at which it was added or became final.", min: 1, example: 57 })
  readonly revision!: number;

  @Timestamp({ about: 'When it was added.', example: '2026-01-31T12:00:00.000Z' })
  readonly created_at!: string;
}

const messageClasses = classOfEachKind(
  'Message',
  (name) => ({ [name]: class extends MessageFieldsView {} })[name] as Class,
);

@Component({ about: 'A message of a kind that this version does not know, kept whole.' })
class UnknownMessage extends MessageFieldsView {}
declareUnknownKind(UnknownMessage);

/** A message as answers show it: `@NestedList(() => MessageView, …)`, `@ApiOkResponse({ type: MessageView })`. */
export const MessageView = taggedUnion('Message', 'kind', messageClasses, {
  rest: UnknownMessage,
  about:
    'A message; `kind` says what its `data` is. Kinds that a reader does not know are kept whole and shown by `metadata.display_hint`.',
});
