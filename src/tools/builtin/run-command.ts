import type { Settings } from '../../config/settings.js';
import { startWithin } from '../bounded-result.js';
import { findProgram } from '../command/find-program.js';
import { runProcess, type Ended, type Output } from '../command/run-process.js';
import { ToolError } from '../tool-source.js';
import { textOf, textOr, textsOf } from './arguments.js';
import type { BuiltinTool } from './builtin-tool.js';

type CommandSettings = Pick<
  Settings,
  'commandAllow' | 'commandPath' | 'commandEnv' | 'commandOutputBytes' | 'commandKillMs' | 'toolResultBytes'
>;

/** Starts a program that the operator allows, without a shell. */
export const runCommand = (settings: CommandSettings): BuiltinTool => ({
  isReady: settings.commandAllow.length > 0,
  definition: {
    name: 'run_command',
    description: `Starts a program in the workspace and waits for its end: ${settings.commandAllow.join(', ')}. There is no shell: no pipes, redirections, variables or globs; each argument is taken to the letter.`,
    parameters: {
      type: 'object',
      properties: {
        program: { type: 'string', minLength: 1, description: 'Its name, without a path.' },
        args: {
          type: 'array',
          items: { type: 'string' },
          maxItems: 1000,
          description: 'Its arguments, one an item.',
        },
        folder: { type: 'string', description: 'Where it runs, relative to the workspace.' },
        stdin: { type: 'string', description: 'What it reads from its standard input.' },
      },
      required: ['program'],
      additionalProperties: false,
    },
    permissions: ['read', 'write', 'execute', 'network'],
    needs_workspace: true,
    is_parallel: false,
    on_cancel: 'kill',
  },
  call: async (args, scope, abort) => {
    const file = await fileOf(textOf(args, 'program'), settings);
    const list = textsOf(args, 'args');
    if (list.some((arg) => arg.includes('\0')))
      throw new ToolError('invalid_arguments', 'An argument must not hold a NUL character.');
    const workspace = await scope.workspace();
    const env = environment(settings);
    const ended = await workspace.within(textOr(args, 'folder', '.'), (folder) =>
      runProcess(
        { file, args: list, folder, env, stdin: textOr(args, 'stdin', '') },
        { outputBytes: settings.commandOutputBytes, killMs: settings.commandKillMs },
        abort,
      ),
    );
    return { result: shown(ended, (settings.toolResultBytes - 512) / 2) };
  },
});

async function fileOf(name: string, { commandAllow, commandPath }: CommandSettings): Promise<string> {
  if (!commandAllow.includes(name))
    throw new ToolError('program_not_allowed', `Only these may be started: ${commandAllow.join(', ')}.`);
  const file = await findProgram(name, commandPath);
  if (file === undefined) throw new ToolError('program_not_found', `${name} is not installed on the server.`);
  return file;
}

/** Nothing of the server's own environment, where its keys are; and no home, where a model could leave settings. */
const environment = ({ commandPath, commandEnv }: CommandSettings): Record<string, string> => ({
  PATH: commandPath.join(':'),
  HOME: '/nonexistent',
  LANG: 'C.UTF-8',
  ...Object.fromEntries(commandEnv.map(({ name, value }) => [name, value])),
});

function shown({ exit_code, signal, stdout, stderr }: Ended, maxBytes: number): object {
  return {
    exit_code,
    signal,
    stdout: textOfOutput(stdout, maxBytes),
    stderr: textOfOutput(stderr, maxBytes),
  };
}

/** With a note of what was left out, which fits too. */
function textOfOutput({ text, droppedBytes }: Output, maxBytes: number): string {
  const kept = startWithin(text, maxBytes - 100);
  const left = droppedBytes + Buffer.byteLength(text) - Buffer.byteLength(kept);
  return left === 0 ? kept : `${kept}\n[… ${left} bytes left out]`;
}
