import { accessToken, type AccessToken } from './access-token.js';
import { flag, folder, listOf, noneOr, oneOf, origin, text, url, wholeNumber } from './kinds.js';
import { mcpServers, type McpServerMap } from './mcp-servers.js';
import { modelTable, type ModelTable } from './model-table.js';
import { Setting } from './setting.js';
import { toolPolicy, type ToolPolicy } from './tool-policy.js';
import {
  addressAndPort,
  environmentEntry,
  hostRule,
  toolTimeout,
  type AddressAndPort,
  type EnvironmentEntry,
  type HostRule,
  type ToolTimeout,
} from './tool-values.js';

export const logLevels = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;
export type LogLevel = (typeof logLevels)[number];

export const synchronousModes = ['FULL', 'NORMAL'] as const;
export type SqliteSynchronous = (typeof synchronousModes)[number];

/** The tools that are built in; those that change or start something are off until PULLCORD_TOOLS names them. */
export const builtinTools = [
  'current_time',
  'read_file',
  'list_directory',
  'search_files',
  'http_fetch',
  'write_file',
  'edit_file',
  'run_command',
] as const;
export type BuiltinToolName = (typeof builtinTools)[number];

/** The longest wait a Node timer can hold. */
const longest = 2_147_483_647;
const path = text('a path', /^[^\0]+$/);
const key = text('text without spaces', /^[\x21-\x7e]+$/);

/**
 * Everything that can be set, with its default. Made by readSettings; nothing else reads the environment.
 * After a change here: `npx vitest run --project unit src/config -u` writes docs/reference/settings.md anew.
 */
export class Settings {
  @Setting(
    {
      env: 'HOST',
      file: 'host',
      about: 'The address to listen on; anything but a loopback address needs PULLCORD_TOKENS.',
    },
    text('a host name or an IP address', /^[\w.:%-]{1,255}$/),
  )
  readonly host: string = '127.0.0.1';

  @Setting(
    { env: 'PORT', file: 'port', about: 'The TCP port to listen on; 0 takes any free one.' },
    wholeNumber(0, 65_535),
  )
  readonly port: number = 3000;

  @Setting(
    { env: 'PULLCORD_DATA_DIR', file: 'data_dir', about: 'The folder of pullcord.db and the attachments.' },
    path,
  )
  readonly dataDir: string = './data';

  @Setting(
    {
      env: 'DATABASE_URL',
      file: 'database_url',
      about: 'The PostgreSQL database that holds everything; unset, SQLite in the data folder does.',
      secret: true,
    },
    url('postgres:', 'postgresql:'),
  )
  readonly databaseUrl?: string;

  @Setting(
    {
      env: 'PULLCORD_TOKENS',
      file: 'tokens',
      about: 'Who may call, each token naming its owner; when set, every call needs one of them.',
      secret: true,
    },
    listOf(accessToken),
  )
  readonly tokens: readonly AccessToken[] = [];

  @Setting(
    { env: 'PULLCORD_LOG_LEVEL', file: 'log_level', about: 'The least important log line that is written.' },
    oneOf(...logLevels),
  )
  readonly logLevel: LogLevel = 'info';

  @Setting(
    {
      env: 'PULLCORD_CORS_ORIGINS',
      file: 'cors_origins',
      about: 'The origins whose pages may call from a browser; * needs PULLCORD_TOKENS.',
    },
    listOf(origin),
  )
  readonly corsOrigins: readonly string[] = [];

  @Setting(
    {
      env: 'PULLCORD_BODY_LIMIT_BYTES',
      file: 'body_limit_bytes',
      about: 'The largest request body; past it, 413.',
    },
    wholeNumber(1024, 1_073_741_824),
  )
  readonly bodyLimitBytes: number = 4_194_304;

  @Setting(
    {
      env: 'PULLCORD_REQUEST_TIMEOUT_MS',
      file: 'request_timeout_ms',
      about: 'How long a request may take to arrive, head and body; past it, 408. Answers may take longer.',
    },
    wholeNumber(100, longest),
  )
  readonly requestTimeoutMs: number = 120_000;

  @Setting(
    {
      env: 'PULLCORD_HEADERS_TIMEOUT_MS',
      file: 'headers_timeout_ms',
      about: 'How long the head of a request may take to arrive; past it, 408.',
    },
    wholeNumber(100, longest),
  )
  readonly headersTimeoutMs: number = 30_000;

  @Setting(
    {
      env: 'PULLCORD_PULL_CACHE_BYTES',
      file: 'pull_cache_bytes',
      about:
        'How much memory chunks that were pulled lately may take, so that others who pull the same do not read them again; 0 turns it off.',
    },
    wholeNumber(0, 4_294_967_296),
  )
  readonly pullCacheBytes: number = 16_777_216;

  @Setting(
    {
      env: 'PULLCORD_DRAIN_MS',
      file: 'drain_ms',
      about: 'How long open runs may go on after SIGTERM before they are marked and left.',
    },
    wholeNumber(0, longest),
  )
  readonly drainMs: number = 10_000;

  @Setting(
    {
      env: 'PULLCORD_SQLITE_SYNCHRONOUS',
      file: 'storage.sqlite_synchronous',
      about: 'FULL survives a power cut; NORMAL may lose the last commits in one, but not in a crash.',
    },
    oneOf(...synchronousModes),
  )
  readonly sqliteSynchronous: SqliteSynchronous = 'FULL';

  @Setting(
    {
      env: 'PULLCORD_SQLITE_CHECKPOINT_PAGES',
      file: 'storage.sqlite_checkpoint_pages',
      about:
        'How many pages (4 KB) the write-ahead log may hold before they are copied into the database file.',
    },
    wholeNumber(10, 1_000_000),
  )
  readonly sqliteCheckpointPages: number = 4000;

  @Setting(
    {
      env: 'PULLCORD_COMMIT_QUEUE_MAX',
      file: 'storage.commit_queue_max',
      about: 'How many units of work may wait for the writer; past it, 503.',
    },
    wholeNumber(1, 10_000_000),
  )
  readonly commitQueueMax: number = 10_000;

  @Setting(
    {
      env: 'PULLCORD_COMMIT_BATCH_MS',
      file: 'storage.commit_batch_ms',
      about: 'On SQLite, how long writes that wait together are added to one COMMIT before the next begins.',
    },
    wholeNumber(1, 1000),
  )
  readonly commitBatchMs: number = 4;

  @Setting(
    {
      env: 'PULLCORD_POSTGRES_POOL',
      file: 'storage.postgres_pool',
      about: 'Connections to PostgreSQL per node.',
    },
    wholeNumber(2, 1000),
  )
  readonly postgresPool: number = 10;

  @Setting(
    {
      env: 'PULLCORD_POSTGRES_LOCK_MS',
      file: 'storage.postgres_lock_ms',
      about: 'How long a unit of work may wait for a row that another one holds; past it, 503.',
    },
    wholeNumber(10, longest),
  )
  readonly postgresLockMs: number = 5_000;

  @Setting(
    {
      env: 'PULLCORD_STRICT_UNITS',
      file: 'storage.strict_units',
      about: 'Fails a unit of work that awaits anything but its transaction; for tests.',
    },
    flag,
  )
  readonly strictUnits: boolean = false;

  @Setting(
    {
      env: 'PULLCORD_IDEMPOTENCY_TTL_MS',
      file: 'storage.idempotency_ttl_ms',
      about: 'How long an Idempotency-Key is remembered.',
    },
    wholeNumber(1000, longest),
  )
  readonly idempotencyTtlMs: number = 86_400_000;

  @Setting(
    {
      env: 'PULLCORD_SIGNAL_MERGE_MS',
      file: 'sse.signal_merge_ms',
      about: 'At most one content_delta per message and subscriber in this time.',
    },
    wholeNumber(0, 60_000),
  )
  readonly signalMergeMs: number = 25;

  @Setting(
    { env: 'PULLCORD_HEARTBEAT_MS', file: 'sse.heartbeat_ms', about: 'The time between two heartbeats.' },
    wholeNumber(10, longest),
  )
  readonly heartbeatMs: number = 15_000;

  @Setting(
    {
      env: 'PULLCORD_SSE_MAX_AGE_MS',
      file: 'sse.max_age_ms',
      about: 'The age, give or take 20 %, at which a stream is ended so that its client reconnects.',
    },
    // Below the longest timer even with the 20 % on top.
    wholeNumber(100, 1_700_000_000),
  )
  readonly sseMaxAgeMs: number = 600_000;

  @Setting(
    {
      env: 'PULLCORD_SSE_STALL_MS',
      file: 'sse.stall_ms',
      about: 'How long a stream may stay full before its reader is given up.',
    },
    wholeNumber(10, longest),
  )
  readonly sseStallMs: number = 30_000;

  @Setting(
    {
      env: 'PULLCORD_SSE_MAX_PENDING',
      file: 'sse.max_pending',
      about: 'Signals that may wait for one subscriber; past it they become one resync.',
    },
    wholeNumber(1, 1_000_000),
  )
  readonly sseMaxPending: number = 256;

  @Setting(
    {
      env: 'PULLCORD_MAX_SUBSCRIBERS',
      file: 'sse.max_subscribers',
      about: 'Streams that may be open at once; past it, 429.',
    },
    wholeNumber(1, 10_000_000),
  )
  readonly maxSubscribers: number = 20_000;

  @Setting(
    {
      env: 'PULLCORD_SSE_RETRY_MS',
      file: 'sse.retry_ms',
      about: 'How long a client is told to wait before it reconnects.',
    },
    wholeNumber(0, longest),
  )
  readonly sseRetryMs: number = 2_000;

  @Setting(
    {
      env: 'PULLCORD_LONG_POLL_MAX',
      file: 'pulls.long_poll_max',
      about: 'Pulls that may be held open with wait_ms at once; past it, 429.',
    },
    wholeNumber(0, 10_000_000),
  )
  readonly longPollMax: number = 5_000;

  @Setting(
    {
      env: 'PULLCORD_MAX_CONCURRENT_RUNS',
      file: 'runs.max_concurrent',
      about: 'Runs under way at once; more wait in the queue.',
    },
    wholeNumber(1, 1_000_000),
  )
  readonly maxConcurrentRuns: number = 500;

  @Setting(
    {
      env: 'PULLCORD_MAX_QUEUED_MESSAGES',
      file: 'runs.max_queued_messages',
      about: 'Messages that may wait in one context with on_busy "queue"; past it, 429.',
    },
    wholeNumber(1, 100_000),
  )
  readonly maxQueuedMessages: number = 16;

  @Setting(
    {
      env: 'PULLCORD_RUN_LEASE_MS',
      file: 'runs.lease_ms',
      about: 'How long a run belongs to its node without a sign of life.',
    },
    wholeNumber(100, longest),
  )
  readonly runLeaseMs: number = 15_000;

  @Setting(
    {
      env: 'PULLCORD_MAX_ANSWER_BYTES',
      file: 'runs.max_answer_bytes',
      about: 'The longest answer that is kept; a run that goes on past it ends in an error.',
    },
    wholeNumber(1, 1_073_741_824),
  )
  readonly maxAnswerBytes: number = 33_554_432;

  @Setting(
    {
      env: 'PULLCORD_EXTERNAL_STREAM_IDLE_MS',
      file: 'runs.external_stream_idle_ms',
      about: 'How long an external producer may be silent before its message is ended.',
    },
    wholeNumber(10, longest),
  )
  readonly externalStreamIdleMs: number = 600_000;

  @Setting(
    {
      env: 'PULLCORD_COMPACT_AFTER_MS',
      file: 'storage.compact_after_ms',
      about: 'How long after its end the chunks of a message are packed into fewer rows.',
    },
    wholeNumber(0, longest),
  )
  readonly compactAfterMs: number = 60_000;

  @Setting(
    {
      env: 'PULLCORD_DEFAULT_MODEL',
      file: 'model.default',
      about: 'The model of a context that names none.',
    },
    text('a model id such as openai/gpt-4o-mini', /^[\x21-\x7e]{1,200}$/),
  )
  readonly defaultModel?: string;

  @Setting(
    {
      env: 'PULLCORD_MODELS',
      file: 'models',
      about:
        'What models take and can do, where it is not known or has changed, and which other names the providers have; docs/guides/models.md has an example.',
    },
    modelTable,
  )
  readonly models: ModelTable = {};

  @Setting(
    {
      env: 'PULLCORD_MODEL_CONNECT_TIMEOUT_MS',
      file: 'model.connect_timeout_ms',
      about: 'How long connecting to a model may take.',
    },
    wholeNumber(1, longest),
  )
  readonly modelConnectTimeoutMs: number = 10_000;

  @Setting(
    {
      env: 'PULLCORD_MODEL_FIRST_CHUNK_TIMEOUT_MS',
      file: 'model.first_chunk_timeout_ms',
      about: 'How long a model may think before its first chunk.',
    },
    wholeNumber(1, longest),
  )
  readonly modelFirstChunkTimeoutMs: number = 120_000;

  @Setting(
    {
      env: 'PULLCORD_MODEL_IDLE_TIMEOUT_MS',
      file: 'model.idle_timeout_ms',
      about: 'How long a model may be silent between two chunks.',
    },
    wholeNumber(1, longest),
  )
  readonly modelIdleTimeoutMs: number = 60_000;

  @Setting(
    {
      env: 'PULLCORD_MAX_TOOL_DEPTH',
      file: 'runs.max_tool_depth',
      about: 'Rounds of tool calls that are made in a turn before the user must say go on.',
    },
    wholeNumber(1, 1000),
  )
  readonly maxToolDepth: number = 16;

  @Setting(
    {
      env: 'PULLCORD_MAX_TOOL_CALLS',
      file: 'runs.max_tool_calls',
      about: 'Tool calls in one answer of the model; a run whose model makes more ends in an error.',
    },
    wholeNumber(1, 128),
  )
  readonly maxToolCalls: number = 64;

  @Setting(
    {
      env: 'PULLCORD_TOOL_CONCURRENCY',
      file: 'runs.tool_concurrency',
      about: 'Calls of one answer that are made at once, of tools that may run beside others.',
    },
    wholeNumber(1, 128),
  )
  readonly toolConcurrency: number = 8;

  @Setting(
    {
      env: 'PULLCORD_TOOL_POLICY',
      file: 'tools.policy',
      about: 'Which tool calls are made without asking the user, in contexts that do not say so themselves.',
    },
    toolPolicy,
  )
  readonly toolPolicy: ToolPolicy = { type: 'manual' };

  @Setting(
    {
      env: 'PULLCORD_TOOLS',
      file: 'tools.enabled',
      about: 'The built-in tools that models may be offered; none for no tool.',
    },
    noneOr(listOf(oneOf(...builtinTools))),
  )
  readonly tools: readonly BuiltinToolName[] = [
    'current_time',
    'read_file',
    'list_directory',
    'search_files',
    'http_fetch',
  ];

  @Setting(
    {
      env: 'PULLCORD_TOOL_TIMEOUT_MS',
      file: 'tools.timeout_ms',
      about: 'How long one call of a tool may take.',
    },
    wholeNumber(1, longest),
  )
  readonly toolTimeoutMs: number = 30_000;

  @Setting(
    {
      env: 'PULLCORD_TOOL_TIMEOUTS',
      file: 'tools.timeouts',
      about: 'Tools that may take another time than that, such as run_command=120000.',
    },
    listOf(toolTimeout(longest)),
  )
  readonly toolTimeouts: readonly ToolTimeout[] = [];

  @Setting(
    {
      env: 'PULLCORD_TOOL_GRACE_MS',
      file: 'tools.grace_ms',
      about: 'How long a call that was stopped may take to end before it is left to itself.',
    },
    wholeNumber(0, longest),
  )
  readonly toolGraceMs: number = 5_000;

  @Setting(
    {
      env: 'PULLCORD_TOOL_ARGUMENTS_BYTES',
      file: 'tools.arguments_bytes',
      about: 'The most bytes of the arguments of one call.',
    },
    wholeNumber(2, 262_144),
  )
  readonly toolArgumentsBytes: number = 262_144;

  @Setting(
    {
      env: 'PULLCORD_TOOL_RESULT_BYTES',
      file: 'tools.result_bytes',
      about: 'The most bytes of the result of one call; text is cut there, anything else is an error.',
    },
    wholeNumber(1024, 1_048_576),
  )
  readonly toolResultBytes: number = 262_144;

  @Setting(
    {
      env: 'PULLCORD_WORKSPACE_ROOTS',
      file: 'tools.workspace_roots',
      about: 'The folders that the workspaces of contexts must be in; unset, no context has a workspace.',
    },
    listOf(folder),
  )
  readonly workspaceRoots: readonly string[] = [];

  @Setting(
    {
      env: 'PULLCORD_FILE_MAX_BYTES',
      file: 'tools.file_max_bytes',
      about: 'The largest file of a workspace that is read or written.',
    },
    wholeNumber(1, 67_108_864),
  )
  readonly fileMaxBytes: number = 1_048_576;

  @Setting(
    {
      env: 'PULLCORD_LIST_MAX_ENTRIES',
      file: 'tools.list_max_entries',
      about: 'The most entries of a folder that list_directory shows.',
    },
    wholeNumber(1, 100_000),
  )
  readonly listMaxEntries: number = 1000;

  @Setting(
    {
      env: 'PULLCORD_SEARCH_MAX_ENTRIES',
      file: 'tools.search_max_entries',
      about: 'The most files and folders that one search_files looks at.',
    },
    wholeNumber(1, 10_000_000),
  )
  readonly searchMaxEntries: number = 20_000;

  @Setting(
    {
      env: 'PULLCORD_SEARCH_MAX_DEPTH',
      file: 'tools.search_max_depth',
      about: 'How many folders deep search_files goes.',
    },
    wholeNumber(0, 1000),
  )
  readonly searchMaxDepth: number = 32;

  @Setting(
    {
      env: 'PULLCORD_SEARCH_MAX_BYTES',
      file: 'tools.search_max_bytes',
      about: 'The most bytes of files that one search_files reads.',
    },
    wholeNumber(1, 1_073_741_824),
  )
  readonly searchMaxBytes: number = 67_108_864;

  @Setting(
    {
      env: 'PULLCORD_SEARCH_MAX_MATCHES',
      file: 'tools.search_max_matches',
      about: 'The most lines or files that one search_files shows.',
    },
    wholeNumber(1, 100_000),
  )
  readonly searchMaxMatches: number = 200;

  @Setting(
    {
      env: 'PULLCORD_HTTP_FETCH_HOSTS',
      file: 'tools.http_fetch.hosts',
      about:
        'Where http_fetch may go: docs.example.com, *.example.com, * for all, each with :port when it is not the usual one; unset, there is no http_fetch.',
    },
    listOf(hostRule),
  )
  readonly httpFetchHosts: readonly HostRule[] = [];

  @Setting(
    {
      env: 'PULLCORD_HTTP_FETCH_PRIVATE',
      file: 'tools.http_fetch.private',
      about:
        'Addresses with ports that http_fetch may connect to although they are private, such as 10.0.0.5:8080; the host must be allowed too.',
    },
    listOf(addressAndPort),
  )
  readonly httpFetchPrivate: readonly AddressAndPort[] = [];

  @Setting(
    {
      env: 'PULLCORD_HTTP_FETCH_BYTES',
      file: 'tools.http_fetch.bytes',
      about: 'The most bytes of a page that http_fetch reads.',
    },
    wholeNumber(1, 67_108_864),
  )
  readonly httpFetchBytes: number = 1_048_576;

  @Setting(
    {
      env: 'PULLCORD_HTTP_FETCH_REDIRECTS',
      file: 'tools.http_fetch.redirects',
      about: 'How many redirects http_fetch follows; each is checked like the first address.',
    },
    wholeNumber(0, 20),
  )
  readonly httpFetchRedirects: number = 5;

  @Setting(
    {
      env: 'PULLCORD_COMMAND_ALLOW',
      file: 'tools.command.allow',
      about:
        'The programs that run_command may start, by name, with any arguments; unset, there is no run_command.',
    },
    listOf(text('the name of a program, without a path', /^\w[\w.+-]{0,63}$/)),
  )
  readonly commandAllow: readonly string[] = [];

  @Setting(
    {
      env: 'PULLCORD_COMMAND_PATH',
      file: 'tools.command.path',
      about: 'The folders where run_command finds programs, in this order.',
    },
    listOf(folder),
  )
  readonly commandPath: readonly string[] = ['/usr/local/bin', '/usr/bin', '/bin'];

  @Setting(
    {
      env: 'PULLCORD_COMMAND_ENV',
      file: 'tools.command.env',
      about:
        'What the programs of run_command have in their environment beside PATH, HOME and LANG, as NAME=value.',
      secret: true,
    },
    listOf(environmentEntry),
  )
  readonly commandEnv: readonly EnvironmentEntry[] = [];

  @Setting(
    {
      env: 'PULLCORD_COMMAND_OUTPUT_BYTES',
      file: 'tools.command.output_bytes',
      about: 'The most bytes of each of its two outputs that are kept of a program.',
    },
    wholeNumber(1, 1_048_576),
  )
  readonly commandOutputBytes: number = 65_536;

  @Setting(
    {
      env: 'PULLCORD_COMMAND_KILL_MS',
      file: 'tools.command.kill_ms',
      about: 'How long a program that is stopped may take to end by itself before it is killed.',
    },
    wholeNumber(0, longest),
  )
  readonly commandKillMs: number = 2_000;

  @Setting(
    {
      env: 'PULLCORD_MCP_SERVERS',
      file: 'mcp.servers',
      about: 'The MCP servers whose tools models may be offered; docs/guides/mcp.md has an example.',
      // Their environments and headers hold keys.
      secret: true,
    },
    mcpServers,
  )
  readonly mcpServers: McpServerMap = {};

  @Setting(
    {
      env: 'PULLCORD_MCP_START_TIMEOUT_MS',
      file: 'mcp.start_timeout_ms',
      about: 'How long an MCP server may take from its start until it has listed its tools.',
    },
    wholeNumber(1, longest),
  )
  readonly mcpStartTimeoutMs: number = 30_000;

  @Setting(
    {
      env: 'PULLCORD_MCP_LIST_WAIT_MS',
      file: 'mcp.list_wait_ms',
      about: 'How long whoever wants the tools waits for an MCP server that has only begun to start.',
    },
    wholeNumber(0, longest),
  )
  readonly mcpListWaitMs: number = 5_000;

  @Setting(
    {
      env: 'PULLCORD_MCP_RETRY_BASE_MS',
      file: 'mcp.retry_base_ms',
      about:
        'The wait before an MCP server that failed is started again; it doubles from there, with jitter.',
    },
    wholeNumber(1, longest),
  )
  readonly mcpRetryBaseMs: number = 500;

  @Setting(
    {
      env: 'PULLCORD_MCP_RETRY_MAX_MS',
      file: 'mcp.retry_max_ms',
      about: 'The longest such wait; a server that has got there counts as failed, and is tried at need.',
    },
    wholeNumber(1, longest),
  )
  readonly mcpRetryMaxMs: number = 60_000;

  @Setting(
    {
      env: 'PULLCORD_MCP_CLOSE_GRACE_MS',
      file: 'mcp.close_grace_ms',
      about: 'How long an MCP server may take to end when it is asked to, and again before it is killed.',
    },
    wholeNumber(0, 60_000),
  )
  readonly mcpCloseGraceMs: number = 1_000;

  @Setting(
    {
      env: 'PULLCORD_MCP_MESSAGE_BYTES',
      file: 'mcp.message_bytes',
      about: 'The largest message of an MCP server; past it, the connection is ended.',
    },
    wholeNumber(1024, 268_435_456),
  )
  readonly mcpMessageBytes: number = 4_194_304;

  @Setting(
    {
      env: 'PULLCORD_MCP_MESSAGES_PER_SECOND',
      file: 'mcp.messages_per_second',
      about: 'What an MCP server may send unasked in a second; past it, the connection is ended.',
    },
    wholeNumber(1, 1_000_000),
  )
  readonly mcpMessagesPerSecond: number = 1_000;

  @Setting(
    {
      env: 'PULLCORD_MCP_LOG_LINE_BYTES',
      file: 'mcp.log_line_bytes',
      about: 'How much of a line that an MCP server writes to stderr goes into the log, at level debug.',
    },
    wholeNumber(0, 65_536),
  )
  readonly mcpLogLineBytes: number = 2_048;

  @Setting(
    {
      env: 'PULLCORD_MCP_MAX_TOOLS',
      file: 'mcp.max_tools',
      about: 'The most tools of one MCP server; what it lists after them is left out.',
    },
    wholeNumber(1, 10_000),
  )
  readonly mcpMaxTools: number = 128;

  @Setting(
    {
      env: 'PULLCORD_MCP_TOOL_BYTES',
      file: 'mcp.tool_bytes',
      about: 'The most bytes of what an MCP server says of one tool; a tool that needs more is left out.',
    },
    wholeNumber(256, 262_144),
  )
  readonly mcpToolBytes: number = 32_768;

  @Setting(
    {
      env: 'PULLCORD_MCP_MAX_LISTED',
      file: 'mcp.max_listed',
      about: 'The most resources, templates or prompts of one MCP server that are listed.',
    },
    wholeNumber(1, 100_000),
  )
  readonly mcpMaxListed: number = 1_000;

  @Setting(
    {
      env: 'PULLCORD_MCP_RESOURCE_BYTES',
      file: 'mcp.resource_bytes',
      about: 'The largest resource or prompt of an MCP server that is read.',
    },
    wholeNumber(1, 67_108_864),
  )
  readonly mcpResourceBytes: number = 1_048_576;

  @Setting(
    {
      env: 'PULLCORD_MCP_CONCURRENT_CALLS',
      file: 'mcp.concurrent_calls',
      about: 'Requests that one MCP server is sent at once; more wait for their turn.',
    },
    wholeNumber(1, 10_000),
  )
  readonly mcpConcurrentCalls: number = 16;

  @Setting(
    {
      env: 'PULLCORD_MCP_WAITING_CALLS',
      file: 'mcp.waiting_calls',
      about: 'Requests that may wait for one MCP server; past it they fail at once.',
    },
    wholeNumber(0, 100_000),
  )
  readonly mcpWaitingCalls: number = 256;

  @Setting(
    {
      env: 'PULLCORD_PROMPT_MAX_MESSAGES',
      file: 'runs.prompt_max_messages',
      about: 'How many of the newest messages of a branch the model is sent.',
    },
    wholeNumber(1, 100_000),
  )
  readonly promptMaxMessages: number = 1000;

  @Setting(
    {
      env: 'PULLCORD_WORKFLOWS_DIR',
      file: 'workflows.dir',
      about: 'The folder of workflow files; unset, `workflows` in the data folder, if it is there.',
    },
    path,
  )
  readonly workflowsDir?: string;

  @Setting(
    {
      env: 'PULLCORD_WORKFLOW_STEP_TIMEOUT_MS',
      file: 'workflows.step_timeout_ms',
      about: 'How long one try of a prompt or tool step may take that does not say so itself.',
    },
    wholeNumber(1, longest),
  )
  readonly workflowStepTimeoutMs: number = 600_000;

  @Setting(
    {
      env: 'PULLCORD_WORKFLOW_MAX_ITERATIONS',
      file: 'workflows.max_iterations',
      about: 'The longest list that one for_each step takes.',
    },
    wholeNumber(1, 100_000),
  )
  readonly workflowMaxIterations: number = 1000;

  @Setting(
    {
      env: 'PULLCORD_WORKFLOW_MAX_STEPS',
      file: 'workflows.max_steps',
      about: 'How many steps one execution may take in all, each iteration counted.',
    },
    wholeNumber(1, 1_000_000),
  )
  readonly workflowMaxSteps: number = 10_000;

  @Setting(
    {
      env: 'PULLCORD_WORKFLOW_OUTPUT_BYTES',
      file: 'workflows.output_bytes',
      about: 'The largest output of a step, in bytes of JSON.',
    },
    wholeNumber(1, 16_777_216),
  )
  readonly workflowOutputBytes: number = 262_144;

  @Setting(
    {
      env: 'PULLCORD_MAX_REFERENCES',
      file: 'prompt.max_references',
      about:
        'How many different files and resources one message may point at; of its text, all that looks like a file counts.',
    },
    wholeNumber(1, 10_000),
  )
  readonly maxReferences: number = 100;

  @Setting(
    {
      env: 'PULLCORD_REFERENCES_MAX_BYTES',
      file: 'prompt.references_max_bytes',
      about: 'How much text the files and resources of one message may bring into the conversation together.',
    },
    wholeNumber(1, 1_000_000),
  )
  readonly referencesMaxBytes: number = 1_000_000;

  @Setting(
    {
      env: 'PULLCORD_WORKSPACE_HINT_ENTRIES',
      file: 'prompt.workspace_hint_entries',
      about: 'How many names at the top of a workspace the model is told; 0 for none.',
    },
    wholeNumber(0, 10_000),
  )
  readonly workspaceHintEntries: number = 50;

  @Setting(
    {
      env: 'PULLCORD_MODEL_CONTEXT_TOKENS',
      file: 'prompt.model_context_tokens',
      about:
        'The most tokens of a request and its answer together, whatever more a model can take; unset, what it is known to take, or 128000.',
    },
    wholeNumber(16, 100_000_000),
  )
  readonly modelContextTokens?: number;

  @Setting(
    {
      env: 'PULLCORD_MODEL_ANSWER_TOKENS',
      file: 'prompt.model_answer_tokens',
      about:
        'How many of those are kept for the answer where the parameters of a context name no max_tokens; at most half.',
    },
    wholeNumber(1, 100_000_000),
  )
  readonly modelAnswerTokens: number = 4096;

  @Setting(
    {
      env: 'PULLCORD_TOKEN_COUNTS',
      file: 'prompt.token_counts',
      about: 'How many texts are remembered with their number of tokens.',
    },
    wholeNumber(0, 10_000_000),
  )
  readonly tokenCounts: number = 10_000;

  @Setting(
    {
      env: 'PULLCORD_MODEL_MAX_ATTEMPTS',
      file: 'model.max_attempts',
      about: 'How often a call is tried in all while nothing was streamed yet.',
    },
    wholeNumber(1, 100),
  )
  readonly modelMaxAttempts: number = 4;

  @Setting(
    {
      env: 'PULLCORD_MODEL_RETRY_BASE_MS',
      file: 'model.retry_base_ms',
      about: 'The wait before the second attempt; it doubles from there, with jitter.',
    },
    wholeNumber(0, longest),
  )
  readonly modelRetryBaseMs: number = 500;

  @Setting(
    {
      env: 'PULLCORD_MODEL_RETRY_MAX_MS',
      file: 'model.retry_max_ms',
      about: 'The longest wait between two attempts, whatever Retry-After says.',
    },
    wholeNumber(0, longest),
  )
  readonly modelRetryMaxMs: number = 30_000;

  @Setting(
    {
      env: 'OPENAI_API_KEY',
      file: 'openai.api_key',
      about: 'The key of the provider "openai"; the provider exists when this or its base URL is set.',
      secret: true,
    },
    key,
  )
  readonly openaiApiKey?: string;

  @Setting(
    {
      env: 'OPENAI_BASE_URL',
      file: 'openai.base_url',
      about: 'Any OpenAI-compatible server; unset, https://api.openai.com/v1.',
      // A URL may carry a password.
      secret: true,
    },
    url('http:', 'https:'),
  )
  readonly openaiBaseUrl?: string;

  @Setting(
    {
      env: 'PULLCORD_SCRIPTED_PACE_MS',
      file: 'scripted.pace_ms',
      about: 'The time between two chunks of the built-in scripted model.',
    },
    wholeNumber(0, 60_000),
  )
  readonly scriptedPaceMs: number = 30;
}
