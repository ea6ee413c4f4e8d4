import { Injectable, Logger } from '@nestjs/common';
import type { ContextId, Owner } from '../kernel/ids.js';
import type { ModelPart, ModelRequest } from '../providers/language-model.js';
import type { ResolvedModel } from '../providers/model-registry.js';
import { AnswerMeter, previewOf } from './answer-meter.js';
import type { CallTarget, Permit } from './permit.js';

/** For whom a model is called, and what for. */
export interface CallScope {
  readonly owner: Owner;
  /** The conversation that the call belongs to, where there is one. */
  readonly context_id: ContextId | null;
  readonly purpose: CallPurpose;
}

export const callPurposes = ['answer', 'title', 'summary', 'workflow', 'gateway'] as const;
export type CallPurpose = (typeof callPurposes)[number];

export interface TextOptions {
  readonly abort: AbortSignal;
  /** In UTF-16 units. A model that goes on past them is not listened to. */
  readonly longEnough: number;
}

/** The way to every model: whoever calls one, calls it here, or asks for a permit here. */
@Injectable()
export class ModelCalls {
  private readonly logger = new Logger('metering');

  /**
   * Leave for one call, for whoever makes it otherwise than by `stream`: one permit for the model and all its fallbacks.
   * Throws `abort.reason` when the caller aborted.
   */
  async open(_scope: CallScope, _target: CallTarget, abort: AbortSignal): Promise<Permit> {
    abort.throwIfAborted();
    return { headers: {}, done: () => Promise.resolve() };
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
      // Nothing to do for one that has finished. Why the call failed matters more than why it could not be counted.
      await permit.done(meter.outcome).catch((error: unknown) => this.logger.error({ err: error }));
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
}
