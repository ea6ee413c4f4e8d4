// The `pullcord` program as npx finds it: in a checkout that was never compiled, and in one that was.
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { root } from '../support/pages.js';
import { pullcord } from '../support/pullcord.js';

let project = '';
beforeEach(() => {
  project = mkdtempSync(join(tmpdir(), 'pullcord-program-'));
  for (const folder of ['bin', 'scripts'])
    cpSync(join(root, folder), join(project, folder), { recursive: true });
  mkdirSync(join(project, 'node_modules'));
  symlinkSync(join(root, 'node_modules/typescript'), join(project, 'node_modules/typescript'));
  const { bin, engines } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as Record<
    string,
    unknown
  >;
  write('package.json', JSON.stringify({ name: 'pullcord', type: 'module', bin, engines }));
  write('package-lock.json', JSON.stringify({ packages: { '': {} } }));
  const compilerOptions = { module: 'nodenext', lib: ['es5'], rootDir: '.', types: [] };
  write('tsconfig.build.json', JSON.stringify({ compilerOptions, include: ['src', 'migrations'] }));
  const prints = (word: string): string =>
    `declare const console: { log(text: string): void };\nconsole.log('${word}');\n`;
  write('src/main.ts', prints('the server'));
  write('src/cli/pullcord.ts', prints('a command'));
  write('migrations/first.ts', '');
});
afterEach(() => rmSync(project, { recursive: true, force: true }));

function write(file: string, content: string): void {
  mkdirSync(join(project, file, '..'), { recursive: true });
  writeFileSync(join(project, file), content);
}

/** The way npx takes, without the network: package.json says what the program is. */
function run(...args: readonly string[]): { code: number | null; stdout: string; stderr: string } {
  const { bin } = JSON.parse(readFileSync(join(project, 'package.json'), 'utf8')) as {
    bin: { pullcord: string };
  };
  const ran = spawnSync(join(project, bin.pullcord), args, { cwd: project, encoding: 'utf8' });
  return { code: ran.status, stdout: ran.stdout, stderr: ran.stderr };
}

it('start prepares the checkout, and is the server', () => {
  const first = run('start');
  expect(first).toMatchObject({ code: 0, stdout: 'the server\n' });
  expect(first.stderr).toMatch(/^Compiling the server …\nCompiled the server in [\d.]+ s\.\n$/);
});

it('a command compiles nothing, for a server may be running: it says what does', () => {
  const told = 'Pullcord is not compiled yet; `npm run build` does it, and so does `npm start`.\n';
  expect(run('verify')).toEqual({ code: 1, stdout: '', stderr: told });
  run('start');
  write('src/main.ts', 'newer and wrong');
  expect(run('verify')).toEqual({ code: 0, stdout: 'a command\n', stderr: '' });
});

it('help says what there is, and anything else gets it too, as an error', async () => {
  const { code, stdout } = await pullcord(['help']);
  expect(code).toBe(0);
  expect(stdout).toMatch(/^Usage: pullcord <command>\n(.*\n)* {2}backup FILE .*\n {2}verify .*\n/);
  for (const args of [[], ['dance'], ['start', 'now'], ['constructor']])
    expect(await pullcord(args)).toEqual({ code: 2, stdout: '', stderr: stdout });
  expect(await pullcord(['--help'])).toMatchObject({ code: 0, stdout });
});
