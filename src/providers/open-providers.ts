import type { ModelTable } from '../config/model-table.js';
import type { Settings } from '../config/settings.js';
import type { ModelProvider } from './model-provider.js';
import { ScriptedProvider } from './scripted/scripted-provider.js';

/** The providers of this deployment: the built-in one, and `openai` when its key or its base URL is set. */
export async function openProviders(settings: Settings): Promise<readonly ModelProvider[]> {
  const scripted = new ScriptedProvider(settings.scriptedPaceMs, namesIn(settings.models, 'scripted'));
  if (settings.openaiApiKey === undefined && settings.openaiBaseUrl === undefined) return [scripted];
  // Its SDK is a tenth of all that the start would load.
  const { OpenAICompatibleProvider } = await import('./openai-compatible/openai-compatible-provider.js');
  const openai = new OpenAICompatibleProvider({
    name: 'openai',
    baseUrl: settings.openaiBaseUrl ?? 'https://api.openai.com/v1',
    apiKey: settings.openaiApiKey,
    models: [...new Set(['gpt-4o-mini', ...namesIn(settings.models, 'openai')])],
    connectTimeoutMs: settings.modelConnectTimeoutMs,
    maxConnections: settings.maxConcurrentRuns,
    maxAnswerBytes: settings.maxAnswerBytes,
  });
  return [scripted, openai];
}

/** The names that the settings say something of, without the provider's. */
const namesIn = (models: ModelTable, provider: string): readonly string[] =>
  Object.keys(models).flatMap((id) => (id.startsWith(`${provider}/`) ? [id.slice(provider.length + 1)] : []));
