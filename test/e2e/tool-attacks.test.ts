// A model that wants out: paths, URLs and commands that lead away from what it may touch, called through the whole server
// where nobody is asked. Every attack fails closed, is told to the model as an error, and the turn goes on.
import { chmodSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { attackTurn, type Attack, type Struck } from '../support/attack-turn.js';
import { foldersNotAllowed, programsNotAllowed, shellArguments } from '../support/command-attacks.js';
import { startServerOn } from '../support/context-client.js';
import { Door } from '../support/door.js';
import { FakeUpstream } from '../support/fake-upstream.js';
import { addressesNotAllowed, redirectsNotAllowed, urlsNotAllowed } from '../support/fetch-attacks.js';
import { contentOf, plantLinks, waysOutOf } from '../support/path-attacks.js';
import type { TestServer } from '../support/server.js';
import { makeFolder } from '../support/workspace.js';

const secret = 'SECRET-OF-THE-SERVER';
const outside = makeFolder({ 'secret.txt': secret, 'deep/secret.txt': secret });
const files = { 'a.txt': 'inside', 'folder/b.txt': 'inside too', 'sub/c.txt': 'c', printf: 'echo no\n' };
/** To read in, and to run in; nothing in it may change. */
const workspace = makeFolder(files);
/** To write in, as some of the names are harmless when they are taken by the letter. */
const toWrite = makeFolder(files);
chmodSync(join(workspace, 'printf'), 0o755);
for (const folder of [workspace, toWrite]) plantLinks(folder, outside);
const [outsideBefore, insideBefore] = [contentOf(outside), contentOf(workspace)];

const everyTool =
  'current_time,read_file,list_directory,search_files,http_fetch,write_file,edit_file,run_command';
/** Whoever asks the canary has got out. The front may be asked, though it is private, and leads on to anywhere. */
let [canary, front]: Door[] = [];
let upstream: FakeUpstream;
/** Has every tool, and may fetch from every host. */
let open: TestServer;
/** May fetch from some hosts alone. */
let strict: TestServer;

beforeAll(async () => {
  [canary, front] = await Promise.all([Door.open(), Door.open()]);
  upstream = await FakeUpstream.start();
  const [to, from] = [canary.port, front.port];
  const env = {
    PULLCORD_TOOLS: everyTool,
    PULLCORD_WORKSPACE_ROOTS: `${workspace},${toWrite}`,
    PULLCORD_COMMAND_ALLOW: 'printf,pwd',
    PULLCORD_HTTP_FETCH_PRIVATE: `127.0.0.1:${from}`,
    OPENAI_API_KEY: secret,
  };
  [open, strict] = await Promise.all([
    startServerOn(upstream, { ...env, PULLCORD_HTTP_FETCH_HOSTS: `*,*:${to},*:${from}` }),
    startServerOn(upstream, {
      ...env,
      PULLCORD_COMMAND_ALLOW: 'printf',
      PULLCORD_HTTP_FETCH_HOSTS: `docs.test:${to},*.docs.test:${to},127.0.0.1:${from}`,
    }),
  ]);
});
afterAll(async () => {
  expect(canary?.asked).toEqual([]);
  expect(contentOf(outside)).toEqual(outsideBefore);
  expect(contentOf(workspace)).toEqual(insideBefore);
  canary?.close();
  front?.close();
  await upstream.close();
});

interface Where {
  readonly server?: () => TestServer;
  readonly workspace_path?: string;
}
type Check = (struck: Struck, name: string) => void;

/** One turn with an attack for each name, and a test for each of what came of it. */
function attackEach(
  names: readonly string[],
  attackOf: (name: string) => Attack,
  check: Check,
  { server = () => open, workspace_path = workspace }: Where = {},
): void {
  let struck: readonly Struck[] = [];
  beforeAll(async () => {
    const ground = { server: server(), upstream, config: { workspace_path } };
    struck = await attackTurn(ground, names.map(attackOf));
  });
  it.each(names.map((name, index) => ({ name, index })))('$name', ({ name, index }) => {
    const one = struck[index];
    if (!one) throw new Error('There is no such result.');
    check(one, name);
    // Neither what is outside, nor where anything is.
    for (const word of [secret, 'root:', workspace, toWrite, outside, '/proc/', open.folder, strict.folder])
      expect(one.all).not.toContain(word);
  });
}

/** An error that the model can read, and no result. */
function isRefused({ data, told }: Struck, code: string | RegExp): void {
  expect(data).toMatchObject({ execution_status: 'failed', result: null });
  expect(data.error?.code).toMatch(code);
  expect(told).toContain(data.error?.message);
}

const codes = new Map(waysOutOf(workspace, outside));
const paths = [...codes.keys()];
const codeOf = (path: string): string | RegExp => codes.get(path) ?? 'not in the table';

describe.each([
  ['read_file', {}],
  ['list_directory', {}],
  ['search_files', { glob: '**' }],
  ['edit_file', { old_text: 'S', new_text: 'T' }],
])('%s of', (tool, more) => {
  attackEach(
    paths,
    (path) => ({ tool, args: { path, ...more } }),
    (struck, path) => isRefused(struck, codeOf(path)),
  );
});

describe('write_file of', () => {
  attackEach(
    paths,
    (path) => ({ tool: 'write_file', args: { path, content: 'attack' } }),
    (struck, path) => {
      // What only looks like a way out is a name like any other, and what is written by it is inside.
      if (codeOf(path) === 'path_not_allowed') isRefused(struck, 'path_not_allowed');
    },
    { workspace_path: toWrite },
  );
});

describe('http_fetch of', () => {
  const at = (url: string): string => url.replaceAll('PORT', String(canary?.port));
  const through = (url: string): string =>
    `http://127.0.0.1:${front?.port}/?to=${encodeURIComponent(at(url))}`;
  const fetchOf = (url: string): Attack => ({ tool: 'http_fetch', args: { url } });

  describe('a host that is not allowed:', () => {
    attackEach(
      urlsNotAllowed,
      (url) => fetchOf(at(url)),
      (struck) => isRefused(struck, 'url_not_allowed'),
      { server: () => strict },
    );
  });

  describe('a page that leads on to a host that is not allowed:', () => {
    attackEach(
      redirectsNotAllowed,
      (url) => fetchOf(through(url)),
      (struck) => isRefused(struck, 'url_not_allowed'),
      { server: () => strict },
    );
  });

  // A header holds nothing but these characters.
  const inHeaders = addressesNotAllowed.filter((host) => /^[\x21-\x7e]+$/.test(host));
  describe.each([
    ['an address that is not public:', addressesNotAllowed, at],
    ['a page that leads on to an address that is not public:', inHeaders, through],
  ])('%s', (_, hosts, to) => {
    attackEach(
      hosts,
      (host) => fetchOf(to(`http://${host}:PORT/`)),
      (struck) => isRefused(struck, /^(address|url)_not_allowed$/),
    );
  });

  it('the page that leads on was asked for each time', () => {
    expect(front?.asked).toHaveLength(redirectsNotAllowed.length + inHeaders.length);
  });
});

describe('run_command with', () => {
  const run = (args: object): Attack => ({ tool: 'run_command', args });

  describe('the argument', () => {
    attackEach(
      shellArguments,
      (arg) => run({ program: 'printf', args: ['%s|', arg, 'end'] }),
      ({ data }, arg) => {
        const stdout = `${arg.replaceAll('\ud800', '\ufffd')}|end|`;
        expect(data).toMatchObject({ execution_status: 'success', result: { exit_code: 0, stdout } });
      },
    );
  });

  describe('the program', () => {
    attackEach(
      programsNotAllowed,
      (program) => run({ program, args: ['attack'] }),
      (struck) => isRefused(struck, 'program_not_allowed'),
    );
  });

  describe('the folder', () => {
    attackEach(
      foldersNotAllowed,
      (folder) => run({ program: 'pwd', folder }),
      (struck) => isRefused(struck, /^(path_not_allowed|not_a_folder|not_found)$/),
    );
  });
});

describe('a planner', () => {
  const beyond: readonly Attack[] = [
    { tool: 'write_file', args: { path: 'a.txt', content: 'attack' } },
    { tool: 'edit_file', args: { path: 'sub/c.txt', old_text: 'c', new_text: 'attack' } },
    { tool: 'run_command', args: { program: 'printf', args: ['attack'] } },
  ];

  it('can neither write, nor start, nor fetch anything, though it calls for it', async () => {
    const asked = front?.asked.length;
    const url = `http://127.0.0.1:${front?.port}/`;
    const first = upstream.calls.length;
    const config = { workspace_path: workspace, agent_role: 'planner' };
    const attacks = [...beyond, { tool: 'http_fetch', args: { url } }];
    const struck = await attackTurn({ server: open, upstream, config }, attacks);
    for (const one of struck) isRefused(one, 'tool_not_found');
    expect(front?.asked).toHaveLength(asked ?? -1);
    const offered = (await upstream.call(first)).request.body['tools'] as { function: { name: string } }[];
    expect(offered.map((tool) => tool.function.name).sort()).toEqual([
      'current_time',
      'list_directory',
      'read_file',
      'search_files',
    ]);
  });

  it('is the only one who cannot: an actor may do all of it', async () => {
    const url = `http://127.0.0.1:${front?.port}/`;
    const config = { workspace_path: toWrite };
    const attacks = [...beyond, { tool: 'http_fetch', args: { url } }];
    const struck = await attackTurn({ server: open, upstream, config }, attacks);
    expect(struck.map(({ data }) => data.execution_status)).toEqual(Array(4).fill('success'));
  });
});
