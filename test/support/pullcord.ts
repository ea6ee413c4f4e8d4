// The `pullcord` program as its own process.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { fileURLToPath } from 'node:url';
import { expect } from 'vitest';

export interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

interface Place {
  /** The settings that it runs with: those of a server name its database. */
  readonly env?: Readonly<Record<string, string>>;
  readonly folder?: string;
  /** A command that makes way for it. */
  readonly wrapper?: readonly string[];
}

const program = fileURLToPath(new URL('../../bin/pullcord.mjs', import.meta.url));

/** `pullcord …`, run to its end. */
export async function pullcord(
  args: readonly string[],
  { env, folder = tmpdir(), wrapper = [] }: Place = {},
): Promise<Ran> {
  // Not the environment of whoever runs the tests: a setting in it would change what is tested.
  const { PATH = '', HOME = '', TMPDIR = tmpdir() } = process.env;
  const [command = '', ...rest] = [...wrapper, process.execPath, program, ...args];
  const child = spawn(command, rest, {
    cwd: folder,
    env: { PATH, HOME, TMPDIR, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let [stdout, stderr] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  const [code] = (await once(child, 'close')) as [number | null];
  return { code: code ?? -1, stdout, stderr };
}

/** Fails, with what was found, unless `pullcord verify` finds a server's database (or this file) in order. */
export async function expectClean(server: Place, ...file: readonly string[]): Promise<void> {
  const { code, stdout, stderr } = await pullcord(['verify', ...file], server);
  expect({ code, stdout, stderr }).toEqual({
    code: 0,
    stdout: expect.stringMatching(/^\d+ contexts, .* checked in .*: nothing is wrong\.\n$/) as string,
    stderr: '',
  });
}
