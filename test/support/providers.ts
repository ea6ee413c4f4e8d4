import type {
  AnthropicSettings,
  AzureSettings,
  OpenAiCompatibleSettings,
  OpenAiSettings,
} from '../../src/config/provider-table.js';
import { Settings } from '../../src/config/settings.js';
import type { Opening } from '../../src/providers/opening.js';

const every = {
  api_key: 'sk-test-0123456789',
  models: [],
  takes_any_name: true,
  headers: {},
  connect_timeout_ms: 5_000,
};

const opening = <
  Provider extends
    Opening<AzureSettings>['provider'] | OpenAiSettings | AnthropicSettings | OpenAiCompatibleSettings,
>(
  name: string,
  provider: Provider,
): Opening<Provider> => ({
  name,
  provider,
  settings: Object.assign(new Settings(), { maxAnswerBytes: 1_000_000 }),
});

/** Providers of each type, to be opened on a server of the test's. */
export const openings = {
  openai: (base_url: string, more: Partial<OpenAiSettings> = {}) =>
    opening('openai', { ...every, type: 'openai', api: 'responses', base_url, ...more } as const),
  compatible: (base_url: string, more: Partial<OpenAiCompatibleSettings> = {}) =>
    opening('local', {
      ...every,
      type: 'openai_compatible',
      api: 'chat_completions',
      base_url,
      ...more,
    } as const),
  anthropic: (base_url: string, more: Partial<AnthropicSettings> = {}) =>
    opening('anthropic', { ...every, type: 'anthropic', base_url, ...more } as const),
  azure: (endpoint: string, more: Partial<AzureSettings> = {}) =>
    opening('azure', {
      ...every,
      type: 'azure',
      api: 'chat_completions',
      endpoint,
      deployments: {},
      ...more,
    } as const),
};
