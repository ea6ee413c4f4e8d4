import type { WorkflowExecutionData } from '../../messages/payload-kinds.js';

export type ExecutionStatus = WorkflowExecutionData['workflow_status'];

/**
 * How far an execution is, from the status of its run. One that waits for an approval is running: it is the user's
 * turn, and the context's state says so.
 */
export function statusOf(runStatus: string): ExecutionStatus {
  switch (runStatus) {
    case 'accepted':
      return 'pending';
    case 'running':
    case 'waiting':
      return 'running';
    case 'paused':
    case 'completed':
    case 'cancelled':
      return runStatus;
    default:
      return 'failed';
  }
}
