import { createAnthropic } from '@ai-sdk/anthropic';
import type { AnthropicSettings } from '../../config/provider-table.js';
import type { ModelProvider } from '../model-provider.js';
import type { Opening } from '../opening.js';
import type { RelayTarget } from '../relay.js';
import { openConnection } from '../upstream/open-connection.js';
import { UpstreamProvider } from '../upstream/upstream-provider.js';

/** The version of the API whose answers are read here. */
const version = '2023-06-01';

/** The SDK does not go without one. The connection takes it off again, and puts what is true in its place. */
const noKey = 'none';

const paths: Readonly<Partial<Record<RelayTarget, string>>> = {
  messages: '/messages',
  count_tokens: '/messages/count_tokens',
};

/** Anthropic, or a server that has its Messages API. */
export function openAnthropic(opening: Opening<AnthropicSettings>): ModelProvider {
  const { name, provider, settings } = opening;
  const connection = openConnection(opening, {
    baseUrl: withVersion(provider.base_url),
    keyHeader: 'x-api-key',
  });
  const baseURL = connection.url.toString();
  const sdk = createAnthropic({ baseURL, apiKey: noKey, fetch: connection.fetch.fetch });
  return new UpstreamProvider({
    name,
    models: provider.models,
    takesAnyName: provider.takes_any_name,
    needsMaxTokens: true,
    maxAnswerBytes: settings.maxAnswerBytes,
    connection,
    dialect: 'messages',
    sdkModel: (serverName) => sdk.messages(serverName),
    pathOf: (target) => paths[target],
    headers: { 'anthropic-version': version },
    listPath: '/models',
  });
}

/** The address as Anthropic's own clients have it, to which they add the version; some write it all the same. */
function withVersion(baseUrl: string): string {
  const url = new URL(baseUrl);
  const path = url.pathname.replace(/\/+$/, '');
  url.pathname = path.endsWith('/v1') ? path : `${path}/v1`;
  return url.toString();
}
