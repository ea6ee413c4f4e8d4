import { longest, path, wholeNumber } from '../kinds.js';
import { Setting } from '../setting.js';

/** Workflows: where they are, and how far an execution may go. */
export class WorkflowsSettings {
  @Setting(
    {
      env: 'PULLCORD_WORKFLOWS_DIR',
      file: 'workflows.dir',
      about: 'The folder of workflow files; unset, `workflows` in the data folder, if it is there.',
    },
    path,
  )
  readonly workflowsDir?: string;

  @Setting(
    {
      env: 'PULLCORD_WORKFLOW_STEP_TIMEOUT_MS',
      file: 'workflows.step_timeout_ms',
      about: 'How long one try of a prompt or tool step may take that does not say so itself.',
    },
    wholeNumber(1, longest),
  )
  readonly workflowStepTimeoutMs: number = 600_000;

  @Setting(
    {
      env: 'PULLCORD_WORKFLOW_MAX_ITERATIONS',
      file: 'workflows.max_iterations',
      about: 'The longest list that one for_each step takes.',
    },
    wholeNumber(1, 100_000),
  )
  readonly workflowMaxIterations: number = 1000;

  @Setting(
    {
      env: 'PULLCORD_WORKFLOW_MAX_STEPS',
      file: 'workflows.max_steps',
      about: 'How many steps one execution may take in all, each iteration counted.',
    },
    wholeNumber(1, 1_000_000),
  )
  readonly workflowMaxSteps: number = 10_000;

  @Setting(
    {
      env: 'PULLCORD_WORKFLOW_OUTPUT_BYTES',
      file: 'workflows.output_bytes',
      about: 'The largest output of a step, in bytes of JSON.',
    },
    wholeNumber(1, 16_777_216),
  )
  readonly workflowOutputBytes: number = 262_144;
}
