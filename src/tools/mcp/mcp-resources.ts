import { ToolError } from '../tool-source.js';
import type { McpLimits } from './mcp-limits.js';
import type { McpServers } from './mcp-servers.js';
import { objectsIn, textOf } from './read-json.js';

export interface McpResourceContent {
  /** Its text, several parts one after the other; Base64 when it is not text. */
  readonly content: string;
  readonly mime_type?: string;
  readonly encoding: 'utf8' | 'base64';
}

export interface McpResource {
  readonly uri: string;
  readonly name: string;
  readonly description?: string;
  readonly mime_type?: string;
  /** Bytes, as the server says. */
  readonly size?: number;
}

export interface McpResourceTemplate extends Omit<McpResource, 'uri' | 'size'> {
  /** A URI template (RFC 6570). */
  readonly uri_template: string;
}

export interface McpResourceList {
  readonly resources: readonly McpResource[];
  readonly templates: readonly McpResourceTemplate[];
  readonly has_more: boolean;
}

type Json = Readonly<Record<string, unknown>>;

/** The resources of the MCP servers. Every method throws ToolError (`mcp_server_not_found`, `mcp_unavailable` …). */
export class McpResources {
  constructor(
    private readonly servers: McpServers,
    private readonly limits: McpLimits,
  ) {}

  async list(serverName: string, abort: AbortSignal): Promise<McpResourceList> {
    const server = this.servers.get(serverName);
    const [resources, templates] = await Promise.all([
      server.listAll('resources', { method: 'resources/list', key: 'resources' }, abort),
      server.listAll('resources', { method: 'resources/templates/list', key: 'resourceTemplates' }, abort),
    ]);
    return {
      resources: objectsIn(resources.items).flatMap(toResource),
      templates: objectsIn(templates.items).flatMap(toTemplate),
      has_more: resources.isCut || templates.isCut,
    };
  }

  /** The content of one. Also throws `mcp_resource_not_found`, and `mcp_too_large` past PULLCORD_MCP_RESOURCE_BYTES. */
  async read(serverName: string, uri: string, abort: AbortSignal): Promise<McpResourceContent> {
    const server = this.servers.get(serverName);
    const request = { method: 'resources/read', params: { uri }, timeoutMs: server.timeoutMs };
    const { contents } = await server.request(request, abort).catch((error: unknown) => {
      throw isMissing(error) ? notFound(uri) : error;
    });
    const parts = objectsIn(contents);
    const [first] = parts;
    if (!first) throw notFound(uri);
    const mime_type = textOf(first.mimeType);
    const texts = parts.map(({ text }) => textOf(text)).filter((text) => text !== undefined);
    const content = texts.length > 0 ? texts.join('\n') : textOf(first.blob);
    if (content === undefined) throw new ToolError('mcp_refused', 'The resource has neither text nor data.');
    this.refuseTooLarge(content);
    return {
      content,
      ...(mime_type !== undefined && { mime_type }),
      encoding: texts.length > 0 ? 'utf8' : 'base64',
    };
  }

  private refuseTooLarge(content: string): void {
    const bytes = Buffer.byteLength(content);
    const { mcpResourceBytes } = this.limits;
    if (bytes > mcpResourceBytes)
      throw new ToolError(
        'mcp_too_large',
        `The resource is ${bytes} bytes; at most ${mcpResourceBytes} are taken.`,
      );
  }
}

/** What servers say of a resource that is not there: -32002 (MCP, Resources), and some -32602. */
function isMissing(error: unknown): boolean {
  if (!(error instanceof ToolError) || error.code !== 'mcp_refused') return false;
  const { code } = error.details as { readonly code?: number };
  return code === -32_002 || code === -32_602;
}

const notFound = (uri: string): ToolError =>
  new ToolError('mcp_resource_not_found', `The MCP server has no resource ${uri.slice(0, 500)}.`);

function toResource(raw: Json): McpResource[] {
  const { uri, size } = raw;
  if (typeof uri !== 'string') return [];
  const isSize = typeof size === 'number' && Number.isSafeInteger(size) && size >= 0;
  return [{ uri, ...described(raw, uri), ...(isSize && { size }) }];
}

function toTemplate(raw: Json): McpResourceTemplate[] {
  const { uriTemplate } = raw;
  return typeof uriTemplate === 'string'
    ? [{ uri_template: uriTemplate, ...described(raw, uriTemplate) }]
    : [];
}

function described({ name, title, description, mimeType }: Json, otherwise: string) {
  const about = textOf(description);
  const mime_type = textOf(mimeType);
  return {
    name: textOf(title) ?? textOf(name) ?? otherwise,
    ...(about !== undefined && { description: about }),
    ...(mime_type !== undefined && { mime_type }),
  };
}
