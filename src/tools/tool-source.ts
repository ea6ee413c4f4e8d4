/** What a tool may do to the world; `read` alone is harmless enough for a planner. */
export const permissions = ['read', 'write', 'execute', 'network'] as const;
export type Permission = (typeof permissions)[number];

export interface ToolDefinition {
  /** As the model sees it: letters, digits, `_` and `-`, at most 64. */
  readonly name: string;
  readonly description: string;
  /** JSON Schema of the arguments, which are an object. */
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly permissions: readonly Permission[];
  readonly timeout_ms: number;
  /** May run beside other calls of the same answer. */
  readonly is_parallel: boolean;
  /** Is offered only where the context has a workspace. */
  readonly needs_workspace?: boolean;
  /** What a cancelled turn does to a call that is running. */
  readonly on_cancel: 'finish' | 'kill';
  readonly source: 'builtin' | 'mcp';
  /** The MCP server that it comes from, and its name there. */
  readonly server_name?: string;
  readonly original_name?: string;
}

/** Where a call is made. */
export interface ToolScope {
  readonly context_id: string;
  /** The context's folder, an absolute path that the settings permit. */
  readonly workspace?: string;
}

export interface ToolOutput {
  /** Anything that JSON can say. */
  readonly result: unknown;
  /** The tool itself says that it failed; the model is told so, with the result. */
  readonly is_error?: boolean;
}

/** Somebody who has tools: ourselves, or an MCP server. */
export interface ToolSource {
  readonly name: string;
  /** The tools that can be called now. A part that is down is left out; it does not take the others with it. */
  list(): Promise<readonly ToolDefinition[]>;
  /** Throws ToolError. `abort` ends the call; what it has started ends with it. */
  call(
    tool: ToolDefinition,
    args: Readonly<Record<string, unknown>>,
    scope: ToolScope,
    abort: AbortSignal,
  ): Promise<ToolOutput>;
}

/** Why a call failed, as the model and the user may read it. */
export class ToolError extends Error {
  override readonly name = 'ToolError';

  constructor(
    readonly code: string,
    message: string,
    readonly details?: unknown,
  ) {
    super(message);
  }
}
