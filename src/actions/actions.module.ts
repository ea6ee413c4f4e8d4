import { Module } from '@nestjs/common';
import { RunsModule } from '../runs/runs.module.js';
import { ActionsController } from './actions.controller.js';
import { AppendMessageCommand } from './append-message.js';
import { ApproveToolsCommand } from './approve-tools.js';
import { ArchiveContextCommand } from './archive-context.js';
import { BranchesController } from './branches/branches.controller.js';
import { ChangeBranchCommand } from './branches/change-branch.js';
import { CreateBranchCommand } from './branches/create-branch.js';
import { DeleteBranchCommand } from './branches/delete-branch.js';
import { MergeBranchCommand } from './branches/merge-branch.js';
import { MergeController } from './branches/merge.controller.js';
import { CancelRunCommand } from './cancel-run.js';
import { CompressContextCommand } from './compress-context.js';
import { ContinueTurnCommand } from './continue-turn.js';
import { EditMessageCommand } from './edit-message.js';
import { GenerateTitleCommand } from './generate-title.js';
import { BeginStreamCommand } from './producer/begin-stream.js';
import { FinalizeStreamCommand } from './producer/finalize-stream.js';
import { ProducerController } from './producer/producer.controller.js';
import { RetryAnswerCommand } from './retry-answer.js';
import { SendMessageCommand } from './send-message.js';
import { SwitchBranchCommand } from './switch-branch.js';

@Module({
  imports: [RunsModule],
  controllers: [ActionsController, ProducerController, BranchesController, MergeController],
  providers: [
    SendMessageCommand,
    AppendMessageCommand,
    EditMessageCommand,
    ApproveToolsCommand,
    CancelRunCommand,
    RetryAnswerCommand,
    ContinueTurnCommand,
    ArchiveContextCommand,
    SwitchBranchCommand,
    CreateBranchCommand,
    ChangeBranchCommand,
    DeleteBranchCommand,
    MergeBranchCommand,
    GenerateTitleCommand,
    CompressContextCommand,
    BeginStreamCommand,
    FinalizeStreamCommand,
  ],
  exports: [
    SendMessageCommand,
    AppendMessageCommand,
    EditMessageCommand,
    ApproveToolsCommand,
    CancelRunCommand,
    RetryAnswerCommand,
    ContinueTurnCommand,
  ],
})
export class ActionsModule {}
