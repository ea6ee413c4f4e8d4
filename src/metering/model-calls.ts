import { Injectable } from '@nestjs/common';
import type { ContextId, Owner } from '../kernel/ids.js';
import type { ModelPart, ModelRequest } from '../providers/language-model.js';
import type { ResolvedModel } from '../providers/model-registry.js';

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

/** The way to every model: whoever calls one, calls it here. */
@Injectable()
export class ModelCalls {
  /** The parts of an answer, as `LanguageModel.stream` gives them. */
  stream(
    _scope: CallScope,
    { model }: Pick<ResolvedModel, 'model'>,
    request: ModelRequest,
    abort: AbortSignal,
  ): AsyncIterable<ModelPart> {
    return model.stream(request, abort);
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
