import { Injectable } from '@nestjs/common';
import { ContextStore } from '../../contexts/context.store.js';
import type { Context } from '../../contexts/context-row.js';
import { stages, type ContextState, type Stage } from '../../contexts/context-state.js';
import { PipelineAborted, proceed } from '../../prompts/pipeline.js';
import type { ModelRequest } from '../../providers/language-model.js';
import { ModelRegistry, type ResolvedModel } from '../../providers/model-registry.js';
import { RunLost } from '../answer.js';
import { AnswerSteps } from '../answer-steps.js';
import type { RunEntity } from '../run.entity.js';
import type { Draft } from './draft.js';
import { PromptPull } from './prompt.pull.js';
import { steps } from './steps.js';

/** All that a call to the model needs. */
export interface Prepared {
  readonly context: Context;
  readonly model: ResolvedModel;
  readonly request: ModelRequest;
}

/**
 * Makes a request of a run's message. Every stage is signalled, in order; those between which nothing waits share a
 * commit. What the steps add to the pool is added with the last of them, so a turn that is aborted has added nothing.
 */
@Injectable()
export class RequestPipeline {
  constructor(
    private readonly units: AnswerSteps,
    private readonly contexts: ContextStore,
    private readonly prompts: PromptPull,
    private readonly models: ModelRegistry,
  ) {}

  /**
   * Leaves the context in `active.preparing_request`. Where it is there already, the turn goes on after tools, and its
   * message is not looked at again. Throws PipelineAborted with the reason; RunLost once the run is another's.
   */
  async prepare(run: RunEntity, stop: AbortSignal): Promise<Prepared> {
    const context = await this.prompts.contextOf(run.context_id);
    if (!context) throw new RunLost();
    const model = this.models.resolve(run.model ?? context.config.model);
    const draft = await this.begin(run, context);
    const progress = proceed(steps, draft);
    stop.throwIfAborted();
    if (progress.type === 'aborted') {
      await this.show(run, steps[progress.at]?.stage ?? 'validating');
      throw new PipelineAborted(progress.reason);
    }
    if (progress.type === 'suspended' || !progress.draft.request)
      throw new Error('The pipeline gave no request.');
    const shown = draft.questionId ? await this.show(run, 'preparing_request') : context;
    return { context: shown, model, request: progress.draft.request };
  }

  private async begin(run: RunEntity, context: Context): Promise<Draft> {
    const messages = await this.prompts.messagesOf(context, run.branch);
    const isFirst = stageOf(context.state) !== 'preparing_request';
    return { context, messages, questionId: isFirst ? run.message_id : null };
  }

  /** Enters every stage up to this one that the context has not been in. */
  private show(run: RunEntity, stage: Stage): Promise<Context> {
    return this.units.held('enter_stages', run, ({ tx, context }) =>
      this.contexts.advanceAll(
        tx,
        context,
        stagesTo(stage, context.state).map((next) => ({ type: 'stage_entered', stage: next })),
      ),
    );
  }
}

const stageOf = (state: ContextState): Stage | undefined =>
  state.type === 'active' ? state.stage : undefined;

/** The stages after the one that the context is in, up to and with `stage`. */
function stagesTo(stage: Stage, state: ContextState): readonly Stage[] {
  const current = stageOf(state);
  return stages.slice(current ? stages.indexOf(current) + 1 : 0, stages.indexOf(stage) + 1);
}
