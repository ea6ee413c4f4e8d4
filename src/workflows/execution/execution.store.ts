import { Injectable } from '@nestjs/common';
import type { Context } from '../../contexts/context-row.js';
import { Clock } from '../../kernel/clock.js';
import type { MessageId, RunId } from '../../kernel/ids.js';
import type { Tx } from '../../storage/tx.js';
import { kindOf, type Workflow } from '../definition/workflow-kinds.js';
import type { Place, StepFailure } from './journal.js';
import type { WorkflowExecutionEntity } from './workflow-execution.entity.js';
import type { WorkflowStepEntity } from './workflow-step.entity.js';

export interface NewExecution {
  readonly runId: RunId;
  readonly workflow: Workflow;
  readonly input: Readonly<Record<string, unknown>>;
  readonly messageId: MessageId;
}

/** Writes what is remembered of executions. Rows go with their run, and runs with their context. */
@Injectable()
export class ExecutionStore {
  constructor(private readonly clock: Clock) {}

  async add(tx: Tx, context: Context, { runId, workflow, input, messageId }: NewExecution): Promise<void> {
    const now = this.clock.now();
    const row: WorkflowExecutionEntity = {
      run_id: runId,
      context_id: context.id,
      workflow_id: workflow.id,
      workflow: JSON.stringify(workflow),
      input: JSON.stringify(input),
      message_id: messageId,
      is_paused: 0,
      result: null,
      created_at: now,
      updated_at: now,
    };
    await tx.insert('workflow_executions', { ...row });
  }

  find(tx: Tx, runId: RunId): Promise<WorkflowExecutionEntity | undefined> {
    return tx.get<WorkflowExecutionEntity>(`SELECT * FROM workflow_executions WHERE run_id = ?`, runId);
  }

  steps(tx: Tx, runId: RunId): Promise<WorkflowStepEntity[]> {
    return tx.all<WorkflowStepEntity>(`SELECT * FROM workflow_steps WHERE run_id = ? ORDER BY path`, runId);
  }

  async pause(tx: Tx, runId: RunId, isPaused: boolean): Promise<void> {
    const sql = `UPDATE workflow_executions SET is_paused = ?, updated_at = ? WHERE run_id = ?`;
    await tx.run(sql, isPaused ? 1 : 0, this.clock.now(), runId);
  }

  async complete(tx: Tx, runId: RunId, result: unknown): Promise<void> {
    const sql = `UPDATE workflow_executions SET result = ?, updated_at = ? WHERE run_id = ?`;
    await tx.run(sql, JSON.stringify(result ?? null), this.clock.now(), runId);
  }

  /** Removes at most `limit` executions and steps of a context, steps first, and answers how many. */
  async removeSome(tx: Tx, context: Context, limit: number): Promise<number> {
    const ofContext = `SELECT run_id FROM workflow_executions WHERE context_id = ?`;
    const some = `SELECT run_id, path FROM workflow_steps WHERE run_id IN (${ofContext}) LIMIT ?`;
    const sql = `DELETE FROM workflow_steps WHERE (run_id, path) IN (${some})`;
    const steps = await tx.run(sql, context.id, limit);
    if (steps >= limit) return steps;
    const executions = `DELETE FROM workflow_executions WHERE run_id IN (${ofContext} LIMIT ?)`;
    return steps + (await tx.run(executions, context.id, limit - steps));
  }

  /** A step begins, or begins again. */
  async startStep(tx: Tx, runId: RunId, { path, step }: Place, attempt: number): Promise<void> {
    await tx.run(
      `INSERT INTO workflow_steps (run_id, path, step_id, kind, status, attempts, started_at)
       VALUES (?, ?, ?, ?, 'started', ?, ?)
       ON CONFLICT (run_id, path) DO UPDATE SET status = 'started', attempts = excluded.attempts`,
      ...[runId, path, step.id, kindOf(step), attempt, this.clock.now()],
    );
  }

  /** The user is asked; the question is kept in the place of the output. */
  async ask(tx: Tx, runId: RunId, { path, step }: Place, question: string): Promise<void> {
    await tx.run(
      `INSERT INTO workflow_steps (run_id, path, step_id, kind, status, attempts, output, started_at)
       VALUES (?, ?, ?, ?, 'waiting', 1, ?, ?)`,
      ...[runId, path, step.id, kindOf(step), JSON.stringify(question), this.clock.now()],
    );
  }

  async finishStep(tx: Tx, runId: RunId, path: string, output: unknown): Promise<void> {
    await tx.run(
      `UPDATE workflow_steps SET status = 'finished', output = ?, ended_at = ? WHERE run_id = ? AND path = ?`,
      ...[JSON.stringify(output ?? null), this.clock.now(), runId, path],
    );
  }

  async failStep(tx: Tx, runId: RunId, path: string, error: StepFailure): Promise<void> {
    await tx.run(
      `UPDATE workflow_steps SET status = 'failed', output = NULL, error = ?, ended_at = ? WHERE run_id = ? AND path = ?`,
      ...[JSON.stringify(error), this.clock.now(), runId, path],
    );
  }
}
