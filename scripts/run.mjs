// Small things that the scripts share. Node alone can run this file.
import { spawn } from 'node:child_process';
import { readFileSync, realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** Whether this module is what Node was started with, rather than imported by another. */
export const isProgram = (module) =>
  process.argv[1] !== undefined && realpathSync(process.argv[1]) === fileURLToPath(module.url);

export const say = (line) => process.stderr.write(`${line}\n`);

export const readJson = (path) => JSON.parse(readFileSync(path, 'utf8'));

export function readOr(path, otherwise) {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return otherwise;
  }
}

/** The command line of a tool that npm installed, without npx and its half a second. */
export const tool = (folder, script, ...args) => [
  process.execPath,
  join(folder, 'node_modules', script),
  ...args,
];

/** Runs a command to its end and gives its exit code and what it printed; with `show`, it prints to our own output. */
export function run([command, ...args], { cwd, env, show = false, shell = false } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd,
      shell,
      env: { ...process.env, ...(!process.stdout.isTTY && { NO_COLOR: '1' }), ...env },
      stdio: ['ignore', show ? 'inherit' : 'pipe', show ? 'inherit' : 'pipe'],
    });
    const output = [];
    child.stdout?.on('data', (bytes) => output.push(bytes));
    child.stderr?.on('data', (bytes) => output.push(bytes));
    child.on('error', reject);
    child.on('close', (code) => resolve({ code: code ?? 1, output: Buffer.concat(output).toString('utf8') }));
  });
}

/** One line before, one after; what the command printed only when it fails. */
export async function step(doing, done, command, options) {
  const began = Date.now();
  say(`${doing} …`);
  const { code, output } = await run(command, options);
  if (code !== 0) {
    say(output.trimEnd());
    throw new Error(`${doing} failed; what it printed is above.`);
  }
  say(`${done} in ${((Date.now() - began) / 1000).toFixed(1)} s.`);
}
