import type { ProviderSettings, ProviderTable } from './provider-table.js';
import type { Settings } from './settings.js';

/** What is said of providers: those of the table, and the variables that the vendors' own tools know. */
type ProviderNames = Pick<
  Settings,
  | 'providers'
  | 'openaiApiKey'
  | 'openaiBaseUrl'
  | 'anthropicApiKey'
  | 'anthropicBaseUrl'
  | 'azureEndpoint'
  | 'azureApiKey'
  | 'azureApiVersion'
>;

/**
 * All providers that are set, by their names: `openai`, `anthropic` and `azure` where their variables are, then those of
 * the table, which go before variables of the same name. The built-in one is not among them unless it is in the table.
 * Pure.
 */
export function providersOf(settings: ProviderNames): ProviderTable {
  return {
    ...named('openai', openai(settings)),
    ...named('anthropic', anthropic(settings)),
    ...named('azure', azure(settings)),
    ...settings.providers,
  };
}

const named = (name: string, provider: ProviderSettings | undefined): ProviderTable =>
  provider ? { [name]: provider } : {};

const every = { takes_any_name: true, headers: {} } as const;

/** A base URL is mostly that of another server, which may know chat completions alone. */
function openai({
  openaiApiKey: api_key,
  openaiBaseUrl: base_url,
}: ProviderNames): ProviderSettings | undefined {
  if (api_key === undefined && base_url === undefined) return undefined;
  const known = { ...every, api_key, models: ['gpt-4o-mini'] };
  if (base_url !== undefined && new URL(base_url).hostname !== 'api.openai.com')
    return { type: 'openai_compatible', ...known, base_url, api: 'chat_completions' };
  return { type: 'openai', ...known, base_url: base_url ?? 'https://api.openai.com/v1', api: 'responses' };
}

function anthropic({
  anthropicApiKey: api_key,
  anthropicBaseUrl: base_url,
}: ProviderNames): ProviderSettings | undefined {
  if (api_key === undefined && base_url === undefined) return undefined;
  const models = ['claude-sonnet-4-5'];
  return { type: 'anthropic', ...every, api_key, models, base_url: base_url ?? 'https://api.anthropic.com' };
}

function azure(settings: ProviderNames): ProviderSettings | undefined {
  const { azureEndpoint: endpoint, azureApiKey: api_key, azureApiVersion: api_version } = settings;
  if (endpoint === undefined) return undefined;
  const api = 'chat_completions';
  return { type: 'azure', ...every, api_key, models: [], endpoint, api, api_version, deployments: {} };
}
