// Ways out of the workspace. Each is tried with every tool that takes a path, and must end in a refusal that tells
// nothing of what is outside, and leaves it as it was.
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, renameSync, symlinkSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { contentOf, plantLinks, waysOutOf } from '../../../test/support/path-attacks.js';
import { endOf, toolsOf } from '../../../test/support/tool-calls.js';
import { readSettings } from '../../config/read-settings.js';
import { Workspaces } from '../workspace/workspaces.js';
import { makeFolder } from '../../../test/support/workspace.js';

const secret = 'SECRET-OF-THE-SERVER';
const outside = makeFolder({ 'secret.txt': secret, 'deep/secret.txt': secret });
const files = {
  'a.txt': 'inside',
  'folder/b.txt': 'inside too',
  'large.txt': 'x'.repeat(2000),
  'binary.bin': Buffer.from([0, 1, 2, 255]),
};
const env = { PULLCORD_FILE_MAX_BYTES: '1000' };
const workspace = makeFolder(files);
const call = toolsOf({ workspace, env });
/** One to write in, as some of the names are harmless when they are taken by the letter. */
const toWrite = makeFolder(files);
const callToWrite = toolsOf({ workspace: toWrite, env });

let socket: Server;
beforeAll(async () => {
  for (const folder of [workspace, toWrite]) plantLinks(folder, outside);
  execFileSync('mkfifo', [join(workspace, 'pipe')]);
  socket = createServer().listen(join(workspace, 'socket'));
  await once(socket, 'listening');
});
afterAll(() => socket.close());

const waysOut = waysOutOf(workspace, outside);

/** Neither what is outside, nor where the workspace is. */
function tellsNothing(outcome: object): void {
  const told = JSON.stringify(outcome);
  expect(told).not.toContain(secret);
  expect(told).not.toContain('root:');
  expect(told).not.toContain(workspace);
  expect(told).not.toContain('/proc/');
}

const before = contentOf(outside);
afterAll(() => expect(contentOf(outside)).toEqual(before));

describe.each(waysOut)('%j', (path, code) => {
  it.each([
    ['read_file', {}],
    ['list_directory', {}],
    ['search_files', { glob: '**' }],
    ['edit_file', { old_text: 'S', new_text: 'T' }],
  ])('is refused by %s', async (tool, more) => {
    const outcome = await call(tool, { path, ...more });
    expect(endOf(outcome)).toMatch(code);
    expect(outcome.result).toBeNull();
    tellsNothing(outcome);
  });

  it('is not written', async () => {
    const outcome = await callToWrite('write_file', { path, content: 'attack' });
    // What only looks like a way out is a name like any other, and what is written by it is inside.
    if (code === 'path_not_allowed') expect(endOf(outcome)).toBe(code);
    tellsNothing(outcome);
  });
});

describe('what is no regular file', () => {
  it.each(['pipe', 'socket', 'folder', '.'])('%s is not read, and nobody waits for it', async (path) => {
    expect(endOf(await call('read_file', { path }))).toBe('not_a_file');
    expect(endOf(await call('edit_file', { path, old_text: 'a', new_text: 'b' }))).toBe('not_a_file');
    expect(endOf(await call('write_file', { path, content: 'attack' }))).toBe('not_a_file');
  });

  it.each([
    ['large.txt', 'file_too_large'],
    ['binary.bin', 'not_text'],
  ])('%s is %s', async (path, code) => {
    expect(endOf(await call('read_file', { path }))).toBe(code);
    expect(endOf(await call('edit_file', { path, old_text: 'x', new_text: 'y' }))).toBe(code);
  });

  it.each(['a.txt', 'pipe', 'inside-link'])('%s is no folder', async (path) => {
    expect(endOf(await call('list_directory', { path }))).toBe('not_a_folder');
  });

  it('is passed over by a search, as are all links', async () => {
    const { result } = await call('search_files', { glob: '**' });
    expect(result).toEqual({ files: ['a.txt', 'binary.bin', 'large.txt', 'folder/b.txt'] });
    expect((await call('search_files', { text: 'SECRET' })).result).toMatchObject({ matches: [] });
  });
});

describe('a device as workspace', () => {
  it.each(['/proc/self', '/proc/self/fd', '/dev'])('%s gives nothing away', async (folder) => {
    const callThere = toolsOf({ workspace: folder, env });
    for (const path of ['environ', 'mem', 'maps', '0', 'zero', 'random', 'tty', 'cwd/package.json']) {
      const outcome = await callThere('read_file', { path });
      expect(endOf(outcome)).toMatch(/^(not_|path_|file_|workspace_)/);
    }
  });
});

describe('links that stay inside', () => {
  it('are read through, and shown by where they lead', async () => {
    expect((await call('read_file', { path: 'inside-link' })).result).toMatchObject({ path: 'a.txt' });
    expect((await call('read_file', { path: 'inside-folder/b.txt' })).result).toMatchObject({
      path: 'folder/b.txt',
      content: 'inside too',
    });
  });

  it('are not written through', async () => {
    for (const path of ['inside-link', 'inside-folder/c.txt', 'inside-folder/new/c.txt'])
      expect(endOf(await callToWrite('write_file', { path, content: 'x' }))).toBe('path_not_allowed');
    expect(readFileSync(join(toWrite, 'a.txt'), 'utf8')).toBe('inside');
  });
});

describe('what belongs to git', () => {
  it.each([
    '.git/config',
    '.git/hooks/pre-commit',
    '.GIT/config',
    'folder/.git/config',
    '.git',
    '.git./x',
    'GIT~1/x',
  ])('%s is not written', async (path) => {
    expect(endOf(await callToWrite('write_file', { path, content: 'x' }))).toBe('path_not_allowed');
    expect(existsSync(join(toWrite, '.git'))).toBe(false);
  });
});

describe('a workspace that changes under the call', () => {
  it('is refused once it is a link to elsewhere', async () => {
    const root = makeFolder({ 'project/a.txt': 'inside' });
    const callThere = toolsOf({ workspace: root, env });
    renameSync(join(root, 'project'), join(root, 'was'));
    symlinkSync(outside, join(root, 'project'));
    expect(endOf(await callThere('read_file', { path: 'project/secret.txt' }))).toBe('path_not_allowed');
    const moved = new Workspaces(readSettings({ PULLCORD_WORKSPACE_ROOTS: root }));
    await expect(moved.open(join(root, 'project'))).rejects.toMatchObject({ code: 'workspace_not_allowed' });
  });

  it('never leads out, however often a folder and a link change places', async () => {
    const root = makeFolder({ 'place/secret.txt': 'inside', 'place/sub/x.txt': 'inside' });
    const swapper = spawn(process.execPath, ['-e', swapForever, outside], {
      cwd: root,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await once(swapper.stdout, 'data');
    const callThere = toolsOf({ workspace: root, env });
    const ends = new Set<string>();
    for (let round = 0; round < 300; round++) {
      const outcomes = await Promise.all([
        callThere('read_file', { path: 'place/secret.txt' }),
        callThere('list_directory', { path: 'place' }),
        callThere('write_file', { path: 'place/attack.txt', content: 'attack' }),
        callThere('edit_file', { path: 'place/secret.txt', old_text: 'SECRET', new_text: 'attack' }),
        callThere('search_files', { text: 'SECRET' }),
      ]);
      for (const outcome of outcomes) {
        tellsNothing(outcome);
        ends.add(endOf(outcome));
      }
    }
    swapper.kill();
    await once(swapper, 'exit');
    expect([...ends]).toEqual(expect.arrayContaining(['success', 'path_not_allowed']));
    expect(contentOf(outside)).toEqual(before);
  });
});

/** Puts a link in the place of the folder and back, as fast as it can. Writers make a folder there in between. */
const swapForever = `
  const { renameSync, rmSync, symlinkSync } = require('node:fs');
  const attempt = (step) => { try { step(); } catch {} };
  console.log('ready');
  for (;;) {
    attempt(() => renameSync('place', 'kept'));
    attempt(() => symlinkSync(process.argv[1], 'place'));
    attempt(() => rmSync('place', { recursive: true }));
    attempt(() => renameSync('kept', 'place'));
  }
`;
