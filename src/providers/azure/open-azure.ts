import type { AzureSettings } from '../../config/provider-table.js';
import type { ModelProvider } from '../model-provider.js';
import type { Opening } from '../opening.js';
import { openAiModels } from '../openai/openai-models.js';
import { isRelayed } from '../openai/openai-paths.js';
import { openConnection } from '../upstream/open-connection.js';
import { UpstreamProvider } from '../upstream/upstream-provider.js';
import { azureRoutes, deploymentOf } from './azure-routes.js';

/**
 * Azure OpenAI. What it has are deployments, by names of their owner's choice; which models its server could deploy is
 * what its list says, so there is none here.
 */
export function openAzure(opening: Opening<AzureSettings>): ModelProvider {
  const { name, provider, settings } = opening;
  const { baseUrl, query, pathOf, modelPath } = azureRoutes(provider);
  const connection = openConnection(opening, { baseUrl, query, keyHeader: 'api-key' });
  return new UpstreamProvider({
    name,
    models: [...new Set([...Object.keys(provider.deployments), ...provider.models])],
    takesAnyName: provider.takes_any_name,
    maxAnswerBytes: settings.maxAnswerBytes,
    connection,
    dialect: provider.api,
    sdkModel: (deployment) =>
      openAiModels(connection, connection.urlOf(modelPath(deployment)), provider.api)(deployment),
    serverName: (model) => deploymentOf(provider, model),
    pathOf: (target, deployment) =>
      isRelayed(target, provider.api) ? pathOf(target, deployment) : undefined,
  });
}
