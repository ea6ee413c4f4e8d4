import { ToolError } from '../tool-source.js';
import { mapBlock } from './map-content.js';
import type { McpLimits } from './mcp-limits.js';
import type { McpServers } from './mcp-servers.js';
import { isObject, objectsIn, textOf } from './read-json.js';

export interface McpPromptArgument {
  readonly name: string;
  readonly description?: string;
  readonly is_required: boolean;
}

export interface McpPrompt {
  readonly name: string;
  readonly description?: string;
  readonly arguments: readonly McpPromptArgument[];
}

export interface McpPromptMessage {
  readonly role: 'user' | 'assistant';
  /** A block: `{type: 'text', text}`, or an image, audio or resource. */
  readonly content: Readonly<Record<string, unknown>>;
}

type Json = Readonly<Record<string, unknown>>;

/** The prompts of the MCP servers. Every method throws ToolError (`mcp_server_not_found`, `mcp_unavailable` …). */
export class McpPrompts {
  constructor(
    private readonly servers: McpServers,
    private readonly limits: McpLimits,
  ) {}

  async list(
    serverName: string,
    abort: AbortSignal,
  ): Promise<{ readonly prompts: readonly McpPrompt[]; readonly has_more: boolean }> {
    const list = { method: 'prompts/list', key: 'prompts' };
    const { items, isCut } = await this.servers.get(serverName).listAll('prompts', list, abort);
    return { prompts: objectsIn(items).flatMap(toPrompt), has_more: isCut };
  }

  /** The messages of one. Also throws `mcp_refused` when the server does not know it or wants other arguments. */
  async get(
    serverName: string,
    prompt: { readonly name: string; readonly arguments: Readonly<Record<string, string>> },
    abort: AbortSignal,
  ): Promise<{ readonly description?: string; readonly messages: readonly McpPromptMessage[] }> {
    const server = this.servers.get(serverName);
    const request = { method: 'prompts/get', params: { ...prompt }, timeoutMs: server.timeoutMs };
    const answer = await server.request(request, abort);
    const description = textOf(answer.description);
    const messages = objectsIn(answer.messages).map(toMessage);
    const bytes = Buffer.byteLength(JSON.stringify(messages));
    const most = this.limits.mcpResourceBytes;
    if (bytes > most)
      throw new ToolError('mcp_too_large', `The prompt is ${bytes} bytes; at most ${most} are taken.`);
    return { ...(description !== undefined && { description }), messages };
  }
}

function toPrompt({ name, title, description, arguments: args }: Json): McpPrompt[] {
  if (typeof name !== 'string') return [];
  const about = textOf(description) ?? textOf(title);
  return [
    {
      name,
      ...(about !== undefined && { description: about }),
      arguments: objectsIn(args).flatMap(toArgument),
    },
  ];
}

function toArgument({ name, description, required }: Json): McpPromptArgument[] {
  if (typeof name !== 'string') return [];
  const about = textOf(description);
  return [{ name, ...(about !== undefined && { description: about }), is_required: required === true }];
}

const toMessage = ({ role, content }: Json): McpPromptMessage => ({
  role: role === 'assistant' ? 'assistant' : 'user',
  content: mapBlock(isObject(content) ? content : {}),
});
