import { folder, listOf, longest, wholeNumber } from '../kinds.js';
import { Setting } from '../setting.js';
import { toolPolicy, type ToolPolicy } from '../tool-policy.js';
import { toolTimeout, type ToolTimeout } from '../tool-values.js';

/** Tools of any kind: who decides about their calls, and what a call may cost. */
export class ToolsSettings {
  @Setting(
    {
      env: 'PULLCORD_TOOL_POLICY',
      file: 'tools.policy',
      about: 'Which tool calls are made without asking the user, in contexts that do not say so themselves.',
    },
    toolPolicy,
  )
  readonly toolPolicy: ToolPolicy = { type: 'manual' };

  @Setting(
    {
      env: 'PULLCORD_TOOL_TIMEOUT_MS',
      file: 'tools.timeout_ms',
      about: 'How long one call of a tool may take.',
    },
    wholeNumber(1, longest),
  )
  readonly toolTimeoutMs: number = 30_000;

  @Setting(
    {
      env: 'PULLCORD_TOOL_TIMEOUTS',
      file: 'tools.timeouts',
      about: 'Tools that may take another time than that, such as run_command=120000.',
    },
    listOf(toolTimeout(longest)),
  )
  readonly toolTimeouts: readonly ToolTimeout[] = [];

  @Setting(
    {
      env: 'PULLCORD_TOOL_GRACE_MS',
      file: 'tools.grace_ms',
      about: 'How long a call that was stopped may take to end before it is left to itself.',
    },
    wholeNumber(0, longest),
  )
  readonly toolGraceMs: number = 5_000;

  @Setting(
    {
      env: 'PULLCORD_TOOL_ARGUMENTS_BYTES',
      file: 'tools.arguments_bytes',
      about: 'The most bytes of the arguments of one call.',
    },
    wholeNumber(2, 262_144),
  )
  readonly toolArgumentsBytes: number = 262_144;

  @Setting(
    {
      env: 'PULLCORD_TOOL_RESULT_BYTES',
      file: 'tools.result_bytes',
      about: 'The most bytes of the result of one call; text is cut there, anything else is an error.',
    },
    wholeNumber(1024, 1_048_576),
  )
  readonly toolResultBytes: number = 262_144;

  @Setting(
    {
      env: 'PULLCORD_WORKSPACE_ROOTS',
      file: 'tools.workspace_roots',
      about: 'The folders that the workspaces of contexts must be in; unset, no context has a workspace.',
    },
    listOf(folder),
  )
  readonly workspaceRoots: readonly string[] = [];
}
