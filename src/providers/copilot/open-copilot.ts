import type { CopilotSettings } from '../../config/provider-table.js';
import { version } from '../../config/version.js';
import { callLimitsOf } from '../call-limits.js';
import type { ModelProvider } from '../model-provider.js';
import type { Opening } from '../opening.js';
import { UpstreamConnection } from '../upstream/upstream-connection.js';
import { CopilotProvider } from './copilot-provider.js';
import { exchange } from './exchange.js';
import { Sessions } from './sessions.js';

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

/** Asks nobody for anything: the first call does. */
export function openCopilot({ name, provider, settings }: Opening<CopilotSettings>): ModelProvider {
  const { connectTimeoutMs, maxConcurrent } = callLimitsOf(provider, settings);
  const headers = { ...ownHeaders, ...lowerCased(provider.headers) };
  const { dataDir, copilotGithubApiUrl: apiUrl, copilotTimeoutMs: timeoutMs } = settings;
  const sessions = new Sessions(
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
  const connection = new UpstreamConnection({
    baseUrl: provider.base_url ?? 'https://api.githubcopilot.com',
    connectTimeoutMs,
    maxConnections: maxConcurrent,
  });
  return new CopilotProvider(
    {
      name,
      models: provider.models,
      takesAnyName: provider.takes_any_name,
      baseUrl: provider.base_url,
      headers,
      maxAnswerBytes: settings.maxAnswerBytes,
      timeoutMs,
    },
    connection,
    sessions,
  );
}

/** So that a name that is spelt otherwise replaces ours. */
const lowerCased = (headers: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
