import { AnyJson, Choice, Component, Text, Timestamp } from '../../http/fields.js';
import {
  approvalStatuses,
  type ApprovalStatus,
  type McpResourceData as McpResource,
  type McpToolRequestData as McpToolRequest,
  type McpToolResultData as McpToolResult,
} from '../payload-kinds.js';
import { maxContent, maxForeignId, maxFreeBytes, maxName, maxUri, mimeType, printable } from './limits.js';
import { ToolOutcome } from './tools.js';

const serverName = {
  ...printable,
  about: 'Name of the MCP server.',
  min: 1,
  max: maxName,
  example: 'github',
};

@Component({ about: 'A call of a tool on an MCP server.' })
export class McpToolRequestData implements McpToolRequest {
  @Text(serverName)
  readonly server_name!: string;

  @Text({ about: 'Name of the tool on that server.', min: 1, max: maxName, example: 'search_issues' })
  readonly tool_name!: string;

  @AnyJson({ about: 'What the tool is called with.', maxBytes: maxFreeBytes, example: { query: 'sse' } })
  readonly arguments!: unknown;

  @Text({ about: 'Id of the call, given by the model.', min: 1, max: maxForeignId, example: 'call_1' })
  readonly request_id!: string;

  @Choice({ about: 'Whether the call may be made.', values: approvalStatuses, example: 'approved' })
  readonly approval_status!: ApprovalStatus;

  @Timestamp({ about: 'When the model asked.' })
  readonly requested_at!: string;
}

@Component({ about: 'What came of a call on an MCP server.' })
export class McpToolResultData extends ToolOutcome implements McpToolResult {
  @Text(serverName)
  readonly server_name!: string;
}

@Component({ about: 'A resource that was fetched from an MCP server.' })
export class McpResourceData implements McpResource {
  @Text(serverName)
  readonly server_name!: string;

  @Text({
    ...printable,
    about: 'URI of the resource.',
    min: 1,
    max: maxUri,
    example: 'repo://pullcord/README.md',
  })
  readonly resource_uri!: string;

  @Text({
    about: 'What the resource held. A message without it is a wish to have it fetched.',
    max: maxContent,
    optional: true,
    example: '# Pullcord',
  })
  readonly content?: string;

  @Text({ ...mimeType, about: 'Type of the content.', optional: true, example: 'text/markdown' })
  readonly mime_type?: string;

  @Timestamp({ about: 'When it was fetched.', optional: true })
  readonly retrieved_at?: string;
}
