import { longest, wholeNumber } from '../kinds.js';
import { mcpServers, type McpServerMap } from '../mcp-servers.js';
import { Setting } from '../setting.js';

/** MCP servers, and what they may cost. */
export class McpSettings {
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
}
