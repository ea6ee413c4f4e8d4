import type { Settings } from '../../config/settings.js';
import type { BuiltinToolName } from '../../config/tables/builtin-tools-settings.js';
import type { Clock } from '../../kernel/clock.js';
import {
  ToolError,
  type ToolDefinition,
  type ToolOutput,
  type ToolScope,
  type ToolSource,
} from '../tool-source.js';
import type { Workspaces } from '../workspace/workspaces.js';
import { systemResolve, type Resolve } from '../http/guarded-agent.js';
import type { BuiltinTool } from './builtin-tool.js';
import { currentTime } from './current-time.js';
import { editFile } from './edit-file.js';
import { httpFetch } from './http-fetch.js';
import { listDirectory } from './list-directory.js';
import { readFile } from './read-file.js';
import { runCommand } from './run-command.js';
import { searchFiles } from './search-files.js';
import { writeFile } from './write-file.js';

export interface BuiltinPorts {
  readonly clock: Clock;
  readonly workspaces: Workspaces;
  /** How http_fetch finds the addresses of a name; the system's way unless said otherwise. */
  readonly resolve?: Resolve;
}

/** The tools that need nobody else. Only those that PULLCORD_TOOLS names are there. */
export class BuiltinTools implements ToolSource {
  readonly name = 'builtin';
  private readonly tools: ReadonlyMap<string, BuiltinTool>;
  private readonly definitions: readonly ToolDefinition[];

  constructor(
    settings: Settings,
    private readonly ports: BuiltinPorts,
  ) {
    const all = [
      currentTime(ports.clock),
      readFile(settings),
      listDirectory(settings),
      searchFiles(settings),
      httpFetch(settings, ports.resolve ?? systemResolve),
      writeFile,
      editFile,
      runCommand(settings),
    ];
    const isOn = ({ definition: { name }, isReady = true }: BuiltinTool): boolean =>
      isReady && settings.tools.some((enabled: BuiltinToolName) => enabled === name);
    this.tools = new Map(all.filter(isOn).map((tool) => [tool.definition.name, tool]));
    this.definitions = [...this.tools.values()].map(({ definition }) => ({
      ...definition,
      timeout_ms: settings.toolTimeoutMs,
      source: 'builtin',
    }));
  }

  list(): Promise<readonly ToolDefinition[]> {
    return Promise.resolve(this.definitions);
  }

  call(
    { name }: ToolDefinition,
    args: Readonly<Record<string, unknown>>,
    { workspace }: ToolScope,
    abort: AbortSignal,
  ): Promise<ToolOutput> {
    const tool = this.tools.get(name);
    if (!tool) throw new ToolError('tool_not_found', `There is no tool named ${name}.`);
    const open = async () => {
      if (workspace === undefined)
        throw new ToolError(
          'no_workspace',
          'This context has no workspace: its config.workspace_path names none.',
        );
      return this.ports.workspaces.open(workspace);
    };
    return tool.call(args, { workspace: open }, abort);
  }
}
