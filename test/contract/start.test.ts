// `npm start` on a small project of its own: what it installs and compiles, when, and how it hands over.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, it } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));
const compilerOptions = { module: 'nodenext', lib: ['es5'], rootDir: '.', incremental: true, types: [] };

let project = '';
beforeEach(() => {
  project = mkdtempSync(join(tmpdir(), 'pullcord-start-'));
  cpSync(join(root, 'scripts'), join(project, 'scripts'), { recursive: true });
  mkdirSync(join(project, 'node_modules'));
  symlinkSync(join(root, 'node_modules/typescript'), join(project, 'node_modules/typescript'));
  write('package.json', JSON.stringify({ type: 'module', engines: { node: '>=20.19.0' } }));
  write('package-lock.json', JSON.stringify({ packages: { '': {} } }));
  write(
    'tsconfig.build.json',
    JSON.stringify({ compilerOptions, include: ['src'], exclude: ['**/*.test.ts'] }),
  );
  write('src/main.ts', says('one'));
  write('migrations/first.ts', '');
});
afterEach(() => rmSync(project, { recursive: true, force: true }));

function write(file: string, content: string): void {
  mkdirSync(join(project, file, '..'), { recursive: true });
  writeFileSync(join(project, file), content);
}

/** A program that prints one word. There are no types of Node in the small project. */
const says = (word: string): string =>
  `declare const console: { log(text: string): void };\nconsole.log('${word}');\n`;

interface Run {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

function launch(env: Readonly<Record<string, string>> = {}) {
  const child = spawn(process.execPath, ['scripts/start.mjs'], {
    cwd: project,
    env: { ...process.env, ...env },
  });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (bytes: Buffer) => (stdout += bytes.toString()));
  child.stderr.on('data', (bytes: Buffer) => (stderr += bytes.toString()));
  const ended = once(child, 'close').then(([code]: unknown[]): Run => ({
    code: Number(code),
    stdout,
    stderr,
  }));
  return { child, ended };
}

const start = (env?: Readonly<Record<string, string>>): Promise<Run> => launch(env).ended;

it('compiles what is missing, once, and then adds nothing', async () => {
  const first = await start();
  expect(first).toMatchObject({ code: 0, stdout: 'one\n' });
  expect(first.stderr).toMatch(/^Compiling the server …\nCompiled the server in [\d.]+ s\.\n$/);
  expect(await start()).toEqual({ code: 0, stdout: 'one\n', stderr: '' });
});

it('compiles anew when a source has changed, and keeps nothing of one that is gone', async () => {
  write('src/old.ts', 'export const old = 1;');
  await start();
  expect(existsSync(join(project, 'dist/src/old.js'))).toBe(true);
  rmSync(join(project, 'src/old.ts'));
  write('src/main.ts', says('two'));
  expect((await start()).stdout).toBe('two\n');
  expect(existsSync(join(project, 'dist/src/old.js'))).toBe(false);
});

it('does not compile for a changed test', async () => {
  await start();
  write('src/main.test.ts', 'export {};');
  expect((await start()).stderr).toBe('');
});

/** A client and a playground as small as can be, with tools that only write what they were told. */
function addPages(): void {
  write('openapi/openapi.json', '{"title":"one"}');
  write(
    'scripts/generate-client.mjs',
    `import { readFileSync, writeFileSync } from 'node:fs';
const { title } = JSON.parse(readFileSync('openapi/openapi.json', 'utf8'));
writeFileSync(\`\${process.argv[2]}/calls.ts\`, \`export const title = '\${title}';\`);`,
  );
  write('client/src/index.ts', `export { title } from './generated/calls.js';`);
  write('client/tsconfig.build.json', JSON.stringify({ compilerOptions, include: ['src'] }));
  write(
    'node_modules/vite/bin/vite.js',
    `import { readFileSync, writeFileSync } from 'node:fs';
const [, , verb, folder, , out] = process.argv;
writeFileSync(\`\${out}/index.html\`, verb + readFileSync(\`\${folder}/index.html\`, 'utf8'));`,
  );
  write('playground/index.html', ' a page');
}

const built = (file: string): string => readFileSync(join(project, file), 'utf8');

it('makes the calls of the client, the client and the playground too, each when what it is made from has changed', async () => {
  addPages();
  const made = ({ stderr }: Run): readonly string[] =>
    [...stderr.matchAll(/^(\w+ the \w+) in [\d.]+ s\.$/gm)].map(([, done = '']) => done).sort();
  expect(made(await start())).toEqual([
    'Built the playground',
    'Compiled the client',
    'Compiled the server',
    'Generated the client',
  ]);
  expect(built('client/dist/src/generated/calls.js')).toContain("'one'");
  expect(built('playground/dist/index.html')).toBe('build a page');
  expect((await start()).stderr).toBe('');
  write('playground/index.html', ' another');
  expect(made(await start())).toEqual(['Built the playground']);
  expect(built('playground/dist/index.html')).toBe('build another');
  write('openapi/openapi.json', '{"title":"two"}');
  expect(made(await start())).toHaveLength(4);
  expect(built('client/dist/src/generated/calls.js')).toContain("'two'");
});

it('survives several starts at once', async () => {
  await start();
  write('src/main.ts', says('two'));
  const runs = await Promise.all([start(), start(), start()]);
  expect(runs.map(({ code, stdout }) => `${code} ${stdout}`)).toEqual(['0 two\n', '0 two\n', '0 two\n']);
  expect(runs.filter(({ stderr }) => stderr.includes('Compiling'))).toHaveLength(1);
  expect(readdirSync(project).filter((name) => name.startsWith('dist'))).toEqual(['dist']);
});

it('is not held up by a start that was killed', async () => {
  // No process has this number: it is past what any system hands out.
  write('.tmp/prepare.lock', '999999999');
  expect((await start()).stdout).toBe('one\n');
});

it('says what does not compile, and leaves what was compiled before', async () => {
  await start();
  write('src/main.ts', 'const port: number = "many";');
  const { code, stdout, stderr } = await start();
  expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
  expect(stderr).toContain('src/main.ts(1,7): error TS2322');
  expect(stderr).toContain('Compiling the server failed; what it printed is above.\n');
  expect(readFileSync(join(project, 'dist/src/main.js'), 'utf8')).toContain('one');
});

it('refuses an old Node in one line', async () => {
  write('package.json', JSON.stringify({ type: 'module', engines: { node: '>=99.1.0' } }));
  const { code, stderr } = await start();
  expect(code).toBe(1);
  expect(stderr).toBe(`Pullcord needs Node 99.1.0 or newer; this is Node ${process.versions.node}.\n`);
});

it('installs when the lock file asks for what is not there, once', async () => {
  write(
    'package-lock.json',
    JSON.stringify({ packages: { '': {}, 'node_modules/left': { version: '1.0.0' } } }),
  );
  write('bin/npm', `#!/bin/sh\necho "npm $*" >> npm-calls\n`);
  await once(spawn('chmod', ['+x', join(project, 'bin/npm')]), 'exit');
  const env = { PATH: `${join(project, 'bin')}:${process.env.PATH ?? ''}` };
  expect((await start(env)).stderr).toMatch(
    /^Installing packages …\nInstalled packages in [\d.]+ s\.\nCompiling the server …/,
  );
  await start(env);
  expect(readFileSync(join(project, 'npm-calls'), 'utf8')).toBe('npm ci --no-audit --no-fund\n');
});

/** Prints `ready`, and answers SIGTERM by ending with code 7. */
const waits = `
declare const process: { on(signal: string, then: () => void): void; exit(code: number): never };
declare const console: { log(text: string): void };
declare const setInterval: (tick: () => void, ms: number) => void;
process.on('SIGTERM', () => {
  console.log('ended');
  process.exit(7);
});
setInterval(() => undefined, 1000);
console.log('ready');
`;

it("is the server's own process: its signals and its exit code", async () => {
  write('src/main.ts', waits);
  const { child, ended } = launch();
  await once(child.stdout, 'data');
  child.kill('SIGTERM');
  expect(await ended).toMatchObject({ code: 7, stdout: 'ready\nended\n' });
});

it('ends gracefully when the shell that npm started it through is gone', async () => {
  write('src/main.ts', waits);
  const env = { ...process.env, npm_lifecycle_event: 'start' };
  // The `:` keeps the shell from making way for its last command.
  const shell = spawn('/bin/sh', ['-c', `"${process.execPath}" scripts/start.mjs; :`], { cwd: project, env });
  await once(shell.stdout, 'data');
  shell.kill('SIGTERM');
  let rest = '';
  for await (const text of shell.stdout.setEncoding('utf8')) rest += String(text);
  expect(rest).toBe('ended\n');
});
