import { Injectable } from '@nestjs/common';
import { modesOf, type Mode } from '../../config/mode-table.js';
import { mapToAttachment } from '../../attachments/map-to-attachment.js';
import type { ModelFacts } from '../../config/model-table.js';
import { Settings } from '../../config/settings.js';
import type { Context } from '../../contexts/context-row.js';
import type { ContextState, Stage } from '../../contexts/context-state.js';
import { PipelineAborted, proceed } from '../../prompts/pipeline.js';
import { TokenCounter } from '../../prompts/token-counter.js';
import type { ModelRequest } from '../../providers/language-model.js';
import { ModelRegistry, type ResolvedModel } from '../../providers/model-registry.js';
import type { Offer } from '../../tools/tool-registry.js';
import { RunLost } from '../answer.js';
import type { RunEntity } from '../run.entity.js';
import { offerOf } from '../tool-rounds/offer-of.js';
import type { Draft, Need, Step } from './draft.js';
import { PictureReader } from './picture-reader.js';
import { PromptPull } from './prompt.pull.js';
import { ReferenceReader } from './reference-reader.js';
import { StageUnits } from './stage-units.js';
import { stepsWithin } from './steps.js';
import { SurroundingsReader } from './surroundings-reader.js';

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
  private readonly tokens: TokenCounter;
  private readonly modes: ReadonlyMap<string, Mode>;

  constructor(
    private readonly units: StageUnits,
    private readonly prompts: PromptPull,
    private readonly models: ModelRegistry,
    private readonly references: ReferenceReader,
    private readonly surroundings: SurroundingsReader,
    private readonly pictures: PictureReader,
    settings: Settings,
  ) {
    this.steps = stepsWithin(settings);
    this.tokens = new TokenCounter(settings.tokenCounts);
    this.modes = modesOf(settings);
  }

  /**
   * Leaves the context in `active.preparing_request`. Where it is there already, the turn goes on after tools, and its
   * message is not looked at again. Throws PipelineAborted with the reason; RunLost once the run is another's.
   */
  async prepare(run: RunEntity, stop: AbortSignal): Promise<Prepared> {
    const context = await this.prompts.contextOn(run.context_id, run.branch);
    if (!context) throw new RunLost();
    const model = this.models.resolve(run.model ?? context.config.model);
    const { request, companions, question } = await this.pass(
      run,
      await this.begin(run, context, model.facts),
      stop,
    );
    if (!request) throw new Error('The steps have made no request.');
    const asked = question && mapToAttachment(question);
    const messages = await this.pictures.show(request.messages, context, asked);
    const shown = isPrepared(context.state)
      ? context
      : await this.units.show(run, 'preparing_request', companions);
    const offer = offerOf(context, this.modes);
    return { context: shown, model, request: { ...request, messages }, offer };
  }

  private async begin(run: RunEntity, context: Context, facts: ModelFacts): Promise<Draft> {
    const messages = await this.prompts.messagesOf(context, run.branch);
    const isGoingOn = isPrepared(context.state) || run.message_id === null;
    const question = isGoingOn ? undefined : messages.find(({ id }) => id === run.message_id);
    const none = { companions: [], prompt: [], counts: [] };
    return { context, facts, messages, ...(question && { question }), ...none };
  }

  private async pass(run: RunEntity, begun: Draft, stop: AbortSignal): Promise<Draft> {
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
      const work = this.fetch(progress.need, progress.draft, run, stop);
      draft = isShown ? await this.showWhile(run, stage, work) : await work;
      stop.throwIfAborted();
    }
  }

  private async fetch(need: Need, draft: Draft, run: RunEntity, stop: AbortSignal): Promise<Draft> {
    const { context } = draft;
    switch (need.type) {
      case 'references':
        return { ...draft, found: await this.references.read({ ...need, context, run }, stop) };
      case 'surroundings':
        return { ...draft, surroundings: await this.surroundings.read(context) };
      case 'tokens': {
        let tokens = 0;
        for (const { text, more } of need.texts) tokens += more + (await this.tokens.count(text));
        return { ...draft, counts: [...draft.counts, tokens] };
      }
      default:
        return need satisfies never;
    }
  }

  /** What takes no time at all is not shown by itself: it shares the commit of what comes next. */
  private async showWhile(run: RunEntity, stage: Stage, work: Promise<Draft>): Promise<Draft> {
    if (await isSettledAtOnce(work)) return work;
    await Promise.all([this.units.show(run, stage), work]);
    return work;
  }
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
