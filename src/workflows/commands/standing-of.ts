import type { RunEntity } from '../../runs/run.entity.js';
import type { ExecutionAccepted } from '../dto/workflow-views.js';
import { statusOf } from '../execution/execution-status.js';

/** Where an execution stands after a command. */
export const standingOf = (
  { id, context_id }: Pick<RunEntity, 'id' | 'context_id'>,
  runStatus: string,
): ExecutionAccepted => ({ execution_id: id, run_id: id, context_id, status: statusOf(runStatus) });
