import { Controller, Get, Query } from '@nestjs/common';
import { ContextPath, Operation, Tag } from '../http/operation.js';
import { Caller, PathContextId } from '../http/params.js';
import type { ContextId, Owner } from '../kernel/ids.js';
import { ExecutionList, ListExecutions } from './dto/workflow-views.js';
import { ExecutionsPull } from './execution/executions.pull.js';

@Tag('workflows')
@Controller('contexts/:context_id/workflow-executions')
export class ContextExecutionsController {
  constructor(private readonly pull: ExecutionsPull) {}

  @Get()
  @ContextPath
  @Operation({
    id: 'listWorkflowExecutions',
    summary: 'List the executions of workflows in a context',
    about: 'Newest first, over ones too.',
    answer: { status: 200, about: 'One page.', type: ExecutionList },
    errors: ['invalid_request', 'context_not_found'],
  })
  list(
    @PathContextId() id: ContextId,
    @Caller() owner: Owner,
    @Query() query: ListExecutions,
  ): Promise<ExecutionList> {
    return this.pull.list(id, owner, query);
  }
}
