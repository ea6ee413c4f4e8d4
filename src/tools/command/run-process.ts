import { spawn, type ChildProcess } from 'node:child_process';
import type { Readable } from 'node:stream';
import { ToolError } from '../tool-source.js';

export interface Command {
  /** An absolute path. */
  readonly file: string;
  /** Taken to the letter: there is no shell. */
  readonly args: readonly string[];
  readonly folder: string;
  readonly env: Readonly<Record<string, string>>;
  readonly stdin: string;
}

export interface CommandLimits {
  /** Of each of the two outputs; what comes after is read and dropped. */
  readonly outputBytes: number;
  /** From the request to end until it is killed; and from its end until its outputs are given up. */
  readonly killMs: number;
}

export interface Ended {
  readonly exit_code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: Output;
  readonly stderr: Output;
}

export interface Output {
  readonly text: string;
  readonly droppedBytes: number;
}

/**
 * Runs a program until it ends, or until `abort`.
 *
 * Invariants: it leads a process group of its own; on abort the group is asked to end, and killed when it does not; once
 * the program has ended, whatever it left running in its group is killed; a process that keeps an output open from
 * outside the group is not waited for; its outputs are always read, so that it never hangs on a full pipe.
 */
export async function runProcess(
  command: Command,
  limits: CommandLimits,
  abort: AbortSignal,
): Promise<Ended> {
  const child = start(command);
  const stdout = collect(child.stdout, limits.outputBytes);
  const stderr = collect(child.stderr, limits.outputBytes);
  // It may end without reading what it is told.
  child.stdin.on('error', () => undefined).end(command.stdin);
  let killing: NodeJS.Timeout | undefined;
  const stop = (): void => {
    signalGroup(child, 'SIGTERM');
    killing = setTimeout(() => signalGroup(child, 'SIGKILL'), limits.killMs);
  };
  try {
    const exit = exitOf(child);
    if (abort.aborted) stop();
    else abort.addEventListener('abort', stop, { once: true });
    const { code, signal } = await exit;
    signalGroup(child, 'SIGKILL');
    await closed(child, limits.killMs);
    return { exit_code: code, signal, stdout: stdout(), stderr: stderr() };
  } finally {
    clearTimeout(killing);
    abort.removeEventListener('abort', stop);
  }
}

function start({ file, args, folder, env }: Command) {
  try {
    return spawn(file, args, {
      cwd: folder,
      env,
      detached: true,
      shell: false,
      stdio: ['pipe', 'pipe', 'pipe'],
    });
  } catch {
    // Its arguments are more than the system takes.
    throw notStarted();
  }
}

/** Neither the path of the program nor that of the workspace is for the model. */
const notStarted = (): ToolError =>
  new ToolError('not_started', 'The program could not be started; perhaps its arguments are too long.');

interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

const exitOf = (child: ChildProcess): Promise<Exit> =>
  new Promise((resolve, reject) => {
    child.once('exit', (code, signal) => resolve({ code, signal }));
    child.once('error', () => reject(notStarted()));
  });

/** Waits until its outputs are at their ends, or gives them up. */
async function closed(child: ChildProcess, limitMs: number): Promise<void> {
  const outputs = [child.stdout, child.stderr].filter((output) => output !== null && !output.closed);
  const ends = outputs.map((output) => new Promise((resolve) => output?.once('close', resolve)));
  const giveUp = setTimeout(() => outputs.forEach((output) => output?.destroy()), limitMs);
  await Promise.all(ends);
  clearTimeout(giveUp);
}

/** Does nothing when the group is gone. */
function signalGroup({ pid }: ChildProcess, signal: NodeJS.Signals): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, signal);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    // EPERM: all that is left of it runs as somebody else.
    if (code !== 'ESRCH' && code !== 'EPERM') throw error;
  }
}

function collect(stream: Readable, maxBytes: number): () => Output {
  const pieces: Buffer[] = [];
  let kept = 0;
  let dropped = 0;
  stream.on('data', (piece: Buffer) => {
    const start = piece.subarray(0, maxBytes - kept);
    if (start.length > 0) pieces.push(start);
    kept += start.length;
    dropped += piece.length - start.length;
  });
  stream.on('error', () => undefined);
  return () => ({ text: Buffer.concat(pieces).toString('utf8'), droppedBytes: dropped });
}
