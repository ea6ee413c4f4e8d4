import { setTimeout as sleep } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { Settings } from '../config/settings.js';
import type { MessageId } from '../kernel/ids.js';
import { followAbort } from '../providers/follow-abort.js';
import { ModelCalls } from '../metering/model-calls.js';
import type { ModelPart } from '../providers/language-model.js';
import { ModelError } from '../providers/model-error.js';
import { delayAfter } from '../providers/delay-after.js';
import type { NewChunk } from '../streaming/chunk-kinds.js';
import type { Answer, FinishPart, Step, ToolCallPart } from './answer.js';
import { AnswerSteps } from './answer-steps.js';
import { ChunkWriter } from './chunk-writer.js';
import { RequestPipeline } from './pipeline/request-pipeline.js';
import type { RunEntity } from './run.entity.js';
import { RoundExecution } from './tool-rounds/round-execution.js';
import { RoundOpening } from './tool-rounds/round-opening.js';

/**
 * Executes one run, from the prompt to the last chunk. Invariants: it depends on no client; text is committed before
 * anybody is told of it, and kept whatever happens after; however `execute` ends, the call to the model is over.
 */
@Injectable()
export class AnswerRun {
  constructor(
    private readonly steps: AnswerSteps,
    private readonly opening: RoundOpening,
    private readonly rounds: RoundExecution,
    private readonly pipeline: RequestPipeline,
    private readonly calls: ModelCalls,
    private readonly settings: Settings,
  ) {}

  /**
   * Goes on with the round of tool calls that the run has open, if it has one, then asks the model. Throws what the model
   * or the storage failed with; RunLost when the turn was ended by somebody else. At `leave` nothing is waited for.
   */
  async execute(run: RunEntity, stop: AbortSignal, leave: AbortSignal): Promise<void> {
    if (run.depth > 0) await this.rounds.execute(run, stop, leave);
    let asked = run;
    for (let depth = run.depth + 1; ; depth++) {
      const { context, model, request, offer } = await this.pipeline.prepare(asked, stop);
      const step: Step = { run: asked, model: model.id, depth };
      const scope = { owner: context.owner, context_id: context.id, purpose: 'answer' } as const;
      const call = (abort: AbortSignal): Parts => this.calls.stream(scope, model, request, abort);
      const answer = await this.ask(step, call, stop);
      // A model that stood in goes on with what it has begun.
      asked = { ...asked, answering_model: answer.step.model };
      if (answer.calls.length === 0) return void (await this.steps.complete(answer));
      if ((await this.opening.open(answer, offer)) !== 'open') return;
      await this.rounds.execute(run, stop, leave);
    }
  }

  /** Calls the model, again after a failure that may pass; never once something of the answer was streamed. */
  private async ask(step: Step, call: Call, stop: AbortSignal): Promise<Answer> {
    for (let attempt = 1; ; attempt++) {
      await this.steps.request(step);
      const stream = new AnswerStream(step, this.steps);
      try {
        return await stream.read(call, stop);
      } catch (error) {
        const delay = stream.isEmpty && !stop.aborted ? delayAfter(error, attempt, this.settings) : undefined;
        if (delay === undefined) throw error;
        await sleep(delay, undefined, { signal: stop });
      }
    }
  }
}

type Parts = AsyncIterable<ModelPart>;
type Call = (abort: AbortSignal) => Parts;

/** Reads one stream of the model to its end, each part committed as a chunk. */
class AnswerStream {
  isEmpty = true;
  private messageId: MessageId | undefined;

  constructor(
    private step: Step,
    private readonly steps: AnswerSteps,
  ) {}

  async read(call: Call, stop: AbortSignal): Promise<Answer> {
    const { controller, unfollow } = followAbort(stop);
    // A model may be silent for long: a failed write ends the call at once, not with the next part.
    const writer = new ChunkWriter(
      (chunks) => this.write(chunks),
      (error) => controller.abort(error),
    );
    try {
      return await this.readParts(call(controller.signal), writer);
    } finally {
      unfollow();
      // What came before a failure is kept like everything else.
      await writer.flush();
    }
  }

  private async readParts(parts: Parts, writer: ChunkWriter): Promise<Answer> {
    const calls: ToolCallPart[] = [];
    let finish: FinishPart | undefined;
    for await (const part of parts) {
      if (part.type === 'finish') finish = part;
      else if (part.type === 'route') await this.reroute(part);
      else if (part.type === 'tool_call') calls.push(part);
      else if ('delta' in part && part.delta !== '') {
        this.isEmpty = false;
        await writer.add(toChunk(part));
      }
    }
    if (!finish)
      throw new ModelError('upstream_protocol', 'The model stopped without saying so.', { retryable: true });
    await writer.flush();
    return { step: this.step, finish, calls };
  }

  private async reroute({ model, skipped }: Extract<ModelPart, { type: 'route' }>): Promise<void> {
    this.step = { ...this.step, model, skipped };
    await this.steps.reroute(this.step);
  }

  private async write(chunks: readonly NewChunk[]): Promise<void> {
    if (this.messageId) return this.steps.append(this.step, this.messageId, chunks);
    this.messageId = await this.steps.begin(this.step, chunks);
  }
}

const toChunk = (part: Extract<ModelPart, { delta: string }>): NewChunk =>
  part.type === 'tool_arguments'
    ? { kind: part.type, delta: part.delta, tool_call_id: part.tool_call_id }
    : { kind: part.type, delta: part.delta };
