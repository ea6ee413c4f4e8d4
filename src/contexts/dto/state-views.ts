import {
  Choice,
  Component,
  Flag,
  Id,
  Int,
  NestedList,
  Text,
  taggedUnion,
  type Class,
} from '../../http/fields.js';
import { stages, type StateType } from '../context-state.js';

export const waitingReasons = ['input', 'tool_approval', 'depth_limit'] as const;

/** Declares `type` on a view as the one text that it can be. */
const of = (type: StateType): PropertyDecorator =>
  Choice({ about: 'Which state it is.', values: [type], example: type });

@Component({ about: 'Created; no message yet.' })
class InitialState {
  @of('initial') readonly type!: 'initial';
}

@Component({ about: 'A message was accepted and is being prepared.' })
class ActiveState {
  @of('active') readonly type!: 'active';
  @Choice({ about: 'What is being done with the message.', values: stages, example: 'validating' })
  readonly stage!: string;
}

@Component({ about: 'The model was called; nothing has come back yet.' })
class AwaitingLlmState {
  @of('awaiting_llm') readonly type!: 'awaiting_llm';
  @Id({ about: 'This call to the model.' }) readonly request_id!: string;
  @Int({ about: 'From 1; each further try is one more.', min: 1, example: 1 }) readonly attempt!: number;
}

@Component({ about: 'Chunks of the answer are arriving.' })
class StreamingResponseState {
  @of('streaming_response') readonly type!: 'streaming_response';
  @Id({ about: 'The message that is streaming.' }) readonly message_id!: string;
  @Int({ about: 'Its last chunk so far.', min: 0, example: 42 }) readonly sequence!: number;
}

@Component({ about: 'Approved tool calls are being executed.' })
class ProcessingToolState {
  @of('processing_tool') readonly type!: 'processing_tool';
  @Text({ about: 'The call that is being executed.', max: 1000 }) readonly tool_id!: string;
  @Text({ about: 'Its tool.', max: 1000 }) readonly tool_name!: string;
  @Int({ about: 'Rounds of tool calls in this turn, from 1.', min: 1 }) readonly depth!: number;
  @Int({ about: 'Calls of this round that are done.', min: 0 }) readonly done!: number;
  @Int({ about: 'Calls of this round.', min: 1 }) readonly total!: number;
}

@Component({ about: 'A workflow is running.' })
class ProcessingWorkflowState {
  @of('processing_workflow') readonly type!: 'processing_workflow';
  @Text({ about: 'The workflow.', max: 1000 }) readonly workflow_id!: string;
  @Text({ about: 'Its execution.', max: 1000 }) readonly execution_id!: string;
  @Int({ about: 'The step under way; 0 before the first.', min: 0 }) readonly step!: number;
}

@Component({ name: 'PendingToolCall', about: 'A tool call that waits for the user’s decision.' })
class PendingCallView {
  @Text({ about: 'The call.', max: 1000 }) readonly tool_call_id!: string;
  @Text({ about: 'Its tool.', max: 1000 }) readonly tool_name!: string;
}

@Component({ about: 'The turn is the user’s.' })
class AwaitingUserState {
  @of('awaiting_user') readonly type!: 'awaiting_user';
  @Choice({ about: 'What for.', values: waitingReasons, example: 'input' }) readonly reason!: string;
  @NestedList(() => PendingCallView, {
    about: 'With `tool_approval`: what is to be decided.',
    maxItems: 1000,
    optional: true,
  })
  readonly pending?: readonly PendingCallView[];
}

@Component({ about: 'The last run failed. What it produced is kept.' })
class ErrorState {
  @of('error') readonly type!: 'error';
  @Text({ about: 'Why, for a program.', max: 100, example: 'interrupted' }) readonly code!: string;
  @Text({ about: 'Why, for a person.', max: 2000 }) readonly message!: string;
  @Flag({ about: 'The same may go well on a retry.' }) readonly retryable!: boolean;
}

@Component({ about: 'Read-only until it is restored.' })
class ArchivedState {
  @of('archived') readonly type!: 'archived';
}

const classes: Readonly<Record<StateType, Class>> = {
  initial: InitialState,
  active: ActiveState,
  awaiting_llm: AwaitingLlmState,
  streaming_response: StreamingResponseState,
  processing_tool: ProcessingToolState,
  processing_workflow: ProcessingWorkflowState,
  awaiting_user: AwaitingUserState,
  error: ErrorState,
  archived: ArchivedState,
};

/** The names of the states. */
export const stateTypes = Object.keys(classes) as readonly StateType[];

/** A context's state; `type` says which. */
export const ContextStateView = taggedUnion('ContextState', 'type', classes, {
  about: 'Where a context stands; `type` says which fields there are.',
});
