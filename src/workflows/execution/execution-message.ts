import { Injectable } from '@nestjs/common';
import { BranchStore } from '../../contexts/branch.store.js';
import { ContextStore } from '../../contexts/context.store.js';
import type { Context } from '../../contexts/context-row.js';
import { Clock, toTimestamp } from '../../kernel/clock.js';
import { newId, type MessageId, type RunId } from '../../kernel/ids.js';
import { mapToHint } from '../../messages/map-to-hint.js';
import type { MessageStatus } from '../../messages/message-kinds.js';
import { MessageStore } from '../../messages/message.store.js';
import type { WorkflowExecutionData } from '../../messages/payload-kinds.js';
import type { Tx } from '../../storage/tx.js';
import type { Workflow } from '../definition/workflow-kinds.js';

type Changes = Partial<Omit<WorkflowExecutionData, 'execution_id' | 'started_at' | 'updated_at'>>;

/** The message that shows an execution: open from its beginning to its end, and revised with each of its steps. */
@Injectable()
export class ExecutionMessage {
  constructor(
    private readonly contexts: ContextStore,
    private readonly branches: BranchStore,
    private readonly messages: MessageStore,
    private readonly clock: Clock,
  ) {}

  async add(tx: Tx, context: Context, workflow: Workflow, runId: RunId): Promise<MessageId> {
    const ticked = await this.contexts.tick(tx, context);
    const now = toTimestamp(this.clock.now());
    const data: WorkflowExecutionData = {
      workflow_name: workflow.name,
      execution_id: runId,
      workflow_status: 'pending',
      total_steps: workflow.steps.length,
      completed_steps: 0,
      started_at: now,
      updated_at: now,
    };
    const payload = { kind: 'workflow_execution', data } as const;
    const id = newId<MessageId>();
    await this.messages.add(tx, ticked, await this.branches.get(tx, context.id, context.active_branch), {
      id,
      role: 'assistant',
      payload,
      status: 'streaming',
      metadata: { source: 'user_workflow', display_hint: mapToHint(payload), run_id: runId },
    });
    return id;
  }

  /** Shows a change. With a final status it is the last one; a message that is final already stays as it is. */
  async show(
    tx: Tx,
    context: Context,
    id: MessageId,
    changes: Changes,
    status: MessageStatus = 'streaming',
  ): Promise<Context> {
    const message = await this.messages.open(tx, context, id);
    if (!message) return context;
    const next = await this.contexts.tick(tx, context);
    // Questions are shown while somebody waits for their answers, the step while there is one.
    const { approvals: _, current_step, ...kept } = message.data as WorkflowExecutionData;
    const step = changes.workflow_status === 'completed' ? {} : { current_step };
    const data: WorkflowExecutionData = {
      ...kept,
      ...step,
      ...changes,
      updated_at: toTimestamp(this.clock.now()),
    };
    await this.messages.revise(tx, next, id, { payload: { kind: 'workflow_execution', data }, status });
    return next;
  }
}
