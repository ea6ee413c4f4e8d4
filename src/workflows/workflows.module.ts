import { Module } from '@nestjs/common';
import { MeteringModule } from '../metering/metering.module.js';
import { RunsModule } from '../runs/runs.module.js';
import { ToolsModule } from '../tools/tools.module.js';
import { ExecuteWorkflowCommand } from './commands/execute-workflow.js';
import { SteerExecutionCommand } from './commands/steer-execution.js';
import { ContextExecutionsController } from './context-executions.controller.js';
import { ExecutionApproval } from './execution/execution-approval.js';
import { ExecutionEnds } from './execution/execution-ends.js';
import { ExecutionMessage } from './execution/execution-message.js';
import { ExecutionStore } from './execution/execution.store.js';
import { ExecutionTraces } from './execution/execution-traces.js';
import { ExecutionsPull } from './execution/executions.pull.js';
import { WorkflowRun } from './execution/workflow-run.js';
import { ExecutionsController } from './executions.controller.js';
import { WorkflowCatalog } from './workflow-catalog.js';
import { WorkflowsController } from './workflows.controller.js';

/** Definitions from a folder, and executions that go on after a restart. */
@Module({
  imports: [MeteringModule, RunsModule, ToolsModule],
  controllers: [WorkflowsController, ExecutionsController, ContextExecutionsController],
  providers: [
    WorkflowCatalog,
    ExecutionStore,
    ExecutionsPull,
    ExecutionTraces,
    ExecutionMessage,
    ExecutionEnds,
    ExecutionApproval,
    WorkflowRun,
    ExecuteWorkflowCommand,
    SteerExecutionCommand,
  ],
})
export class WorkflowsModule {}
