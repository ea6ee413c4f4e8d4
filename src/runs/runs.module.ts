import { Module } from '@nestjs/common';
import { AttachmentsModule } from '../attachments/attachments.module.js';
import { MeteringModule } from '../metering/metering.module.js';
import { ProvidersModule } from '../providers/providers.module.js';
import { StreamingModule } from '../streaming/streaming.module.js';
import { ToolsModule } from '../tools/tools.module.js';
import { AnswerRun } from './answer-run.js';
import { AnswerSteps } from './answer-steps.js';
import { CompressRun } from './compression/compress-run.js';
import { Compressor } from './compression/compressor.js';
import { Summarizer } from './compression/summarizer.js';
import { SummaryUnits } from './compression/summary-units.js';
import { MessageTraces } from './message-traces.js';
import { NodeId } from './node-id.js';
import { DraftBeginning } from './pipeline/draft-beginning.js';
import { PictureReader } from './pipeline/picture-reader.js';
import { PlainNeeds } from './pipeline/plain-needs.js';
import { PromptPull } from './pipeline/prompt.pull.js';
import { ReferenceReader } from './pipeline/reference-reader.js';
import { RequestPipeline } from './pipeline/request-pipeline.js';
import { StageUnits } from './pipeline/stage-units.js';
import { SurroundingsReader } from './pipeline/surroundings-reader.js';
import { TokenCounts } from './pipeline/token-counts.js';
import { PromptPreviewController } from './preview/prompt-preview.controller.js';
import { PromptPreviews } from './preview/prompt-previews.js';
import { Reconciler } from './reconciler.js';
import { RunKinds } from './kinds-of-runs.js';
import { RunStore } from './run.store.js';
import { Runner } from './runner.js';
import { RoundApproval } from './tool-rounds/round-approval.js';
import { RoundClosing } from './tool-rounds/round-closing.js';
import { RoundExecution } from './tool-rounds/round-execution.js';
import { RoundMessages } from './tool-rounds/round-messages.js';
import { RoundOpening } from './tool-rounds/round-opening.js';
import { RoundSteps } from './tool-rounds/round-steps.js';
import { FirstTitle } from './titles/first-title.js';
import { TitleRun } from './titles/title-run.js';
import { ToolCallStore } from './tool-rounds/tool-call.store.js';
import { TurnCheck } from './turn-check.js';
import { Turns } from './turns.js';

/** Executes turns: queue, lease, runner, and putting right what a crash left. */
@Module({
  imports: [AttachmentsModule, MeteringModule, StreamingModule, ProvidersModule, ToolsModule],
  controllers: [PromptPreviewController],
  providers: [
    NodeId,
    RunStore,
    RunKinds,
    MessageTraces,
    Turns,
    AnswerSteps,
    ToolCallStore,
    RoundMessages,
    RoundClosing,
    RoundOpening,
    RoundSteps,
    RoundExecution,
    RoundApproval,
    PromptPull,
    DraftBeginning,
    TokenCounts,
    PlainNeeds,
    Summarizer,
    SummaryUnits,
    Compressor,
    CompressRun,
    PromptPreviews,
    TurnCheck,
    StageUnits,
    ReferenceReader,
    PictureReader,
    SurroundingsReader,
    RequestPipeline,
    AnswerRun,
    FirstTitle,
    TitleRun,
    Reconciler,
    Runner,
  ],
  exports: [
    RunStore,
    RunKinds,
    RoundApproval,
    ToolCallStore,
    AnswerSteps,
    Turns,
    TurnCheck,
    Runner,
    PromptPull,
    PictureReader,
    AttachmentsModule,
    StreamingModule,
    ProvidersModule,
  ],
})
export class RunsModule {}
