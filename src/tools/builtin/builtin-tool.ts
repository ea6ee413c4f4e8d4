import type { ToolDefinition, ToolOutput } from '../tool-source.js';
import type { Workspace } from '../workspace/workspace.js';

type Arguments = Readonly<Record<string, unknown>>;

/** What a built-in tool says of itself; the time limit comes from the settings. */
export type BuiltinDefinition = Omit<ToolDefinition, 'source' | 'timeout_ms'>;

export interface BuiltinScope {
  /** Throws `no_workspace` when the context has none. */
  workspace(): Promise<Workspace>;
}

export interface BuiltinTool {
  readonly definition: BuiltinDefinition;
  /** Set up so that it can do anything at all; what is not is not offered. */
  readonly isReady?: boolean;
  /** The arguments are what the schema asks for. Throws ToolError. */
  call(args: Arguments, scope: BuiltinScope, abort: AbortSignal): Promise<ToolOutput>;
}
