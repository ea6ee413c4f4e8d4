// Calls of built-in tools as the loop makes them: checked by the registry, with the limits of the settings.
import { readSettings } from '../../src/config/read-settings.js';
import { SystemClock } from '../../src/kernel/clock.js';
import { BuiltinTools, type BuiltinPorts } from '../../src/tools/builtin/builtin-tools.js';
import type { ToolOutcome } from '../../src/tools/tool-outcome.js';
import { ToolRegistry } from '../../src/tools/tool-registry.js';
import { Workspaces } from '../../src/tools/workspace/workspaces.js';

export interface ToolUse {
  readonly env?: Readonly<Record<string, string>>;
  /** The context's workspace; it is also what the operator allows. */
  readonly workspace?: string;
  readonly ports?: Partial<BuiltinPorts>;
}

export type CallTool = (name: string, args: object, abort?: AbortSignal) => Promise<ToolOutcome>;

const never = new AbortController().signal;
const everyTool =
  'current_time,read_file,list_directory,search_files,http_fetch,write_file,edit_file,run_command';

/** A call ends in an outcome also when the registry would not make it. */
export function toolsOf({ env = {}, workspace, ports = {} }: ToolUse): CallTool {
  const settings = readSettings({
    PULLCORD_TOOLS: everyTool,
    ...(workspace !== undefined && { PULLCORD_WORKSPACE_ROOTS: workspace }),
    ...env,
  });
  const workspaces = new Workspaces(settings);
  const builtin = new BuiltinTools(settings, { clock: new SystemClock(), workspaces, ...ports });
  const registry = new ToolRegistry(settings, [builtin]);
  return async (name, args, abort = never) => {
    const checked = await registry.check(name, JSON.stringify(args));
    if ('error' in checked)
      return { execution_status: 'failed', result: null, error: checked.error, duration_ms: 0 };
    return registry.execute(checked, { context_id: 'context', workspace }, abort);
  };
}

/** What came of a call in a word: `success`, or the code of its fault. */
export const endOf = ({ execution_status, error }: ToolOutcome): string => error?.code ?? execution_status;
