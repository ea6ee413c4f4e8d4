import type { ModelFacts } from '../config/model-table.js';
import type { LanguageModel } from './language-model.js';
import type { Relay, RelayTarget } from './relay.js';

export interface ResolvedModel {
  /** With its provider, however it was asked for. */
  readonly id: string;
  readonly model: LanguageModel;
  readonly facts: ModelFacts;
}

/** One model that may answer: its calls are guarded, and none of them is taken by another model. */
export interface Candidate extends ResolvedModel {
  readonly provider: string;
  /** Within the provider: what its server knows the model by. */
  readonly name: string;
  /**
   * Its server, where it takes requests of this kind itself; undefined where it does not. Guarded as `model` is, and with
   * the same time limits.
   */
  relay(target: RelayTarget): Relay | undefined;
}
