import { Choice, Component, Flag, FreeObject, Int, NestedList, Text, TextList } from '../../http/fields.js';
import { permissions, type Permission, type ToolDefinition } from '../../tools/tool-source.js';
import type { AgentRole } from '../../tools/tool-registry.js';

export class ListTools {
  @Choice({
    about: 'Only what an agent of this role is offered: a planner has the tools that only read.',
    values: ['planner', 'actor'],
    optional: true,
  })
  readonly role?: AgentRole;
}

@Component({ name: 'Tool', about: 'What a model may call.' })
export class ToolView {
  @Text({
    about: 'Its name, as models and approval policies know it.',
    min: 1,
    max: 64,
    pattern: /^[\w-]+$/,
    example: 'read_file',
  })
  readonly name!: string;

  @Text({
    about: 'What models are told of it.',
    max: 20_000,
    example: 'Reads a text file of the workspace, all of it or some lines.',
  })
  readonly description!: string;

  @FreeObject({
    about: 'The JSON Schema of its arguments.',
    maxBytes: 262_144,
    example: { type: 'object', properties: { path: { type: 'string' } }, required: ['path'] },
  })
  readonly parameters!: object;

  @TextList({
    about: 'What it may do to the world: read, write, execute (start programs), network.',
    max: 16,
    pattern: /^(read|write|execute|network)$/,
    maxItems: permissions.length,
    example: ['read'],
  })
  readonly permissions!: readonly Permission[];

  @Int({ about: 'How long a call may take, in milliseconds.', min: 1, example: 30_000 })
  readonly timeout_ms!: number;

  @Flag({ about: 'Whether it may run beside other calls of the same answer.', example: true })
  readonly is_parallel!: boolean;

  @Choice({
    about: 'What a cancelled turn does to a call that is running: lets it `finish`, or `kill`s it.',
    values: ['finish', 'kill'],
    example: 'kill',
  })
  readonly on_cancel!: 'finish' | 'kill';

  @Flag({
    about: 'Whether it is offered only in contexts that have a workspace.',
    example: true,
  })
  readonly needs_workspace!: boolean;

  @Choice({ about: 'Where it comes from.', values: ['builtin', 'mcp'], example: 'builtin' })
  readonly source!: 'builtin' | 'mcp';

  @Text({
    about: 'The MCP server that it comes from; null for a built-in tool.',
    max: 256,
    nullable: true,
    example: null,
  })
  readonly server_name!: string | null;

  static of(tool: ToolDefinition): ToolView {
    const { name, description, parameters, permissions: allowed, timeout_ms, is_parallel, on_cancel } = tool;
    const { needs_workspace = false, source, server_name = null } = tool;
    return {
      name,
      description,
      parameters,
      permissions: allowed,
      timeout_ms,
      is_parallel,
      on_cancel,
      needs_workspace,
      source,
      server_name,
    };
  }
}

@Component({ name: 'ToolList', about: 'The tools of this server.' })
export class ToolList {
  @NestedList(() => ToolView, { about: 'Built-in ones first.', maxItems: 100_000 })
  readonly tools!: readonly ToolView[];
}
