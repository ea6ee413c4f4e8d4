import type { OnApplicationShutdown } from '@nestjs/common';
import type { McpServerMap } from '../../config/mcp-servers.js';
import { ToolError } from '../tool-source.js';
import type { McpLimits } from './mcp-limits.js';
import { McpServer } from './server/mcp-server.js';

/** The MCP servers of this deployment. None is started before it is needed; none outlives us. */
export class McpServers implements OnApplicationShutdown {
  private readonly servers: ReadonlyMap<string, McpServer>;

  constructor(limits: McpLimits & { readonly mcpServers: McpServerMap }) {
    this.servers = new Map(
      Object.entries(limits.mcpServers).map(([name, server]) => [name, new McpServer(name, server, limits)]),
    );
  }

  all(): readonly McpServer[] {
    return [...this.servers.values()];
  }

  /** Throws ToolError `mcp_server_not_found`. */
  get(name: string): McpServer {
    const server = this.servers.get(name);
    if (server) return server;
    throw new ToolError('mcp_server_not_found', `There is no MCP server named ${name.slice(0, 64)}.`);
  }

  async onApplicationShutdown(): Promise<void> {
    await Promise.all(this.all().map((server) => server.close()));
  }
}
