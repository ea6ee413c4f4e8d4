import { Module } from '@nestjs/common';
import { Settings } from '../config/settings.js';
import { Clock } from '../kernel/clock.js';
import { BuiltinTools } from './builtin/builtin-tools.js';
import { McpPrompts } from './mcp/mcp-prompts.js';
import { McpResources } from './mcp/mcp-resources.js';
import { McpServers } from './mcp/mcp-servers.js';
import { McpTools } from './mcp/mcp-tools.js';
import { ToolRegistry } from './tool-registry.js';
import { Workspaces } from './workspace/workspaces.js';

/** What models may call, the folders that they may see, and what MCP servers have beside tools. */
@Module({
  providers: [
    Workspaces,
    {
      provide: BuiltinTools,
      inject: [Settings, Clock, Workspaces],
      useFactory: (settings: Settings, clock: Clock, workspaces: Workspaces) =>
        new BuiltinTools(settings, { clock, workspaces }),
    },
    { provide: McpServers, inject: [Settings], useFactory: (settings: Settings) => new McpServers(settings) },
    ...[McpTools, McpResources, McpPrompts].map((part) => ({
      provide: part,
      inject: [McpServers, Settings],
      useFactory: (servers: McpServers, settings: Settings) => new part(servers, settings),
    })),
    {
      provide: ToolRegistry,
      inject: [Settings, BuiltinTools, McpTools],
      useFactory: (settings: Settings, builtin: BuiltinTools, mcp: McpTools) =>
        new ToolRegistry(settings, [builtin, mcp]),
    },
  ],
  exports: [ToolRegistry, Workspaces, McpServers, McpResources, McpPrompts],
})
export class ToolsModule {}
