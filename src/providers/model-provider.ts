import type { ModelFacts } from '../config/model-table.js';
import type { LanguageModel } from './language-model.js';
import type { Relay, RelayTarget } from './relay.js';

/** Where models come from: one name before the slash of a model id. */
export interface ModelProvider {
  readonly name: string;
  /** The names that are known to exist, without the provider's. */
  readonly models: readonly string[];
  /** True when other names may exist too, which only the provider's server knows. */
  readonly takesAnyName: boolean;
  model(name: string): LanguageModel;
  /** What is known of a model by its name; undefined when nothing is. */
  factsOf(name: string): ModelFacts | undefined;
  /** The server of this model, where it takes requests of this kind itself; undefined where it does not. */
  relay(name: string, target: RelayTarget): Relay | undefined;
  /** Ends the connections, and with them the calls that are still under way. */
  close(): Promise<void>;
}
