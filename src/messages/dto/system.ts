import {
  AnyJson,
  Choice,
  Component,
  FreeObject,
  Int,
  isLess,
  NestedList,
  Rule,
  Text,
  Timestamp,
} from '../../http/fields.js';
import {
  controlTypes,
  workflowStatuses,
  type ProcessingData as Processing,
  type SystemControlData as SystemControl,
  type WorkflowExecutionData as WorkflowExecution,
} from '../payload-kinds.js';
import { maxContent, maxErrorText, maxForeignId, maxFreeBytes, maxName, maxResultBytes } from './limits.js';

@Component({ about: 'A question of a workflow to the user.' })
export class WorkflowApproval {
  @Text({ about: 'Names it in `approve_tools`.', min: 1, max: maxForeignId, example: 'publish' })
  readonly tool_call_id!: string;
  @Text({ about: 'The question.', max: maxContent, example: 'Publish these notes?' })
  readonly question!: string;
}

@Component({ about: 'How far a workflow is.' })
export class WorkflowExecutionData implements WorkflowExecution {
  @Text({ about: 'Name of the workflow.', min: 1, max: maxName, example: 'release_notes' })
  readonly workflow_name!: string;

  @Text({ about: 'Id of this execution.', min: 1, max: maxForeignId, example: 'execution_1' })
  readonly execution_id!: string;

  @Choice({ about: 'How far it is.', values: workflowStatuses, example: 'running' })
  readonly workflow_status!: (typeof workflowStatuses)[number];

  @Text({ about: 'The step under way.', max: maxName, optional: true, example: 'collect_commits' })
  readonly current_step?: string;

  @Int({ about: 'Steps of the workflow.', min: 0, example: 3 })
  readonly total_steps!: number;

  @Rule<WorkflowExecutionData>(({ completed_steps, total_steps }) =>
    isLess(total_steps, completed_steps) ? 'must not be more than total_steps' : undefined,
  )
  @Int({ about: 'Steps that are done.', min: 0, example: 1 })
  readonly completed_steps!: number;

  @Timestamp({ about: 'When it began.' })
  readonly started_at!: string;

  @Timestamp({ about: 'When it last moved.' })
  readonly updated_at!: string;

  @NestedList(() => WorkflowApproval, {
    about: 'What the user is asked; answered with `approve_tools`.',
    maxItems: 1000,
    optional: true,
  })
  readonly approvals?: readonly WorkflowApproval[];

  @AnyJson({ about: 'What came of it.', maxBytes: maxResultBytes, optional: true })
  readonly result?: unknown;

  @Text({ about: 'Why it failed.', max: maxErrorText, optional: true })
  readonly error?: string;
}

@Component({ about: 'Something that was asked of the system.' })
export class SystemControlData implements SystemControl {
  @Choice({ about: 'What is asked of the system.', values: controlTypes, example: 'mode_switch' })
  readonly control_type!: (typeof controlTypes)[number];

  @FreeObject({ about: 'How it is asked.', maxBytes: maxFreeBytes, example: { mode: 'plan' } })
  readonly parameters!: Readonly<Record<string, unknown>>;
}

@Component({ about: 'A step that takes long, noted to show that it goes on.' })
export class ProcessingData implements Processing {
  @Text({ about: 'The step that takes long.', min: 1, max: maxName, example: 'indexing' })
  readonly stage!: string;

  @Timestamp({ about: 'When it began.' })
  readonly started_at!: string;

  @FreeObject({ about: 'What is known of it.', maxBytes: maxFreeBytes, example: { files: 120 } })
  readonly metadata!: Readonly<Record<string, unknown>>;
}
