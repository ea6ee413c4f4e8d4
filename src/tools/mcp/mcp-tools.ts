import {
  ToolError,
  type ToolDefinition,
  type ToolOutput,
  type ToolScope,
  type ToolSource,
} from '../tool-source.js';
import { mapResult } from './map-content.js';
import type { McpLimits } from './mcp-limits.js';
import type { McpServers } from './mcp-servers.js';

/** The tools of all MCP servers, each named `server__tool`. */
export class McpTools implements ToolSource {
  readonly name = 'mcp';

  constructor(
    private readonly servers: McpServers,
    private readonly limits: McpLimits,
  ) {}

  async list(): Promise<readonly ToolDefinition[]> {
    const lists = await Promise.all(this.servers.all().map((server) => server.list()));
    return lists.flatMap(({ tools }) => tools);
  }

  async call(
    { name, server_name, original_name, timeout_ms }: ToolDefinition,
    args: Readonly<Record<string, unknown>>,
    _scope: ToolScope,
    abort: AbortSignal,
  ): Promise<ToolOutput> {
    if (server_name === undefined || original_name === undefined)
      throw new ToolError('tool_not_found', `There is no tool named ${name}.`);
    const params = { name: original_name, arguments: args };
    const request = { method: 'tools/call', params, timeoutMs: timeout_ms };
    const answer = await this.servers.get(server_name).request(request, abort);
    return mapResult(answer, this.limits.toolResultBytes);
  }
}
