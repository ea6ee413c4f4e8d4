// What `pullcord env` prints is read by a shell: so it is read by one here.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { pullcord } from '../support/pullcord.js';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'pullcord-env-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** What a shell has of these variables once it has evaluated the lines. */
function evaluated(lines: string, ...names: readonly string[]): readonly string[] {
  const script = `eval "$1"; shift; for name; do eval "printf '%s\\n' \\"\\$$name\\""; done`;
  const said = execFileSync('sh', ['-c', script, 'sh', lines, ...names], { env: {}, encoding: 'utf8' });
  return said.trimEnd().split('\n');
}

const run = (args: readonly string[], env: Readonly<Record<string, string>> = {}) =>
  pullcord(['env', ...args], { env, folder });

it('points Claude Code at the server of these settings', async () => {
  const { code, stdout, stderr } = await run(['--claude-code'], { PORT: '4000' });
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(evaluated(stdout, 'ANTHROPIC_BASE_URL', 'ANTHROPIC_AUTH_TOKEN')).toEqual([
    'http://127.0.0.1:4000',
    'pullcord',
  ]);
  expect(stdout).not.toContain('MODEL');
});

it('points programs of OpenAI at the versioned paths, with the model and the token of an owner', async () => {
  writeFileSync(join(folder, 'pullcord.config.yaml'), 'tokens: [ann:first, bob:second]\nhost: "::"\n');
  const { stdout } = await run(['--openai', '--claude-code', '--model', "it's/a model", '--owner', 'bob']);
  const names = ['OPENAI_BASE_URL', 'OPENAI_API_KEY', 'ANTHROPIC_AUTH_TOKEN', 'ANTHROPIC_MODEL'];
  expect(evaluated(stdout, ...names)).toEqual(['http://[::1]:3000/v1', 'second', 'second', "it's/a model"]);
  expect(stdout).not.toContain('first');
});

it('tells how Codex is called, in a line that a shell leaves alone', async () => {
  const { stdout } = await run(['--codex'], { PULLCORD_DEFAULT_MODEL: 'scripted/default' });
  expect(evaluated(stdout, 'OPENAI_BASE_URL')).toEqual(['http://127.0.0.1:3000/v1']);
  const call = /^# (codex .*)$/m.exec(stdout)?.[1] ?? '';
  const words = execFileSync('sh', ['-c', call.replace('codex', "printf '%s\\n'")], { encoding: 'utf8' });
  expect(words.trimEnd().split('\n')).toEqual([
    '-c',
    'model_provider="pullcord"',
    '-c',
    'model_providers.pullcord={ name = "Pullcord", base_url = "http://127.0.0.1:3000/v1", env_key = "OPENAI_API_KEY", wire_api = "responses" }',
    '-m',
    'scripted/default',
  ]);
});

it('says what it cannot know: a token of which there is the hash alone, and a port that nobody has chosen yet', async () => {
  const hash = `ann:sha256:${'ab'.repeat(32)}`;
  const hashed = await run(['--openai'], { PULLCORD_TOKENS: hash });
  expect(hashed).toEqual({
    code: 1,
    stdout: '',
    stderr: 'Of this owner PULLCORD_TOKENS has no token, or its hash alone: set the variables by hand.\n',
  });
  const mixed = await run(['--openai'], { PULLCORD_TOKENS: `${hash},bob:second` });
  expect(evaluated(mixed.stdout, 'OPENAI_API_KEY')).toEqual(['second']);
  expect(await run(['--openai'], { PORT: '0' })).toMatchObject({ code: 1, stdout: '' });
});

it.each([
  [[]],
  [['--fish']],
  [['--openai', 'now']],
  [['--openai', '--model']],
  [['--openai', '--owner', '--codex']],
])('is told what it can do instead of %j', async (args) => {
  const { code, stdout, stderr } = await run(args);
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(stderr).toMatch(/^Usage: pullcord <command>\n/);
});
