import { Injectable } from '@nestjs/common';
import { modesOf, type Mode } from '../../config/mode-table.js';
import { mapToAttachment } from '../../attachments/map-to-attachment.js';
import { Settings } from '../../config/settings.js';
import type { Context } from '../../contexts/context-row.js';
import type { ContextState, Stage } from '../../contexts/context-state.js';
import { PipelineAborted, proceed } from '../../prompts/pipeline.js';
import type { ModelRequest } from '../../providers/language-model.js';
import type { ResolvedModel } from '../../providers/model-registry.js';
import type { Offer } from '../../tools/tool-registry.js';
import { RunLost } from '../answer.js';
import { Compressor } from '../compression/compressor.js';
import type { RunEntity } from '../run.entity.js';
import { offerOf } from '../tool-rounds/offer-of.js';
import type { Draft, Need, Step } from './draft.js';
import { DraftBeginning } from './draft-beginning.js';
import { PictureReader } from './picture-reader.js';
import { PlainNeeds } from './plain-needs.js';
import { PromptPull } from './prompt.pull.js';
import { ReferenceReader } from './reference-reader.js';
import { StageUnits } from './stage-units.js';
import { stepsWithin } from './steps.js';

/** All that a call to the model needs. */
export interface Prepared {
  readonly context: Context;
  readonly model: ResolvedModel;
  readonly request: ModelRequest;
  /** The tools in it are what this offers. */
  readonly offer: Offer;
}

/**
 * Makes a request of a run's message: takes it through the steps, and fetches what they wait for. Every stage is signalled,
 * in order; those between which nothing waits share a commit. What the steps add to the pool is added with the last of
 * them, so a turn that is aborted has added nothing.
 */
@Injectable()
export class RequestPipeline {
  private readonly steps: readonly Step[];
  private readonly modes: ReadonlyMap<string, Mode>;

  constructor(
    private readonly units: StageUnits,
    private readonly prompts: PromptPull,
    private readonly beginning: DraftBeginning,
    private readonly references: ReferenceReader,
    private readonly pictures: PictureReader,
    private readonly needs: PlainNeeds,
    private readonly compressor: Compressor,
    settings: Settings,
  ) {
    this.steps = stepsWithin(settings);
    this.modes = modesOf(settings);
  }

  /**
   * Leaves the context in `active.preparing_request`. Where it is there already, the turn goes on after tools, and its
   * message is not looked at again. Throws PipelineAborted with the reason; RunLost once the run is another's.
   */
  async prepare(run: RunEntity, stop: AbortSignal): Promise<Prepared> {
    const context = await this.prompts.contextOn(run.context_id, run.branch);
    if (!context) throw new RunLost();
    const { model, draft } = await this.beginning.begin(
      context,
      run.branch,
      run.answering_model ?? run.model ?? undefined,
    );
    const work: Work = { run, model, stop };
    const { request, companions, question } = await this.pass(work, withQuestion(draft, run));
    if (!request) throw new Error('The steps have made no request.');
    const asked = question && mapToAttachment(question);
    const messages = await this.pictures.show(request.messages, context, asked);
    const shown = isPrepared(context.state)
      ? context
      : await this.units.show(run, 'preparing_request', companions);
    const offer = offerOf(context, this.modes, model.facts);
    return { context: shown, model, request: { ...request, messages }, offer };
  }

  private async pass(work: Work, begun: Draft): Promise<Draft> {
    const { run, stop } = work;
    let draft = begun;
    const isShown = !isPrepared(begun.context.state);
    for (let at = 0; ;) {
      const progress = proceed(this.steps, draft, at);
      if (progress.type === 'passed') return progress.draft;
      ({ at } = progress);
      const stage = this.steps[at]?.stage ?? 'validating';
      if (progress.type === 'aborted') {
        await this.units.show(run, stage);
        throw new PipelineAborted(progress.reason);
      }
      const fetching = this.fetch(progress.need, progress.draft, work);
      draft = isShown ? await this.showWhile(run, stage, fetching) : await fetching;
      stop.throwIfAborted();
    }
  }

  private async fetch(need: Need, draft: Draft, { run, model, stop }: Work): Promise<Draft> {
    const { context } = draft;
    switch (need.type) {
      case 'references':
        return { ...draft, found: await this.references.read({ ...need, context, run }, stop) };
      case 'summary':
        return { ...draft, folding: await this.compressor.compress({ run, draft, model }, need.plan, stop) };
      default:
        return this.needs.fetch(need, draft);
    }
  }

  /** What takes no time at all is not shown by itself: it shares the commit of what comes next. */
  private async showWhile(run: RunEntity, stage: Stage, work: Promise<Draft>): Promise<Draft> {
    if (await isSettledAtOnce(work)) return work;
    await Promise.all([this.units.show(run, stage), work]);
    return work;
  }
}

/** Whose draft it is, and for which model. */
interface Work {
  readonly run: RunEntity;
  readonly model: ResolvedModel;
  readonly stop: AbortSignal;
}

/** Where the turn goes on after tools, its message was looked at before. */
function withQuestion(draft: Draft, { message_id }: RunEntity): Draft {
  const isGoingOn = isPrepared(draft.context.state) || message_id === null;
  const question = isGoingOn ? undefined : draft.messages.find(({ id }) => id === message_id);
  return question ? { ...draft, question } : draft;
}

/** Its message has been through the pipeline. */
const isPrepared = (state: ContextState): boolean =>
  state.type === 'active' && state.stage === 'preparing_request';

const isSettledAtOnce = (work: Promise<unknown>): Promise<boolean> =>
  Promise.race([
    work.then(
      () => true,
      () => true,
    ),
    new Promise<boolean>((resolve) => setImmediate(() => resolve(false))),
  ]);
