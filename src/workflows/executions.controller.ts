import { Body, Controller, Get, Post } from '@nestjs/common';
import { ExecutionPath, Operation, Tag } from '../http/operation.js';
import { Caller, IdempotencyKey, PathExecutionId } from '../http/params.js';
import type { ErrorCode } from '../kernel/domain-error.js';
import type { Owner, RunId } from '../kernel/ids.js';
import type { RequestKey } from '../kernel/request-key.js';
import { SteerExecutionCommand } from './commands/steer-execution.js';
import { ExecutionAccepted, ExecutionView, NoSteering } from './dto/workflow-views.js';
import { ExecutionsPull } from './execution/executions.pull.js';

const answer = { status: 202, about: 'Accepted.', type: ExecutionAccepted };
const errors: readonly ErrorCode[] = ['workflow_execution_not_found', 'illegal_transition'];

@Tag('workflows')
@Controller('workflow-executions/:execution_id')
export class ExecutionsController {
  constructor(
    private readonly pull: ExecutionsPull,
    private readonly steer: SteerExecutionCommand,
  ) {}

  @Get()
  @ExecutionPath
  @Operation({
    id: 'getWorkflowExecution',
    summary: 'Get an execution of a workflow',
    answer: { status: 200, about: 'How far it is, step by step.', type: ExecutionView },
    errors: ['workflow_execution_not_found'],
  })
  get(@PathExecutionId() id: RunId, @Caller() owner: Owner): Promise<ExecutionView> {
    return this.pull.one(id, owner);
  }

  @Post('pause')
  @ExecutionPath
  @Operation({
    id: 'pauseWorkflowExecution',
    summary: 'Pause an execution',
    about: 'The steps that run come to their end, no further one begins. Then the turn is the user’s.',
    answer,
    errors,
    isIdempotent: true,
  })
  pause(
    @PathExecutionId() id: RunId,
    @Caller() owner: Owner,
    @Body() _body: NoSteering,
    @IdempotencyKey() key: RequestKey | undefined,
  ): Promise<ExecutionAccepted> {
    return this.steer.pause(id, owner, key);
  }

  @Post('resume')
  @ExecutionPath
  @Operation({
    id: 'resumeWorkflowExecution',
    summary: 'Let a paused execution go on',
    about: 'It goes on after the last step that was finished.',
    answer,
    errors: [...errors, 'context_busy', 'draining'],
    isIdempotent: true,
  })
  resume(
    @PathExecutionId() id: RunId,
    @Caller() owner: Owner,
    @Body() _body: NoSteering,
    @IdempotencyKey() key: RequestKey | undefined,
  ): Promise<ExecutionAccepted> {
    return this.steer.resume(id, owner, key);
  }

  @Post('cancel')
  @ExecutionPath
  @Operation({
    id: 'cancelWorkflowExecution',
    summary: 'End an execution',
    about: 'What its steps did stays done. Ending what is over already changes nothing and is no error.',
    answer,
    errors: ['workflow_execution_not_found'],
    isIdempotent: true,
  })
  cancel(
    @PathExecutionId() id: RunId,
    @Caller() owner: Owner,
    @Body() _body: NoSteering,
    @IdempotencyKey() key: RequestKey | undefined,
  ): Promise<ExecutionAccepted> {
    return this.steer.cancel(id, owner, key);
  }
}
