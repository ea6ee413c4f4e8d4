import { Body, Controller, Get, Post, Query, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { Operation, Tag, TextPath } from '../http/operation.js';
import { PathName } from '../http/params.js';
import { McpPrompts } from '../tools/mcp/mcp-prompts.js';
import { McpResources } from '../tools/mcp/mcp-resources.js';
import { McpServers } from '../tools/mcp/mcp-servers.js';
import {
  GetMcpPrompt,
  McpPromptList,
  McpPromptMessages,
  McpResourceContentView,
  McpResourceList,
  McpServerList,
  McpServerView,
  ReadResource,
} from './dto/mcp-views.js';
import { mcpErrors, orProblem } from './mcp-errors.js';

const ServerPath = TextPath('server', 'The name of the MCP server.', 'files');

@Tag('tools')
@Controller('mcp/servers')
export class McpController {
  constructor(
    private readonly servers: McpServers,
    private readonly resources: McpResources,
    private readonly prompts: McpPrompts,
  ) {}

  @Get()
  @Operation({
    id: 'listMcpServers',
    summary: 'List MCP servers',
    about: 'How each of them is. Asking starts none; whoever needs tools, resources or prompts does.',
    answer: { status: 200, about: 'The servers.', type: McpServerList },
  })
  list(): McpServerList {
    return { servers: this.servers.all().map(({ state }) => McpServerView.of(state)) };
  }

  @Get(':server/resources')
  @ServerPath
  @Operation({
    id: 'listMcpResources',
    summary: 'List the resources of an MCP server',
    answer: {
      status: 200,
      about: 'The resources and templates; none, when it has no such thing.',
      type: McpResourceList,
    },
    errors: mcpErrors,
  })
  listResources(
    @PathName('server') server: string,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<McpResourceList> {
    return orProblem(reply, (gone) => this.resources.list(server, gone));
  }

  @Get(':server/resource')
  @ServerPath
  @Operation({
    id: 'readMcpResource',
    summary: 'Read a resource of an MCP server',
    answer: { status: 200, about: 'What is in it.', type: McpResourceContentView },
    errors: [...mcpErrors, 'invalid_request', 'mcp_resource_not_found', 'limit_exceeded'],
  })
  readResource(
    @PathName('server') server: string,
    @Query() { uri }: ReadResource,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<McpResourceContentView> {
    return orProblem(reply, (gone) => this.resources.read(server, uri, gone));
  }

  @Get(':server/prompts')
  @ServerPath
  @Operation({
    id: 'listMcpPrompts',
    summary: 'List the prompts of an MCP server',
    answer: { status: 200, about: 'The prompts; none, when it has no such thing.', type: McpPromptList },
    errors: mcpErrors,
  })
  listPrompts(
    @PathName('server') server: string,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<McpPromptList> {
    return orProblem(reply, (gone) => this.prompts.list(server, gone));
  }

  @Post(':server/prompts/:prompt')
  @ServerPath
  @TextPath('prompt', 'The name of the prompt.', 'explain')
  @Operation({
    id: 'getMcpPrompt',
    summary: 'Fill a prompt of an MCP server in',
    about: 'Changes nothing here: what to do with the messages is up to the client.',
    answer: { status: 200, about: 'Its messages.', type: McpPromptMessages },
    errors: [...mcpErrors, 'limit_exceeded'],
  })
  getPrompt(
    @PathName('server') server: string,
    @PathName('prompt') name: string,
    @Body() { arguments: args = {} }: GetMcpPrompt,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<McpPromptMessages> {
    return orProblem(reply, (gone) => this.prompts.get(server, { name, arguments: args }, gone));
  }
}
