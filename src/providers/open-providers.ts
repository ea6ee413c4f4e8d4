import type { ProviderSettings, ProviderTable } from '../config/provider-table.js';
import { providersOf } from '../config/providers-of.js';
import type { Settings } from '../config/settings.js';
import type { ModelProvider } from './model-provider.js';
import { ScriptedProvider } from './scripted/scripted-provider.js';

/** The providers of this deployment: the built-in one first, then those that are set. */
export async function openProviders(settings: Settings): Promise<readonly ModelProvider[]> {
  const table: ProviderTable = { scripted, ...providersOf(settings) };
  return Promise.all(Object.entries(table).map(([name, provider]) => open(name, provider, settings)));
}

const scripted: ProviderSettings = { type: 'scripted', models: [], takes_any_name: false };

/**
 * Makes the provider, without asking its server for anything: a start waits for nobody. Each type is loaded only when
 * there is one: an SDK is a tenth of all that the start would load.
 */
async function open(name: string, given: ProviderSettings, settings: Settings): Promise<ModelProvider> {
  const models = [...new Set([...given.models, ...namesIn(settings, name)])];
  const provider: ProviderSettings = { ...given, models };
  switch (provider.type) {
    case 'scripted':
      return new ScriptedProvider(settings.scriptedPaceMs, models, name);
    case 'openai': {
      const { openOpenAi } = await import('./openai/open-openai.js');
      return openOpenAi({ name, provider, settings });
    }
    case 'openai_compatible': {
      const { openOpenAiCompatible } = await import('./openai-compatible/open-openai-compatible.js');
      return openOpenAiCompatible({ name, provider, settings });
    }
    case 'anthropic': {
      const { openAnthropic } = await import('./anthropic/open-anthropic.js');
      return openAnthropic({ name, provider, settings });
    }
    case 'azure': {
      const { openAzure } = await import('./azure/open-azure.js');
      return openAzure({ name, provider, settings });
    }
    case 'copilot': {
      const { openCopilot } = await import('./copilot/open-copilot.js');
      return openCopilot({ name, provider, settings });
    }
  }
}

/** The names that the table of models says something of, without the provider's. */
const namesIn = ({ models }: Settings, provider: string): readonly string[] =>
  Object.keys(models).flatMap((id) => (id.startsWith(`${provider}/`) ? [id.slice(provider.length + 1)] : []));
