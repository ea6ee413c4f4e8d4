import type { OpenAiCompatibleSettings, OpenAiSettings } from '../../config/provider-table.js';
import { callLimitsOf } from '../call-limits.js';
import type { ModelProvider } from '../model-provider.js';
import type { Opening } from '../opening.js';
import { OpenAICompatibleProvider } from './openai-compatible-provider.js';

export function openOpenAiCompatible({
  name,
  provider,
  settings,
}: Opening<OpenAiSettings | OpenAiCompatibleSettings>): ModelProvider {
  const { connectTimeoutMs, maxConcurrent } = callLimitsOf(provider, settings);
  return new OpenAICompatibleProvider({
    name,
    baseUrl: provider.base_url,
    apiKey: provider.api_key,
    models: provider.models,
    takesAnyName: provider.takes_any_name,
    headers: provider.headers,
    connectTimeoutMs,
    maxConnections: maxConcurrent,
    maxAnswerBytes: settings.maxAnswerBytes,
  });
}
