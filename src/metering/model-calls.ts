import { Injectable, Logger } from '@nestjs/common';
import { priceOf } from '../config/price-table.js';
import { Settings } from '../config/settings.js';
import type { ModelPart, ModelRequest } from '../providers/language-model.js';
import type { ResolvedModel } from '../providers/model-registry.js';
import { Storage } from '../storage/storage.js';
import { PendingCalls } from './approval/pending-calls.js';
import { AnswerMeter, previewOf } from './answer-meter.js';
import type { CallScope } from './call-scope.js';
import { mapToCounts } from './usage/map-to-counts.js';
import { RateLimits } from './limits/rate-limits.js';
import type { CallOutcome, CallTarget, Permit } from './permit.js';
import { measureTokens } from './usage/token-metrics.js';
import { UsageStore } from './usage/usage.store.js';

export type { CallPurpose, CallScope } from './call-scope.js';

export interface TextOptions {
  readonly abort: AbortSignal;
  /** In UTF-16 units. A model that goes on past them is not listened to. */
  readonly longEnough: number;
}

/** The way to every model: whoever calls one, calls it here, or asks for a permit here. */
@Injectable()
export class ModelCalls {
  private readonly logger = new Logger('metering');

  constructor(
    private readonly storage: Storage,
    private readonly usage: UsageStore,
    private readonly limits: RateLimits,
    private readonly pending: PendingCalls,
    private readonly settings: Settings,
  ) {}

  /**
   * Leave for one call, for whoever makes it otherwise than by `stream`: one permit for the model and all its fallbacks.
   * May wait for it. Throws a ModelError when it is refused, `abort.reason` when the caller aborted.
   */
  async open(scope: CallScope, target: CallTarget, abort: AbortSignal): Promise<Permit> {
    abort.throwIfAborted();
    if (this.settings.callApproval === 'manual') await this.pending.ask(scope, target, abort);
    const headers = await this.limits.enter(scope, abort);
    let counted: Promise<void> | undefined;
    return { headers, done: (outcome) => (counted ??= this.count(scope, target.model, outcome)) };
  }

  /** The parts of an answer, as `LanguageModel.stream` gives them. What it used is counted before its `finish` is passed on. */
  async *stream(
    scope: CallScope,
    { model }: Pick<ResolvedModel, 'model'>,
    request: ModelRequest,
    abort: AbortSignal,
  ): AsyncGenerator<ModelPart, void> {
    const permit = await this.open(scope, { model: model.id, preview: previewOf(request) }, abort);
    const meter = new AnswerMeter(request);
    try {
      for await (const part of model.stream(request, abort)) {
        meter.note(part);
        if (part.type === 'finish') await permit.done(meter.outcome);
        yield part;
      }
    } finally {
      // Does nothing for one that has finished. Of one that failed before its first part, nothing was read either.
      const outcome = meter.hasBegun || abort.aborted ? meter.outcome : {};
      // Why the call failed matters more than why it could not be counted.
      await permit.done(outcome).catch((error: unknown) => this.logger.error({ err: error }));
    }
  }

  /** The text of an answer; when it is longer than `longEnough`, its beginning, which is a little longer than that. */
  async text(
    scope: CallScope,
    model: Pick<ResolvedModel, 'model'>,
    request: ModelRequest,
    { abort, longEnough }: TextOptions,
  ): Promise<string> {
    let text = '';
    for await (const part of this.stream(scope, model, request, abort)) {
      if (part.type === 'text') text += part.delta;
      if (text.length > longEnough) break;
    }
    return text;
  }

  private async count(scope: CallScope, asked: string, outcome: CallOutcome): Promise<void> {
    const model = outcome.model ?? asked;
    const counts = mapToCounts(outcome, priceOf(this.settings.prices, model));
    measureTokens(model, counts);
    await this.limits.spend(scope.owner, counts.prompt_tokens + counts.completion_tokens);
    await this.storage.commit('count_usage', (tx) => this.usage.add(tx, scope, model, counts));
  }
}
