import type { OpenAiSettings } from '../../config/provider-table.js';
import type { ModelProvider } from '../model-provider.js';
import type { Opening } from '../opening.js';
import { openConnection } from '../upstream/open-connection.js';
import { UpstreamProvider } from '../upstream/upstream-provider.js';
import { openAiModels } from './openai-models.js';
import { isRelayed, openAiPath } from './openai-paths.js';

/** OpenAI, or a server that has both of its APIs, or chat completions alone: what it has is relayed. */
export function openOpenAi(opening: Opening<OpenAiSettings>): ModelProvider {
  const { name, provider, settings } = opening;
  const connection = openConnection(opening, { baseUrl: provider.base_url, keyHeader: 'authorization' });
  return new UpstreamProvider({
    name,
    models: provider.models,
    takesAnyName: provider.takes_any_name,
    maxAnswerBytes: settings.maxAnswerBytes,
    connection,
    dialect: provider.api,
    sdkModel: openAiModels(connection, connection.url, provider.api),
    pathOf: (target) => (isRelayed(target, provider.api) ? openAiPath(target) : undefined),
    listPath: '/models',
  });
}
