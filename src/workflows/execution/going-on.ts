import type { EventOf } from '../../contexts/context-state.js';
import type { Workflow } from '../definition/workflow-kinds.js';
import type { WorkflowExecutionEntity } from './workflow-execution.entity.js';
import type { WorkflowStepEntity } from './workflow-step.entity.js';

/** An execution that rested goes on: at the outermost step that had begun last, which may not be over. */
export const goingOn = (
  { workflow_id, run_id, workflow }: WorkflowExecutionEntity,
  steps: readonly WorkflowStepEntity[],
): EventOf<'workflow_started'> => ({
  type: 'workflow_started',
  workflow_id,
  execution_id: run_id,
  step: numberOf(JSON.parse(workflow) as Workflow, steps),
});

/** 1-based; 0 when none has begun. Ids are unique in a workflow, so a path that is an outermost step's id is its. */
const numberOf = ({ steps }: Workflow, begun: readonly WorkflowStepEntity[]): number =>
  steps.findLastIndex(({ id }) => begun.some(({ path }) => path === id)) + 1;
