import { Choice, Component, Flag, FreeObject, Int, NestedList, Rule, Text } from '../../http/fields.js';
import type { McpPrompt, McpPromptArgument, McpPromptMessage } from '../../tools/mcp/mcp-prompts.js';
import type { McpResource, McpResourceContent, McpResourceTemplate } from '../../tools/mcp/mcp-resources.js';
import { mcpStatuses, type McpServerState, type McpStatus } from '../../tools/mcp/server/mcp-server.js';

const uri = 'file:///srv/docs/leases.md';
const longestUri = 4096;

const Name = (about: string, example: string): PropertyDecorator => Text({ about, max: 4096, example });
const Description = (about: string): PropertyDecorator => Text({ about, max: 32_768, optional: true });
const MimeType = Text({
  about: 'Its media type, where the server says so.',
  max: 1000,
  optional: true,
  example: 'text/markdown',
});
const HasMore = Flag({ about: 'Whether the server has more than is listed here.', example: false });

@Component({ name: 'McpServer', about: 'An MCP server of this deployment, and how it is.' })
export class McpServerView {
  @Name('Its name in the settings.', 'files') readonly name!: string;

  @Choice({ about: 'How it is spoken to.', values: ['stdio', 'http'], example: 'stdio' })
  readonly transport!: 'stdio' | 'http';

  @Choice({
    about:
      '`idle` until it is needed first; `backing_off` waits to be started again, `failed` has failed so often that its tools are not offered; both are started at the next need once they have waited.',
    values: mcpStatuses,
    example: 'ready',
  })
  readonly status!: McpStatus;

  @Int({ about: 'Tools that models are offered of it.', min: 0, example: 14 }) readonly tools_count!: number;

  @Int({
    about: 'Tools that it lists and that are left out, at least: too many, too large, or not callable.',
    min: 0,
    example: 0,
  })
  readonly tools_left_out!: number;

  @Text({
    about: 'Why it failed last; completes the sentence "the server …".',
    max: 1000,
    nullable: true,
    example: null,
  })
  readonly last_error!: string | null;

  static of({ name, transport, status, tools, last_error }: McpServerState): McpServerView {
    const { length } = tools.tools;
    return {
      name,
      transport,
      status,
      tools_count: length,
      tools_left_out: tools.leftOut,
      last_error: last_error ?? null,
    };
  }
}

@Component({ name: 'McpServerList', about: 'The MCP servers of this deployment.' })
export class McpServerList {
  @NestedList(() => McpServerView, { about: 'In the order of the settings.', maxItems: 100 })
  readonly servers!: readonly McpServerView[];
}

@Component({ name: 'McpResource', about: 'Something that an MCP server lets be read.' })
export class McpResourceView implements McpResource {
  @Name('What it is read by.', uri) readonly uri!: string;
  @Name('What people call it.', 'Leases') readonly name!: string;
  @Description('What it is.') readonly description?: string;
  @MimeType readonly mime_type?: string;
  @Int({ about: 'Its size in bytes, where the server says so.', min: 0, optional: true, example: 2048 })
  readonly size?: number;
}

@Component({ name: 'McpResourceTemplate', about: 'Resources whose URIs are made from a template.' })
export class McpResourceTemplateView implements McpResourceTemplate {
  @Name('A URI template (RFC 6570).', 'file:///srv/docs/{name}.md') readonly uri_template!: string;
  @Name('What people call them.', 'Documents') readonly name!: string;
  @Description('What they are.') readonly description?: string;
  @MimeType readonly mime_type?: string;
}

@Component({ name: 'McpResourceList', about: 'What an MCP server lets be read.' })
export class McpResourceList {
  @NestedList(() => McpResourceView, { about: 'The resources that it names.', maxItems: 100_000 })
  readonly resources!: readonly McpResourceView[];
  @NestedList(() => McpResourceTemplateView, { about: 'Those that it has templates for.', maxItems: 100_000 })
  readonly templates!: readonly McpResourceTemplateView[];
  @HasMore readonly has_more!: boolean;
}

export class ReadResource {
  @Text({ about: 'The URI of the resource.', min: 1, max: longestUri, example: uri }) readonly uri!: string;
}

@Component({ name: 'McpResourceContent', about: 'What is in a resource.' })
export class McpResourceContentView implements McpResourceContent {
  @Text({
    about: 'Its text, or its bytes in Base64.',
    max: 67_108_864,
    example: '# Leases\n\nA lease is a promise with a date on it.\n',
  })
  readonly content!: string;
  @Choice({ about: 'Whether `content` is text or Base64.', values: ['utf8', 'base64'], example: 'utf8' })
  readonly encoding!: 'utf8' | 'base64';
  @MimeType readonly mime_type?: string;
}

@Component({ name: 'McpPromptArgument', about: 'What a prompt is filled in with.' })
export class McpPromptArgumentView implements McpPromptArgument {
  @Name('Its name.', 'topic') readonly name!: string;
  @Description('What it is.') readonly description?: string;
  @Flag({ about: 'Whether the prompt needs it.', example: true }) readonly is_required!: boolean;
}

@Component({ name: 'McpPrompt', about: 'A prompt that an MCP server has ready.' })
export class McpPromptView implements McpPrompt {
  @Name('Its name.', 'explain') readonly name!: string;
  @Description('What it is for.') readonly description?: string;
  @NestedList(() => McpPromptArgumentView, { about: 'What it is filled in with.', maxItems: 100_000 })
  readonly arguments!: readonly McpPromptArgumentView[];
}

@Component({ name: 'McpPromptList', about: 'The prompts of an MCP server.' })
export class McpPromptList {
  @NestedList(() => McpPromptView, { about: 'The prompts.', maxItems: 100_000 })
  readonly prompts!: readonly McpPromptView[];
  @HasMore readonly has_more!: boolean;
}

@Component({ name: 'GetMcpPrompt', about: 'What to fill a prompt in with.' })
export class GetMcpPrompt {
  @Rule<GetMcpPrompt>(({ arguments: args }) =>
    Object.values(args ?? {}).every((value) => typeof value === 'string')
      ? undefined
      : 'must have texts as values',
  )
  @FreeObject({
    about: 'The arguments by their names; each is a text.',
    maxBytes: 65_536,
    optional: true,
    example: { topic: 'leases' },
  })
  readonly arguments?: Readonly<Record<string, string>>;
}

@Component({ name: 'McpPromptMessage', about: 'A message of a prompt.' })
export class McpPromptMessageView implements McpPromptMessage {
  @Choice({ about: 'Who says it.', values: ['user', 'assistant'], example: 'user' })
  readonly role!: 'user' | 'assistant';
  @FreeObject({
    about:
      '`{type: "text", text}`, `{type: "image" | "audio", mime_type, size, data}` with Base64, `{type: "resource", uri, mime_type, text | data}` or `{type: "resource_link", uri, name}`.',
    maxBytes: 67_108_864,
    example: { type: 'text', text: 'Explain leases.' },
  })
  readonly content!: Readonly<Record<string, unknown>>;
}

@Component({ name: 'McpPromptMessages', about: 'A prompt, filled in.' })
export class McpPromptMessages {
  @Description('What it is for.') readonly description?: string;
  @NestedList(() => McpPromptMessageView, { about: 'In their order.', maxItems: 100_000 })
  readonly messages!: readonly McpPromptMessageView[];
}
