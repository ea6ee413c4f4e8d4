import { createOpenAICompatible } from '@ai-sdk/openai-compatible';
import type { CopilotSettings } from '../../config/provider-table.js';
import type { Settings } from '../../config/settings.js';
import { version } from '../../config/version.js';
import { callLimitsOf } from '../call-limits.js';
import type { ModelProvider } from '../model-provider.js';
import type { Opening } from '../opening.js';
import { compatibleName } from '../requests/convert-options.js';
import { UpstreamConnection, type AccessSource } from '../upstream/upstream-connection.js';
import { UpstreamProvider } from '../upstream/upstream-provider.js';
import { convertCopilotModels } from './convert-copilot-models.js';
import { exchange } from './exchange.js';
import { headersFor } from './request-headers.js';
import { Sessions } from './sessions.js';

/** Where Copilot is, when neither the settings nor GitHub say. */
const usualUrl = 'https://api.githubcopilot.com';

/**
 * Who asks, in Copilot's words: this program under its own name. The integration is the one that belongs to the GitHub
 * app whose id is the usual PULLCORD_COPILOT_CLIENT_ID; with another app, `headers` of the provider name another.
 */
const ownHeaders = {
  'editor-version': `Pullcord/${version}`,
  'editor-plugin-version': `pullcord/${version}`,
  'user-agent': `Pullcord/${version}`,
  'copilot-integration-id': 'vscode-chat',
} as const;

type Headers = Readonly<Record<string, string>>;

/** GitHub Copilot, as the user who has logged in. Asks nobody for anything: the first call does. */
export function openCopilot({ name, provider, settings }: Opening<CopilotSettings>): ModelProvider {
  const { connectTimeoutMs, maxConcurrent: maxConnections } = callLimitsOf(provider, settings);
  const headers = { ...ownHeaders, ...lowerCased(provider.headers) };
  const sessions = openSessions(settings, headers);
  const { base_url } = provider;
  const connection = new UpstreamConnection({
    baseUrl: base_url ?? usualUrl,
    connectTimeoutMs,
    maxConnections,
    access: accessBy(sessions, headers, base_url),
  });
  const sdk = createOpenAICompatible({
    name: compatibleName,
    baseURL: connection.url.toString(),
    fetch: connection.fetch.fetch,
    includeUsage: true,
    supportsStructuredOutputs: true,
  });
  return new UpstreamProvider({
    name,
    models: provider.models,
    takesAnyName: provider.takes_any_name,
    maxAnswerBytes: settings.maxAnswerBytes,
    connection,
    dialect: 'chat_completions',
    sdkModel: (serverName) => sdk.chatModel(serverName),
    pathOf: (target) => paths.get(target),
    listPath: '/models',
    convertList: convertCopilotModels,
    onClose: () => sessions.close(),
  });
}

const paths: ReadonlyMap<string, string> = new Map([
  ['chat_completions', '/chat/completions'],
  ['embeddings', '/embeddings'],
]);

/** The session of the moment, and what the request says of itself. */
const accessBy =
  (sessions: Sessions, headers: Headers, baseUrl: string | undefined): AccessSource =>
  async ({ body }, abort) => {
    const { token, api } = await sessions.get(abort);
    return {
      headers: { ...headersFor(body), ...headers, authorization: `Bearer ${token}` },
      secrets: [token],
      ...(baseUrl === undefined && api !== undefined && { baseUrl: api }),
      refused: () => sessions.refuse(token),
    };
  };

function openSessions(settings: Settings, headers: Headers): Sessions {
  const { dataDir, copilotGithubApiUrl: apiUrl, copilotTimeoutMs: timeoutMs } = settings;
  return new Sessions(
    {
      marginMs: settings.copilotRefreshMarginMs,
      retryBaseMs: settings.copilotRetryBaseMs,
      retryMaxMs: settings.copilotRetryMaxMs,
    },
    {
      exchange: (now, abort) => exchange({ dataDir, apiUrl, timeoutMs, headers }, now, abort),
      now: Date.now,
      random: Math.random,
    },
  );
}

/** So that a name that is spelt otherwise replaces ours. */
const lowerCased = (headers: Headers): Record<string, string> =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
