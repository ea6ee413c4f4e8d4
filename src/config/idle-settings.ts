import { declarations } from './setting.js';
import { Settings } from './settings.js';

type Field = keyof Settings;

/** Settings that do nothing while something else is not as they need it. Only what is beyond doubt is in here. */
interface Rule {
  readonly fields: readonly Field[];
  readonly isIdle: (settings: Settings) => boolean;
  /** Completes the sentence "X has no effect: …". */
  readonly why: string;
}

const isOff =
  (name: Settings['tools'][number]) =>
  ({ tools }: Settings): boolean =>
    !tools.includes(name);
const notNamed = (name: string): string => `PULLCORD_TOOLS does not name ${name}`;

const rules: readonly Rule[] = [
  {
    fields: ['commandAllow', 'commandPath', 'commandEnv', 'commandOutputBytes', 'commandKillMs'],
    isIdle: isOff('run_command'),
    why: notNamed('run_command'),
  },
  {
    fields: ['commandPath', 'commandEnv', 'commandOutputBytes', 'commandKillMs'],
    isIdle: (settings) => !isOff('run_command')(settings) && settings.commandAllow.length === 0,
    why: 'without PULLCORD_COMMAND_ALLOW there is no run_command',
  },
  {
    fields: ['httpFetchHosts', 'httpFetchPrivate', 'httpFetchBytes', 'httpFetchRedirects'],
    isIdle: isOff('http_fetch'),
    why: notNamed('http_fetch'),
  },
  {
    fields: ['httpFetchPrivate', 'httpFetchBytes', 'httpFetchRedirects'],
    isIdle: (settings) => !isOff('http_fetch')(settings) && settings.httpFetchHosts.length === 0,
    why: 'without PULLCORD_HTTP_FETCH_HOSTS there is no http_fetch',
  },
  { fields: ['listMaxEntries'], isIdle: isOff('list_directory'), why: notNamed('list_directory') },
  {
    fields: ['searchMaxEntries', 'searchMaxDepth', 'searchMaxBytes', 'searchMaxMatches'],
    isIdle: isOff('search_files'),
    why: notNamed('search_files'),
  },
  {
    fields: [
      'mcpStartTimeoutMs',
      'mcpListWaitMs',
      'mcpRetryBaseMs',
      'mcpRetryMaxMs',
      'mcpCloseGraceMs',
      'mcpMessageBytes',
      'mcpMessagesPerSecond',
      'mcpLogLineBytes',
      'mcpMaxTools',
      'mcpToolBytes',
      'mcpMaxListed',
      'mcpResourceBytes',
      'mcpConcurrentCalls',
      'mcpWaitingCalls',
    ],
    isIdle: ({ mcpServers }) => Object.keys(mcpServers).length === 0,
    why: 'without PULLCORD_MCP_SERVERS there are no MCP servers',
  },
  {
    fields: ['postgresPool', 'postgresLockMs'],
    isIdle: ({ databaseUrl }) => databaseUrl === undefined,
    why: 'without DATABASE_URL the database is SQLite',
  },
  {
    fields: ['otelServiceName', 'traceQueueMax', 'traceFlushMs'],
    isIdle: ({ otlpEndpoint }) => otlpEndpoint === undefined,
    why: 'without OTEL_EXPORTER_OTLP_ENDPOINT there are no traces',
  },
  {
    fields: ['sqliteSynchronous', 'sqliteCheckpointPages'],
    isIdle: ({ databaseUrl }) => databaseUrl !== undefined,
    why: 'with DATABASE_URL the database is PostgreSQL',
  },
];

/** Tools that were asked for by name, and are not there all the same. */
const missing: readonly { readonly tool: Settings['tools'][number]; readonly needs: Field }[] = [
  { tool: 'run_command', needs: 'commandAllow' },
  { tool: 'http_fetch', needs: 'httpFetchHosts' },
  { tool: 'write_file', needs: 'workspaceRoots' },
  { tool: 'edit_file', needs: 'workspaceRoots' },
];

/**
 * A sentence for each setting that does nothing beside the others, to be told at the start: it may be meant to. One that
 * is said as its default already counts as not said. No sentence holds a value.
 */
export function idleSettings(settings: Settings): readonly string[] {
  const defaults = new Settings();
  const isSaid = (field: Field): boolean =>
    JSON.stringify(settings[field]) !== JSON.stringify(defaults[field]);
  const idle = rules
    .filter(({ isIdle }) => isIdle(settings))
    .flatMap(({ fields, why }) =>
      fields.filter(isSaid).map((field) => `${nameOf(field)} has no effect: ${why}.`),
    );
  const unmet = missing
    .filter(({ tool, needs }) => isSaid('tools') && settings.tools.includes(tool) && !isSaid(needs))
    .map(({ tool, needs }) => `PULLCORD_TOOLS names ${tool}, which is not there without ${nameOf(needs)}.`);
  return [...idle, ...unmet];
}

const nameOf = (field: Field): string =>
  declarations.find((declaration) => declaration.field === field)?.env ?? field;
