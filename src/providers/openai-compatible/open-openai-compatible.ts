import { createOpenAICompatible } from '@ai-sdk/openai-compatible';
import type { LanguageModelV3 } from '@ai-sdk/provider';
import type { OpenAiCompatibleSettings } from '../../config/provider-table.js';
import type { ModelProvider } from '../model-provider.js';
import { openAiModels } from '../openai/openai-models.js';
import { openAiPath } from '../openai/openai-paths.js';
import type { Opening } from '../opening.js';
import { compatibleName } from '../requests/convert-options.js';
import { openConnection } from '../upstream/open-connection.js';
import type { UpstreamConnection } from '../upstream/upstream-connection.js';
import { UpstreamProvider } from '../upstream/upstream-provider.js';
import { adaptBody } from './adapt-body.js';

/** Any server that speaks OpenAI's chat completions: OpenRouter, Ollama, vLLM, llama.cpp, … */
export function openOpenAiCompatible(opening: Opening<OpenAiCompatibleSettings>): ModelProvider {
  const { name, provider, settings } = opening;
  const { api } = provider;
  const connection = openConnection(opening, { baseUrl: provider.base_url, keyHeader: 'authorization' });
  return new UpstreamProvider({
    name,
    models: provider.models,
    takesAnyName: provider.takes_any_name,
    maxAnswerBytes: settings.maxAnswerBytes,
    connection,
    dialect: api,
    sdkModel: api === 'responses' ? openAiModels(connection, connection.url, api) : chatModels(connection),
    // Few have the other API, and nothing tells which.
    pathOf: (target) => (target === api || target === 'embeddings' ? openAiPath(target) : undefined),
    listPath: '/models',
  });
}

function chatModels({ fetch, url }: UpstreamConnection): (name: string) => LanguageModelV3 {
  const sdk = createOpenAICompatible({
    name: compatibleName,
    baseURL: url.toString(),
    fetch: fetch.fetch,
    includeUsage: true,
    supportsStructuredOutputs: true,
    transformRequestBody: (body) => adaptBody(body, url.hostname),
  });
  return (name) => sdk.chatModel(name);
}
