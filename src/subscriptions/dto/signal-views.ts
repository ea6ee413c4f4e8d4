import { StreamCursor } from '../../contexts/dto/context-views.js';
import { stages } from '../../contexts/context-state.js';
import { stateTypes, waitingReasons } from '../../contexts/dto/state-views.js';
import {
  Choice,
  Component,
  Id,
  Int,
  Nested,
  NestedList,
  samples,
  taggedUnion,
  Text,
  TextList,
  Timestamp,
} from '../../http/fields.js';
import { messageRoles, messageStatuses } from '../../messages/message-kinds.js';

const type = (value: string): PropertyDecorator =>
  Choice({ about: 'Which signal it is.', values: [value], example: value });
const id = (about: string, example?: string): PropertyDecorator =>
  Text({ about, max: 128, optional: true, ...(example && { example }) });

class NoticeView {
  @Timestamp({ about: 'When it was sent.' }) readonly timestamp!: string;
}

class ContextSignalView extends NoticeView {
  @Id({ about: 'The context.' }) readonly context_id!: string;
  @Int({ about: 'Its revision once this was committed: pull what changed since yours.', min: 1, example: 57 })
  readonly revision!: number;
}

@Component({ name: 'StateInSignal', about: 'A state as signals show it: its type and ids, never content.' })
class StateInSignalView {
  @Choice({ about: 'Which state it is.', values: stateTypes, example: 'streaming_response' })
  readonly type!: string;
  @Choice({ about: 'Of `active`.', values: stages, optional: true }) readonly stage?: string;
  @id('Of `awaiting_llm`.') readonly request_id?: string;
  @id('Of `streaming_response`.', samples.message) readonly message_id?: string;
  @id('Of `processing_tool`: the call.') readonly tool_id?: string;
  @id('Of `processing_workflow`.') readonly workflow_id?: string;
  @id('Of `processing_workflow`.') readonly execution_id?: string;
  @Choice({ about: 'Of `awaiting_user`.', values: waitingReasons, optional: true }) readonly reason?: string;
  @id('Of `error`.') readonly code?: string;
}

@Component({ about: 'The first of every connection: where the context stands, and so what to pull.' })
class SnapshotSignal extends ContextSignalView {
  @type('snapshot') readonly type!: 'snapshot';
  @Nested(() => StateInSignalView, { about: 'The state.' }) readonly state!: StateInSignalView;
  @NestedList(() => StreamCursor, { about: 'The messages that are streaming.', maxItems: 1 })
  readonly streaming!: readonly StreamCursor[];
}

@Component({ about: 'The state moved.' })
class StateChangedSignal extends ContextSignalView {
  @type('state_changed') readonly type!: 'state_changed';
  @Nested(() => StateInSignalView, {
    about: 'The state before.',
    example: { type: 'active', stage: 'preparing_request' },
  })
  readonly previous_state!: StateInSignalView;
  @Nested(() => StateInSignalView, {
    about: 'The state now.',
    example: { type: 'awaiting_llm', request_id: samples.request },
  })
  readonly new_state!: StateInSignalView;
}

class MessageSignalView extends ContextSignalView {
  @Id({ about: 'The message.' }) readonly message_id!: string;
  @Text({ about: 'Its kind.', max: 64, example: 'text' }) readonly kind!: string;
  @Choice({ about: 'Who speaks.', values: messageRoles, example: 'user' }) readonly role!: string;
}

@Component({ about: 'A message was added.' })
class MessageCreatedSignal extends MessageSignalView {
  @type('message_created') readonly type!: 'message_created';
}

@Component({ about: 'Something about a streaming message changed, other than its chunks.' })
class MessageUpdatedSignal extends MessageSignalView {
  @type('message_updated') readonly type!: 'message_updated';
}

@Component({ about: 'A message became final.' })
class MessageCompletedSignal extends MessageSignalView {
  @type('message_completed') readonly type!: 'message_completed';
  @Int({ about: 'Its last chunk.', min: 0, example: 42 }) readonly final_sequence!: number;
  @Choice({ about: 'What became of it.', values: messageStatuses, example: 'complete' })
  readonly status!: string;
}

@Component({ about: 'A streaming message has more chunks. A newer one stands for those before it.' })
class ContentDeltaSignal extends ContextSignalView {
  @type('content_delta') readonly type!: 'content_delta';
  @Id({ about: 'The message.' }) readonly message_id!: string;
  @Int({ about: 'Its last chunk: pull what comes after yours.', min: 1, example: 42 })
  readonly current_sequence!: number;
}

@Component({ about: 'Fields of the context changed.' })
class ContextUpdatedSignal extends ContextSignalView {
  @type('context_updated') readonly type!: 'context_updated';
  @TextList({ about: 'The fields that changed.', max: 64, maxItems: 16, example: ['title'] })
  readonly changed!: readonly string[];
}

@Component({ about: 'The context is gone.' })
class ContextDeletedSignal extends ContextSignalView {
  @type('context_deleted') readonly type!: 'context_deleted';
  @TextList({ about: 'Nothing is left.', max: 64, maxItems: 0, example: [] })
  readonly changed!: readonly string[];
}

@Component({
  about:
    'The caller’s session changed, on another device perhaps. Only on streams of everything, and first on them.',
})
class SessionUpdatedSignal extends NoticeView {
  @type('session_updated') readonly type!: 'session_updated';
  @Int({ about: 'Its revision: pull it when yours is older.', min: 1, example: 7 })
  readonly revision!: number;
}

@Component({ about: 'Signals had to be dropped: pull from your cursors.' })
class ResyncSignal extends NoticeView {
  @type('resync') readonly type!: 'resync';
  @Text({ about: 'Why signals were dropped. Pull from your cursors.', max: 64, example: 'too_many_pending' })
  readonly reason!: string;
  @Id({ about: 'Of one context only; without it, of all that this stream follows.', optional: true })
  readonly context_id?: string;
  @Int({ about: 'Its revision.', min: 1, optional: true }) readonly revision?: number;
}

@Component({ about: 'The connection is alive.' })
class HeartbeatSignal extends NoticeView {
  @type('heartbeat') readonly type!: 'heartbeat';
}

/** What an event of a stream carries as `data`. */
export const SignalEvent = taggedUnion(
  'Signal',
  'type',
  {
    snapshot: SnapshotSignal,
    state_changed: StateChangedSignal,
    message_created: MessageCreatedSignal,
    message_updated: MessageUpdatedSignal,
    message_completed: MessageCompletedSignal,
    content_delta: ContentDeltaSignal,
    context_updated: ContextUpdatedSignal,
    context_deleted: ContextDeletedSignal,
    session_updated: SessionUpdatedSignal,
    resync: ResyncSignal,
    heartbeat: HeartbeatSignal,
  },
  { about: 'That something changed, never what: ids and cursors to pull with. Under 1 KB.' },
);
