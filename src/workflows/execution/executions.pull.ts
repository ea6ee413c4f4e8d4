import { Injectable } from '@nestjs/common';
import { contextNotFound } from '../../contexts/refusals.js';
import { toTimestamp } from '../../kernel/clock.js';
import { DomainError } from '../../kernel/domain-error.js';
import type { ContextId, Owner, RunId } from '../../kernel/ids.js';
import { decodeCursor, encodeCursor } from '../../kernel/page-cursor.js';
import { Storage } from '../../storage/storage.js';
import type { StepKind, Workflow } from '../definition/workflow-kinds.js';
import type { WorkflowApproval } from '../../messages/payload-kinds.js';
import type { ExecutionList, ExecutionSummary, ExecutionView } from '../dto/workflow-views.js';
import type { StepFailure } from './journal.js';
import { statusOf } from './execution-status.js';
import { inFileOrder } from './in-file-order.js';
import type { WorkflowExecutionEntity } from './workflow-execution.entity.js';
import type { WorkflowStepEntity } from './workflow-step.entity.js';

type Found = WorkflowExecutionEntity & {
  readonly run_status: string;
  readonly run_error: string | null;
  readonly run_ended_at: number | null;
};

type Listed = Omit<Found, 'workflow' | 'input' | 'result' | 'is_paused' | 'updated_at'>;

export interface ListQuery {
  readonly limit: number;
  readonly cursor?: string;
}

/** Reads executions. */
@Injectable()
export class ExecutionsPull {
  constructor(private readonly storage: Storage) {}

  /** One page of a context, newest first; `context_not_found` also for what `owner` may not see. */
  async list(contextId: ContextId, owner: Owner, { limit, cursor }: ListQuery): Promise<ExecutionList> {
    const { reads } = this.storage;
    const sql = `SELECT id FROM contexts WHERE id = ? AND owner = ?`;
    if (!(await reads.get(sql, contextId, owner))) throw contextNotFound(contextId);
    // Ids of runs grow with time: they are the order, and the last one of a page is where the next one begins.
    const before = cursor === undefined ? [] : decodeCursor(cursor, ['string']);
    const rows = await reads.all<Listed>(
      `SELECT e.run_id, e.workflow_id, e.context_id, e.message_id, e.created_at,
         r.status AS run_status, r.error AS run_error, r.ended_at AS run_ended_at
       FROM workflow_executions e JOIN runs r ON r.id = e.run_id
       WHERE e.context_id = ? ${before.length > 0 ? 'AND e.run_id < ?' : ''}
       ORDER BY e.run_id DESC LIMIT ?`,
      ...[contextId, ...before, limit + 1],
    );
    const page = rows.slice(0, limit);
    const last = rows.length > limit ? page.at(-1) : undefined;
    return { executions: page.map(toSummary), next_cursor: last ? encodeCursor([last.run_id]) : null };
  }

  /** `workflow_execution_not_found` also for what `owner` may not see. */
  async one(id: RunId, owner: Owner): Promise<ExecutionView> {
    const found = await this.storage.reads.get<Found>(
      `SELECT e.*, r.status AS run_status, r.error AS run_error, r.ended_at AS run_ended_at
       FROM workflow_executions e JOIN runs r ON r.id = e.run_id JOIN contexts c ON c.id = e.context_id
       WHERE e.run_id = ? AND c.owner = ?`,
      ...[id, owner],
    );
    if (!found) throw executionNotFound();
    const sql = `SELECT * FROM workflow_steps WHERE run_id = ? ORDER BY path`;
    const steps = await this.storage.reads.all<WorkflowStepEntity>(sql, id);
    const status = statusOf(found.run_status);
    return {
      id,
      workflow_id: found.workflow_id,
      context_id: found.context_id,
      message_id: found.message_id,
      status,
      is_pausing: found.is_paused === 1 && (status === 'running' || status === 'pending'),
      input: JSON.parse(found.input) as Record<string, unknown>,
      ...(found.result !== null && { result: JSON.parse(found.result) as unknown }),
      ...(found.run_error !== null && { error: failureIn(found.run_error) }),
      approvals: status === 'running' || status === 'paused' ? approvalsIn(steps) : [],
      steps: inFileOrder(JSON.parse(found.workflow) as Workflow, steps).map(toView),
      created_at: toTimestamp(found.created_at),
      updated_at: toTimestamp(lastMove(found, steps)),
    };
  }
}

/** The questions among the steps that the user has not answered. */
export const approvalsIn = (steps: readonly WorkflowStepEntity[]): WorkflowApproval[] =>
  steps
    .filter((step) => step.status === 'waiting')
    .map((step) => ({ tool_call_id: step.path, question: JSON.parse(step.output ?? '""') as string }));

/** A step moves its execution without writing to its row. */
const lastMove = (found: Found, steps: readonly WorkflowStepEntity[]): number =>
  steps.reduce(
    (last, { started_at, ended_at }) => Math.max(last, started_at, ended_at ?? 0),
    Math.max(found.updated_at, found.run_ended_at ?? 0),
  );

/** A run's failure also says what the state machine needed to know of it. */
function failureIn(text: string): StepFailure {
  const { code, message } = JSON.parse(text) as StepFailure;
  return { code, message };
}

const toView = (step: WorkflowStepEntity): ExecutionView['steps'][number] => ({
  path: step.path,
  kind: step.kind as StepKind,
  status: step.status,
  attempts: step.attempts,
  ...(step.status === 'finished' && { output: JSON.parse(step.output ?? 'null') as unknown }),
  ...(step.error !== null && { error: failureIn(step.error) }),
  started_at: toTimestamp(step.started_at),
  ...(step.ended_at !== null && { ended_at: toTimestamp(step.ended_at) }),
});

const toSummary = (row: Listed): ExecutionSummary => ({
  id: row.run_id,
  workflow_id: row.workflow_id,
  context_id: row.context_id,
  message_id: row.message_id,
  status: statusOf(row.run_status),
  ...(row.run_error !== null && { error: failureIn(row.run_error) }),
  created_at: toTimestamp(row.created_at),
  ...(row.run_ended_at !== null && { ended_at: toTimestamp(row.run_ended_at) }),
});

export const executionNotFound = (): DomainError =>
  new DomainError('workflow_execution_not_found', 'There is no execution of that id.');
