import {
  AnyJson,
  Choice,
  Component,
  Flag,
  FreeObject,
  Id,
  Int,
  Nested,
  NestedList,
  QueryInt,
  samples,
  Text,
  Timestamp,
  Cursor,
  NextCursor,
} from '../../http/fields.js';
import { WorkflowApproval } from '../../messages/dto/system.js';
import { workflowStatuses, type WorkflowExecutionData } from '../../messages/payload-kinds.js';
import { allSteps } from '../definition/read-workflow.js';
import { inputTypes, kindOf, stepKinds, type StepKind, type Workflow } from '../definition/workflow-kinds.js';

const maxJson = 4_194_304;

@Component({ name: 'WorkflowInput', about: 'Something that a workflow is told at its beginning.' })
class InputView {
  @Text({ about: 'Its name.', max: 64, example: 'topic' }) readonly name!: string;
  @Choice({ about: 'Its type.', values: inputTypes, example: 'string' })
  readonly type!: (typeof inputTypes)[number];
  @Text({ about: 'What it is for.', max: 2000, optional: true }) readonly description?: string;
  @Flag({ about: 'It must be given.', example: true }) readonly required!: boolean;
  @AnyJson({ about: 'What it is when it is not given.', maxBytes: maxJson, optional: true })
  readonly default?: unknown;
  @AnyJson({ about: 'A list of the only values that are taken.', maxBytes: maxJson, optional: true })
  readonly enum?: unknown;
}

@Component({ name: 'WorkflowSummary', about: 'A workflow, as a list shows it.' })
export class WorkflowSummary {
  @Text({ about: 'Its id: the name of its file.', max: 64, example: 'release_notes' }) readonly id!: string;
  @Text({ about: 'What people call it.', max: 200, example: 'Release notes' }) readonly name!: string;
  @Text({ about: 'What it does.', max: 10_000, optional: true }) readonly description?: string;
  @NestedList(() => InputView, { about: 'What it must or may be told.', maxItems: 50 })
  readonly inputs!: readonly InputView[];
  @Int({ about: 'Its steps, not counting those inside others.', min: 1, example: 3 })
  readonly total_steps!: number;

  static of({ id, name, description, inputs, steps }: Workflow): WorkflowSummary {
    return {
      id,
      name,
      ...(description !== undefined && { description }),
      inputs: Object.entries(inputs).map(([input, { required, ...declared }]) => ({
        name: input,
        ...declared,
        required: required ?? declared.default === undefined,
      })),
      total_steps: steps.length,
    };
  }
}

@Component({ name: 'WorkflowStepSummary', about: 'A step of a workflow.' })
class StepSummary {
  @Text({ about: 'Its id.', max: 64, example: 'collect' }) readonly id!: string;
  @Choice({ about: 'What it does.', values: stepKinds, example: 'tool' }) readonly kind!: StepKind;
}

@Component({ name: 'Workflow', about: 'A workflow with its steps.' })
export class WorkflowView extends WorkflowSummary {
  @NestedList(() => StepSummary, { about: 'Every step, each before those inside it.', maxItems: 500 })
  readonly steps!: readonly StepSummary[];
  @FreeObject({ about: 'The workflow as its file says it, with defaults.', maxBytes: maxJson })
  readonly definition!: Readonly<Record<string, unknown>>;

  static whole(workflow: Workflow): WorkflowView {
    return {
      ...WorkflowSummary.of(workflow),
      steps: allSteps(workflow.steps).map(({ step }) => ({ id: step.id, kind: kindOf(step) })),
      definition: { ...workflow },
    };
  }
}

@Component({ about: 'The workflows of this deployment.' })
export class WorkflowList {
  @NestedList(() => WorkflowSummary, { about: 'By their ids.', maxItems: 10_000 })
  readonly workflows!: readonly WorkflowSummary[];
}

@Component({ about: 'What to execute a workflow with.' })
export class ExecuteWorkflow {
  @FreeObject({
    about: 'The inputs by their names.',
    maxBytes: 1_048_576,
    optional: true,
    example: { topic: 'leases' },
  })
  readonly input?: Readonly<Record<string, unknown>>;
  @Id({ about: 'The context to run in; a new one is made when none is given.', optional: true })
  readonly context_id?: string;
}

/** A command without facts of its own. */
export class NoSteering {}

type ExecutionStatus = WorkflowExecutionData['workflow_status'];

@Component({ name: 'WorkflowFailure', about: 'Why a step, or an execution, failed.' })
class FailureView {
  @Text({ about: 'Tells programs.', max: 100, example: 'step_timeout' }) readonly code!: string;
  @Text({ about: 'Tells people.', max: 100_000, example: 'The step took longer than 30000 ms.' })
  readonly message!: string;
}

@Component({ name: 'WorkflowExecutionStep', about: 'One step of an execution, at one place.' })
class StepView {
  @Text({ about: 'Where: the id, inside loops with those around it.', max: 2000, example: 'each/0/read' })
  readonly path!: string;
  @Choice({ about: 'What it does.', values: stepKinds, example: 'prompt' }) readonly kind!: StepKind;
  @Choice({
    about: '`waiting` is an approval that nobody has given yet.',
    values: ['started', 'waiting', 'finished', 'failed'],
    example: 'finished',
  })
  readonly status!: string;
  @Int({ about: 'How often it was begun.', min: 1, example: 1 }) readonly attempts!: number;
  @AnyJson({ about: 'What it gave, once finished.', maxBytes: maxJson, optional: true })
  readonly output?: unknown;
  @Nested(() => FailureView, { about: 'Why it failed.', optional: true })
  readonly error?: FailureView;
  @Timestamp({ about: 'When it first began.' }) readonly started_at!: string;
  @Timestamp({ about: 'When it ended.', optional: true }) readonly ended_at?: string;
}

@Component({ name: 'WorkflowExecution', about: 'One execution of a workflow.' })
export class ExecutionView {
  @Id({ about: 'The execution; also the id of its run.' }) readonly id!: string;
  @Text({ about: 'The workflow.', max: 64, example: 'release_notes' }) readonly workflow_id!: string;
  @Id({ about: 'The context that it runs in.' }) readonly context_id!: string;
  @Id({ about: 'The message that shows it.' }) readonly message_id!: string;
  @Choice({ about: 'How far it is.', values: workflowStatuses, example: 'running' })
  readonly status!: ExecutionStatus;
  @Flag({ about: 'A pause was asked for: no further step begins.', example: false })
  readonly is_pausing!: boolean;
  @FreeObject({ about: 'What it was told.', maxBytes: maxJson, example: { topic: 'leases' } })
  readonly input!: Readonly<Record<string, unknown>>;
  @AnyJson({ about: 'What came of it, once completed.', maxBytes: maxJson, optional: true })
  readonly result?: unknown;
  @Nested(() => FailureView, { about: 'Why it failed.', optional: true })
  readonly error?: FailureView;
  @NestedList(() => WorkflowApproval, { about: 'What the user is asked.', maxItems: 1000 })
  readonly approvals!: readonly WorkflowApproval[];
  @NestedList(() => StepView, {
    about: 'The steps that have begun, in the order of the file.',
    maxItems: 100_000,
  })
  readonly steps!: readonly StepView[];
  @Timestamp({ about: 'When it was accepted.' }) readonly created_at!: string;
  @Timestamp({ about: 'When it last moved.' }) readonly updated_at!: string;
}

@Component({ name: 'WorkflowExecutionSummary', about: 'An execution of a workflow, as a list shows it.' })
export class ExecutionSummary {
  @Id({ about: 'The execution; also the id of its run.' }) readonly id!: string;
  @Text({ about: 'The workflow.', max: 64, example: 'release_notes' }) readonly workflow_id!: string;
  @Id({ about: 'The context that it runs in.' }) readonly context_id!: string;
  @Id({ about: 'The message that shows it.' }) readonly message_id!: string;
  @Choice({ about: 'How far it is.', values: workflowStatuses, example: 'completed' })
  readonly status!: ExecutionStatus;
  @Nested(() => FailureView, { about: 'Why it failed.', optional: true })
  readonly error?: FailureView;
  @Timestamp({ about: 'When it was accepted.' }) readonly created_at!: string;
  @Timestamp({ about: 'When it was over.', optional: true }) readonly ended_at?: string;
}

export class ListExecutions {
  @QueryInt({ about: 'Executions per page.', min: 1, max: 200, default: 50 })
  readonly limit!: number;
  @Cursor([samples.run])
  readonly cursor?: string;
}

@Component({ name: 'WorkflowExecutionList', about: 'A page of executions of workflows.' })
export class ExecutionList {
  @NestedList(() => ExecutionSummary, { about: 'One page, newest first.', maxItems: 200 })
  readonly executions!: readonly ExecutionSummary[];
  @NextCursor()
  readonly next_cursor!: string | null;
}

@Component({ about: 'An execution was begun, or told something: where it and its context stand now.' })
export class ExecutionAccepted {
  @Id({ about: 'The execution.' }) readonly execution_id!: string;
  @Id({ about: 'The run that executes it: the same id.' }) readonly run_id!: string;
  @Id({ about: 'Its context.' }) readonly context_id!: string;
  @Choice({ about: 'How far the execution is.', values: workflowStatuses, example: 'pending' })
  readonly status!: ExecutionStatus;
}
