import type { ProviderSettings } from '../config/provider-table.js';
import type { Settings } from '../config/settings.js';

/** One provider, to be opened. */
export interface Opening<Provider extends ProviderSettings> {
  /** What stands before the slash of its models' ids. */
  readonly name: string;
  /** Its `models` are all that are known by name: those of the table of models too. */
  readonly provider: Provider;
  readonly settings: Settings;
}
