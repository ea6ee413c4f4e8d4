// What run_command starts, with what, and for how long; and what it does not.
import { chmodSync, existsSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import {
  foldersNotAllowed,
  programsNotAllowed,
  shellArguments,
} from '../../../test/support/command-attacks.js';
import { endOf, toolsOf, type CallTool } from '../../../test/support/tool-calls.js';
import { until } from '../../../test/support/until.js';
import { makeFolder } from '../../../test/support/workspace.js';
import type { ToolOutcome } from '../tool-outcome.js';

const outside = makeFolder({ 'secret.txt': 'SECRET' });
const workspace = makeFolder({ 'a.txt': 'inside', 'sub/b.txt': 'b', printf: '#!/bin/sh\necho attack\n' });
chmodSync(join(workspace, 'printf'), 0o755);
symlinkSync(outside, join(workspace, 'to-folder'));
symlinkSync('sub', join(workspace, 'to-sub'));

/** The programs that are needed here; sh is among them only where a test needs a program that misbehaves. */
const set = (allow: string, more: Readonly<Record<string, string>> = {}): CallTool =>
  toolsOf({ workspace, env: { PULLCORD_COMMAND_ALLOW: allow, PULLCORD_COMMAND_KILL_MS: '100', ...more } });
const print = set('printf');
const misbehave = (script: string, more = {}, abort?: AbortSignal): Promise<ToolOutcome> =>
  set('sh', more)('run_command', { program: 'sh', args: ['-c', script] }, abort);
const stdoutOf = ({ result }: ToolOutcome): string => (result as { stdout: string }).stdout;

const filesBefore = ['a.txt', 'printf', 'sub', 'to-folder', 'to-sub'];
const names = async (): Promise<readonly string[]> => {
  const { result } = await print('list_directory', {});
  return (result as { entries: readonly { name: string }[] }).entries.map(({ name }) => name);
};

describe('an argument', () => {
  it.each(shellArguments)('%j is taken to the letter', async (arg) => {
    const outcome = await print('run_command', { program: 'printf', args: ['%s|', arg, 'end'] });
    const letters = arg.replaceAll('\ud800', '\ufffd');
    expect(outcome).toMatchObject({ execution_status: 'success', result: { exit_code: 0 } });
    expect(stdoutOf(outcome)).toBe(`${letters}|end|`);
  });

  it('with a NUL, or more of them than a program takes, is refused', async () => {
    const nul = await print('run_command', { program: 'printf', args: ['a\0b'] });
    expect(endOf(nul)).toBe('invalid_arguments');
    const many = await print('run_command', { program: 'printf', args: Array(1001).fill('x') });
    expect(endOf(many)).toBe('invalid_arguments');
    const long = await print('run_command', { program: 'printf', args: ['x'.repeat(200_000)] });
    expect(endOf(long)).toBe('not_started');
    expect(JSON.stringify(long)).not.toContain('/');
  });

  afterAll(async () => expect(await names()).toEqual(filesBefore));
});

describe('a program', () => {
  it.each(programsNotAllowed)('%j is not started', async (program) => {
    const outcome = await print('run_command', { program, args: ['attack'] });
    expect(endOf(outcome)).toBe('program_not_allowed');
    expect(outcome.result).toBeNull();
  });

  it.each([[''], [null], [7], [['printf']]])('%j is none', async (program) => {
    expect(endOf(await print('run_command', { program }))).toBe('invalid_arguments');
  });

  it('is found in the folders of the settings alone, not where it runs', async () => {
    expect(stdoutOf(await print('run_command', { program: 'printf', args: ['real'] }))).toBe('real');
    const nowhere = set('printf', { PULLCORD_COMMAND_PATH: outside });
    expect(endOf(await nowhere('run_command', { program: 'printf' }))).toBe('program_not_found');
  });

  it('gets nothing of the environment of the server, but what the operator says', async () => {
    vi.stubEnv('SECRET_KEY', 'SECRET');
    onTestFinished(() => void vi.unstubAllEnvs());
    const plain = stdoutOf(await set('env')('run_command', { program: 'env' }));
    expect(plain.trim().split('\n').sort()).toEqual([
      'HOME=/nonexistent',
      'LANG=C.UTF-8',
      'PATH=/usr/local/bin:/usr/bin:/bin',
    ]);
    const set_ = set('env', { PULLCORD_COMMAND_ENV: 'HOME=/srv/home,CI=true' });
    expect(stdoutOf(await set_('run_command', { program: 'env' }))).toMatch(
      /^(?=[^]*HOME=\/srv\/home)(?=[^]*CI=true)/,
    );
  });

  it('is not offered while none is allowed', async () => {
    expect(endOf(await toolsOf({ workspace })('run_command', { program: 'printf' }))).toBe('tool_not_found');
  });

  it('needs a workspace', async () => {
    const call = toolsOf({ env: { PULLCORD_COMMAND_ALLOW: 'printf' } });
    expect(endOf(await call('run_command', { program: 'printf' }))).toBe('no_workspace');
  });
});

describe('its folder', () => {
  const where = set('pwd');

  it.each([
    [undefined, ''],
    ['.', ''],
    ['sub', '/sub'],
    ['to-sub', '/sub'],
  ])('%j is in the workspace', async (folder, path) => {
    const outcome = await where('run_command', { program: 'pwd', args: ['-P'], folder });
    expect(stdoutOf(outcome)).toBe(`${workspace}${path}\n`);
  });

  it.each(foldersNotAllowed)('%j is refused', async (folder) => {
    const outcome = await where('run_command', { program: 'pwd', folder });
    expect(endOf(outcome)).toMatch(/^(path_not_allowed|not_a_folder|not_found)$/);
    expect(JSON.stringify(outcome)).not.toContain(outside);
  });
});

describe('a program that ends', () => {
  it('says how, and what it wrote to both outputs', async () => {
    expect(await misbehave('echo out; echo err >&2; exit 3')).toMatchObject({
      execution_status: 'success',
      result: { exit_code: 3, signal: null, stdout: 'out\n', stderr: 'err\n' },
    });
    expect((await misbehave('kill -9 $$')).result).toMatchObject({ exit_code: null, signal: 'SIGKILL' });
  });

  it('reads what it is told, or nothing, and may leave it unread', async () => {
    const cat = set('cat,true');
    expect(stdoutOf(await cat('run_command', { program: 'cat', stdin: 'told' }))).toBe('told');
    expect(stdoutOf(await cat('run_command', { program: 'cat' }))).toBe('');
    const unread = await cat('run_command', { program: 'true', stdin: 'x'.repeat(200_000) });
    expect(unread.execution_status).toBe('success');
  });

  it('takes along what it left running', async () => {
    const pid = Number(stdoutOf(await misbehave('sleep 1000 & echo $!')));
    await until(() => !isAlive(pid), { what: 'the process that was left to be killed' });
  });

  it('is not waited for by what left its group and keeps its output open', async () => {
    const outcome = await misbehave(
      'setsid sh -c "echo \\$\\$ > left; exec sleep 1000" & while [ ! -s left ]; do :; done',
    );
    process.kill(Number(readFileSync(join(workspace, 'left'), 'utf8')), 'SIGKILL');
    expect(outcome.execution_status).toBe('success');
  });

  it.each(['yes | head -c 5000000', 'yes | head -c 5000000 >&2'])(
    'after a flood (%s) is shown in part',
    async (script) => {
      const { result } = await misbehave(script, { PULLCORD_COMMAND_OUTPUT_BYTES: '1000' });
      const { stdout, stderr } = result as { stdout: string; stderr: string };
      expect(stdout + stderr).toBe(`${'y\n'.repeat(500)}\n[… 4999000 bytes left out]`);
    },
  );

  it('is shown within what a result may be, whatever it writes', async () => {
    const { result, execution_status } = await misbehave(
      'head -c 60000 /dev/zero; head -c 60000 /dev/zero >&2',
      {
        PULLCORD_TOOL_RESULT_BYTES: '20000',
      },
    );
    expect(execution_status).toBe('success');
    expect(Buffer.byteLength(JSON.stringify(result))).toBeLessThanOrEqual(20_000);
  });
});

describe('a program that does not end', () => {
  /** Cancels once the script has written the file `ready`. */
  async function cancelled(script: string): Promise<ToolOutcome> {
    const ready = join(workspace, `ready-${script.length}`);
    const cancel = new AbortController();
    const running = misbehave(script.replace('ready', ready), {}, cancel.signal);
    await until(() => existsSync(ready), { what: 'the program to be ready' });
    cancel.abort();
    return running;
  }

  it('is asked to end, and its last words are kept', async () => {
    const outcome = await cancelled(
      'trap "echo bye; exit" TERM; echo hello; : > ready; while :; do sleep 0.01; done',
    );
    expect(outcome).toMatchObject({
      execution_status: 'cancelled',
      error: { code: 'cancelled' },
      result: { stdout: 'hello\nbye\n' },
    });
  });

  it('is killed when it does not listen, and so are its children', async () => {
    const outcome = await cancelled(
      'trap "" TERM; sh -c \'trap "" TERM; echo $$; : > ready; while :; do :; done\' & wait; while :; do :; done',
    );
    expect(outcome).toMatchObject({ execution_status: 'cancelled', result: { signal: 'SIGKILL' } });
    await until(() => !isAlive(Number(stdoutOf(outcome))), { what: 'the child to be killed' });
  });

  it('is stopped at its time limit, also in the middle of a flood', async () => {
    const outcome = await misbehave('yes', { PULLCORD_TOOL_TIMEOUTS: 'run_command=200' });
    expect(outcome).toMatchObject({ execution_status: 'timeout', error: { code: 'timeout' } });
  });
});

function isAlive(pid: number): boolean {
  try {
    // A zombie has no command line; nobody here waits for the orphans of a container.
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8') !== '';
  } catch {
    return false;
  }
}
