// What models can call, and where they may work: seen from outside.
import { mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { body, createContext, getContext, refused, refusal } from '../support/api.js';
import { caller, type Caller } from '../support/http.js';
import { startServer } from '../support/server.js';
import { makeFolder } from '../support/workspace.js';

interface Tool {
  readonly name: string;
  readonly timeout_ms: number;
  readonly permissions: readonly string[];
}

const toolsOf = async (api: Caller, query = ''): Promise<readonly Tool[]> =>
  body(await api.get<{ tools: readonly Tool[] }>(`/tools${query}`)).tools;
const namesOf = async (api: Caller, query = ''): Promise<readonly string[]> =>
  (await toolsOf(api, query)).map(({ name }) => name);

describe('GET /tools', () => {
  let api: Caller;
  beforeAll(async () => {
    api = caller(await startServer());
  });

  it('lists what is on by default, and nothing that writes, starts programs or has nowhere to go', async () => {
    expect(await namesOf(api)).toEqual(['current_time', 'read_file', 'list_directory', 'search_files']);
  });

  it('says all that a client shows of a tool', async () => {
    expect((await toolsOf(api)).find(({ name }) => name === 'read_file')).toEqual({
      name: 'read_file',
      description: expect.stringMatching(/^Reads a text file/) as string,
      parameters: expect.objectContaining({ type: 'object', required: ['path'] }) as object,
      permissions: ['read'],
      timeout_ms: 30_000,
      is_parallel: true,
      on_cancel: 'kill',
      needs_workspace: true,
      source: 'builtin',
      server_name: null,
    });
  });

  it('refuses a role that is none', async () => {
    expect(refused(await api.get('/tools?role=king'))).toBe('400 invalid_request');
  });
});

it('shows a planner only what reads, and an actor all that the operator has set up', async () => {
  const api = caller(
    await startServer({
      env: {
        PULLCORD_TOOLS: 'read_file,http_fetch,write_file,run_command',
        PULLCORD_HTTP_FETCH_HOSTS: 'docs.example.com',
        PULLCORD_COMMAND_ALLOW: 'git',
        PULLCORD_TOOL_TIMEOUT_MS: '5000',
        PULLCORD_TOOL_TIMEOUTS: 'run_command=120000',
      },
    }),
  );
  const all = ['read_file', 'http_fetch', 'write_file', 'run_command'];
  expect(await namesOf(api, '?role=planner')).toEqual(['read_file']);
  expect(await namesOf(api, '?role=actor')).toEqual(all);
  expect(await namesOf(api)).toEqual(all);
  expect((await toolsOf(api)).map(({ timeout_ms }) => timeout_ms)).toEqual([5000, 5000, 5000, 120_000]);
});

it('has no tool when none is wanted', async () => {
  expect(await namesOf(caller(await startServer({ env: { PULLCORD_TOOLS: 'none' } })))).toEqual([]);
});

describe('the workspace of a context', () => {
  const outside = makeFolder();
  const root = makeFolder({ 'project/a.txt': 'a', 'file.txt': 'f' });
  symlinkSync(outside, join(root, 'way-out'));
  symlinkSync(join(root, 'project'), join(root, 'way-in'));
  mkdirSync(`${root}-beside`);
  let api: Caller;
  beforeAll(async () => {
    api = caller(await startServer({ env: { PULLCORD_WORKSPACE_ROOTS: `${root},/nowhere/at-all` } }));
  });

  it.each([root, join(root, 'project'), join(root, 'way-in'), `${root}/project/../project/`])(
    'may be %s',
    async (workspace_path) => {
      const { id } = await createContext(api, { config: { workspace_path } });
      expect((await getContext(api, id)).config).toEqual({ workspace_path });
      body(await api.patch(`/contexts/${id}`, { config: { workspace_path } }));
    },
  );

  it.each([
    outside,
    '/',
    '/etc',
    'project',
    './project',
    '~',
    `${root}/..`,
    `${root}/../${outside.slice(1)}`,
    `${root}-beside`,
    join(root, 'way-out'),
    join(root, 'not-there'),
    join(root, 'file.txt'),
    '/nowhere/at-all',
    '/proc/self/cwd',
  ])('may not be %s, neither at first nor later', async (workspace_path) => {
    const created = await api.post('/contexts', { config: { workspace_path } });
    expect(refused(created)).toBe('422 workspace_not_allowed');
    const { id } = await createContext(api);
    const patched = await api.patch(`/contexts/${id}`, { config: { workspace_path } });
    // The same for what exists and what does not.
    expect(refusal(patched).detail).toBe(refusal(created).detail);
    expect((await getContext(api, id)).config).toEqual({});
  });

  it('can be taken away again', async () => {
    const { id } = await createContext(api, { config: { workspace_path: root } });
    body(await api.patch(`/contexts/${id}`, { config: { workspace_path: null } }));
    expect((await getContext(api, id)).config).toEqual({});
  });
});

it('has no workspace anywhere when no folder is allowed', async () => {
  const api = caller(await startServer());
  const config = { workspace_path: makeFolder() };
  expect(refused(await api.post('/contexts', { config }))).toBe('422 workspace_not_allowed');
});
