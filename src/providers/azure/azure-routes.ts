import type { AzureSettings } from '../../config/provider-table.js';
import { openAiPath } from '../openai/openai-paths.js';
import type { RelayTarget } from '../relay.js';

export interface AzureRoutes {
  readonly baseUrl: string;
  /** Put at the end of every URL. */
  readonly query?: string;
  /** Under the base URL: where a deployment's requests of a kind go; undefined where there is no such kind. */
  pathOf(target: RelayTarget, deployment: string): string | undefined;
  /** Under the base URL: what stands before the path of the API that models are asked in. */
  modelPath(deployment: string): string;
}

/**
 * Azure has two ways to the same APIs. The one without dates has OpenAI's own paths, and the deployment in the body as the
 * model; the one of a date has the deployment in the path, but for Responses, which are nobody's. Pure.
 */
export function azureRoutes({ endpoint, api, api_version }: AzureSettings): AzureRoutes {
  const isDated = api_version !== undefined && /^\d/.test(api_version);
  const root = new URL(endpoint);
  root.pathname =
    root.pathname.replace(/\/+$/, '').replace(/\/openai(\/v1)?$/, '') + (isDated ? '/openai' : '/openai/v1');
  const isNamed = api_version !== undefined && api_version !== 'v1';
  const query = isNamed ? `api-version=${api_version}` : undefined;
  const before = (target: RelayTarget, deployment: string): string =>
    isDated && target !== 'responses' ? `/deployments/${encodeURIComponent(deployment)}` : '';
  return {
    baseUrl: root.toString(),
    ...(query !== undefined && { query }),
    pathOf: (target, deployment) => {
      const path = openAiPath(target);
      return path === undefined ? undefined : before(target, deployment) + path;
    },
    modelPath: (deployment) => before(api, deployment),
  };
}

/** What a model is deployed as. Pure. */
export function deploymentOf(
  { deployments, model_prefix = '' }: Pick<AzureSettings, 'deployments' | 'model_prefix'>,
  model: string,
): string {
  const deployment = Object.hasOwn(deployments, model) ? deployments[model] : undefined;
  return deployment ?? model_prefix + model;
}
