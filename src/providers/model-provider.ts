import type { ModelFacts } from '../config/model-table.js';
import type { LanguageModel } from './language-model.js';
import type { Relay, RelayTarget } from './relay.js';

/** A model as its provider's server lists it. What it does not say is left out. */
export interface ListedModel {
  /** Without the provider's own name before it. */
  readonly name: string;
  /** Seconds since 1970. */
  readonly created?: number;
  readonly owned_by?: string;
  readonly display_name?: string;
  /** What it takes and can do, where the server says: these go before what is known by the name alone. */
  readonly facts?: Partial<ModelFacts>;
}

/** Where models come from: one name before the slash of a model id. */
export interface ModelProvider {
  readonly name: string;
  /** The names that are known to exist, without the provider's. */
  readonly models: readonly string[];
  /** True when other names may exist too, which only the provider's server knows. */
  readonly takesAnyName: boolean;
  /** True when its server refuses requests that do not say how long the answer may be. */
  readonly needsMaxTokens?: boolean;
  model(name: string): LanguageModel;
  /** What is known of a model by its name; undefined when nothing is. */
  factsOf(name: string): ModelFacts | undefined;
  /** The server of this model, where it takes requests of this kind itself; undefined where it does not. */
  relay(name: string, target: RelayTarget): Relay | undefined;
  /**
   * Asks the server which models it has; not there where no server can be asked. Throws a ModelError when it does not
   * say, `abort.reason` when the caller aborted.
   */
  list?(abort: AbortSignal): Promise<readonly ListedModel[]>;
  /** Ends the connections, and with them the calls that are still under way. */
  close(): Promise<void>;
}
