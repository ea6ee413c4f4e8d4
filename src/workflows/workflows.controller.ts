import { Body, Controller, Get, Param, Post } from '@nestjs/common';
import { NamePath, Operation, Tag } from '../http/operation.js';
import { Caller, IdempotencyKey } from '../http/params.js';
import type { ContextId, Owner } from '../kernel/ids.js';
import type { RequestKey } from '../kernel/request-key.js';
import { ExecuteWorkflowCommand } from './commands/execute-workflow.js';
import {
  ExecuteWorkflow,
  ExecutionAccepted,
  WorkflowList,
  WorkflowSummary,
  WorkflowView,
} from './dto/workflow-views.js';
import { WorkflowCatalog } from './workflow-catalog.js';

const WorkflowPath = NamePath('workflow_id', 'The workflow.', 'release_notes');

@Tag('workflows')
@Controller('workflows')
export class WorkflowsController {
  constructor(
    private readonly catalog: WorkflowCatalog,
    private readonly command: ExecuteWorkflowCommand,
  ) {}

  @Get()
  @Operation({
    id: 'listWorkflows',
    summary: 'List the workflows',
    about: 'The files of the workflow folder, as they were when the server started.',
    answer: { status: 200, about: 'All of them.', type: WorkflowList },
  })
  list(): WorkflowList {
    return { workflows: this.catalog.list().map((workflow) => WorkflowSummary.of(workflow)) };
  }

  @Get(':workflow_id')
  @WorkflowPath
  @Operation({
    id: 'getWorkflow',
    summary: 'Get a workflow',
    answer: { status: 200, about: 'The workflow with its steps.', type: WorkflowView },
    errors: ['workflow_not_found'],
  })
  get(@Param('workflow_id') id: string): WorkflowView {
    return WorkflowView.whole(this.catalog.get(id));
  }

  @Post(':workflow_id/execute')
  @WorkflowPath
  @Operation({
    id: 'executeWorkflow',
    summary: 'Execute a workflow',
    about:
      'In the context that is named, or in a new one. How far it is shows in a `workflow_execution` message of the context, whose changes are signalled.',
    answer: { status: 202, about: 'Accepted.', type: ExecutionAccepted },
    errors: [
      'invalid_request',
      'workflow_not_found',
      'context_not_found',
      'context_busy',
      'illegal_transition',
      'unprocessable',
      'draining',
    ],
    isIdempotent: true,
  })
  execute(
    @Param('workflow_id') id: string,
    @Caller() owner: Owner,
    @Body() { input, context_id }: ExecuteWorkflow,
    @IdempotencyKey() key: RequestKey | undefined,
  ): Promise<ExecutionAccepted> {
    const context = context_id === undefined ? {} : { context_id: context_id as ContextId };
    return this.command.execute(id, owner, { ...(input && { input }), ...context }, key);
  }
}
