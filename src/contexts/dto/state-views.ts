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

class InitialState {
  @of('initial') readonly type!: 'initial';
}

class ActiveState {
  @of('active') readonly type!: 'active';
  @Choice({ about: 'What is being done with the message.', values: stages, example: 'validating' })
  readonly stage!: string;
}

class AwaitingLlmState {
  @of('awaiting_llm') readonly type!: 'awaiting_llm';
  @Id({ about: 'This call to the model.' }) readonly request_id!: string;
  @Int({ about: 'From 1; each further try is one more.', min: 1, example: 1 }) readonly attempt!: number;
}

class StreamingResponseState {
  @of('streaming_response') readonly type!: 'streaming_response';
  @Id({ about: 'The message that is streaming.' }) readonly message_id!: string;
  @Int({ about: 'Its last chunk so far.', min: 0, example: 42 }) readonly sequence!: number;
}

class ProcessingToolState {
  @of('processing_tool') readonly type!: 'processing_tool';
  @Text({ about: 'The call that is being executed.', max: 1000 }) readonly tool_id!: string;
  @Text({ about: 'Its tool.', max: 1000 }) readonly tool_name!: string;
  @Int({ about: 'Rounds of tool calls in this turn, from 1.', min: 1 }) readonly depth!: number;
  @Int({ about: 'Calls of this round that are done.', min: 0 }) readonly done!: number;
  @Int({ about: 'Calls of this round.', min: 1 }) readonly total!: number;
}

class ProcessingWorkflowState {
  @of('processing_workflow') readonly type!: 'processing_workflow';
  @Text({ about: 'The workflow.', max: 1000 }) readonly workflow_id!: string;
  @Text({ about: 'Its execution.', max: 1000 }) readonly execution_id!: string;
  @Int({ about: 'The step under way; 0 before the first.', min: 0 }) readonly step!: number;
}

@Component({ name: 'PendingToolCall' })
class PendingCallView {
  @Text({ about: 'The call.', max: 1000 }) readonly tool_call_id!: string;
  @Text({ about: 'Its tool.', max: 1000 }) readonly tool_name!: string;
}

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

class ErrorState {
  @of('error') readonly type!: 'error';
  @Text({ about: 'Why, for a program.', max: 100, example: 'interrupted' }) readonly code!: string;
  @Text({ about: 'Why, for a person.', max: 2000 }) readonly message!: string;
  @Flag({ about: 'The same may go well on a retry.' }) readonly retryable!: boolean;
}

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
export const ContextStateView = taggedUnion('ContextState', 'type', classes);
