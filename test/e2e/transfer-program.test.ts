// `pullcord export` and `pullcord import`: contexts as files, without a server.
import {
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
import { afterEach, beforeEach, expect, it } from 'vitest';
import { act, appendText, body, createContext, getContext, getPage, reaches } from '../support/api.js';
import { BranchClient } from '../support/branch-client.js';
import { dialect } from '../support/databases.js';
import { caller, type Caller } from '../support/http.js';
import { expectClean, pullcord } from '../support/pullcord.js';
import { startServer, type TestServer } from '../support/server.js';

let server: TestServer;
let api: Caller;
let folder = '';
beforeEach(async () => {
  server = await startServer();
  api = caller(server);
  folder = mkdtempSync(join(tmpdir(), 'pullcord-files-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const exported = async (id: string): Promise<string> =>
  (await fetch(`${server.url}/contexts/${id}/export`)).text();

it('writes folders beside a server, and reads them back the same', async () => {
  const { id } = await createContext(api, { title: 'Leases', config: { model: 'scripted/fast' } });
  await act(api, id, 'send_message', { content: 'What is a lease?' });
  await reaches(api, id, 'awaiting_user');
  const other = await createContext(api);
  await appendText(api, other.id, 'Alone');
  const before = [
    await exported(id),
    await exported(other.id),
    await getContext(api, id),
    await getPage(api, id),
  ];

  const wrote = await pullcord(['export', folder], server);
  expect(wrote).toMatchObject({ code: 0, stderr: '' });
  expect(wrote.stdout).toMatch(/\n2 contexts written to .*, 0 could not be\.\n$/);
  expect(readdirSync(join(folder, 'contexts')).sort()).toEqual([id, other.id].sort());
  expect(readdirSync(join(folder, 'contexts', id)).sort()).toEqual(['context.json', 'messages_pool']);
  const facts = readFileSync(join(folder, 'contexts', id, 'context.json'), 'utf8');
  expect(facts).not.toContain('What is a lease?');
  expect(readdirSync(join(folder, 'contexts', id, 'messages_pool'))).toHaveLength(2);

  for (const one of [id, other.id]) body(await api.delete(`/contexts/${one}?purge=true`), 204);
  await server.stop();
  writeFileSync(join(folder, 'broken.json'), '{');
  const read = await pullcord(['import', folder], server);
  expect(read.code).toBe(1);
  expect(read.stderr).toMatch(/^.*broken\.json: The body is not valid JSON\.\n$/);
  expect(read.stdout).toMatch(/\n2 contexts imported, 1 could not be\.\n$/);
  await expectClean(server);
  await server.restart();
  const after = [
    await exported(id),
    await exported(other.id),
    await getContext(api, id),
    await getPage(api, id),
  ];
  expect(after).toEqual(before);
  const found = body(await api.get<{ results: { context_id: string }[] }>('/search?q=Alone'));
  expect(found.results.map(({ context_id }) => context_id)).toEqual([other.id]);
});

it('writes one file for each context in the other formats, and takes them by their owner', async () => {
  const { id } = await createContext(api);
  await appendText(api, id, 'Once');
  for (const [format, name] of [
    ['json', `context-${id}.json`],
    ['jsonl', `context-${id}.jsonl`],
    ['markdown', `context-${id}.md`],
  ] as const) {
    expect(await pullcord(['export', '--format', format, '--context', id, folder], server)).toMatchObject({
      code: 0,
    });
    expect(readFileSync(join(folder, name), 'utf8')).toContain('Once');
  }
  expect(readFileSync(join(folder, `context-${id}.json`), 'utf8')).toBe(await exported(id));
  const nobody = await pullcord(['export', '--owner', 'nobody', folder], server);
  expect(nobody.stdout).toBe(`0 contexts written to ${folder}, 0 could not be.\n`);

  await server.stop();
  const args = ['import', '--ids', 'new', '--owner', 'ada', join(folder, `context-${id}.jsonl`)];
  expect(await pullcord(args, server)).toMatchObject({ code: 0 });
  const taken = await pullcord(['import', join(folder, `context-${id}.json`)], server);
  expect(taken).toMatchObject({ code: 1 });
  expect(taken.stderr).toContain('is taken already');
  await expectClean(server);
});

it('leaves nothing of an earlier export in a folder, so that it can be read back', async () => {
  const branches = await BranchClient.begin(api, 'Stays');
  const { id } = branches;
  const fork = await branches.fork();
  const [message_id] = await branches.say(fork, 'Goes');
  expect(await pullcord(['export', folder], server)).toMatchObject({ code: 0 });
  const pool = join(folder, 'contexts', id, 'messages_pool');
  expect(readdirSync(pool)).toContain(`${message_id}.json`);
  writeFileSync(join(pool, 'notes.txt'), 'mine');
  body(await branches.delete(fork), 204);
  const before = await exported(id);

  expect(await pullcord(['export', folder], server)).toMatchObject({ code: 0 });
  expect(readdirSync(pool)).toHaveLength(2);
  expect(readdirSync(pool)).toContain('notes.txt');
  expect(readdirSync(pool)).not.toContain(`${message_id}.json`);
  body(await api.delete(`/contexts/${id}?purge=true`), 204);
  await server.stop();
  expect(await pullcord(['import', folder], server)).toMatchObject({ code: 0, stderr: '' });
  await server.restart();
  expect(await exported(id)).toBe(before);
});

it('names paths that cannot be read, and reads the others', async () => {
  const { id } = await createContext(api);
  mkdirSync(join(folder, 'contexts', 'broken', 'context.json'), { recursive: true });
  writeFileSync(join(folder, 'contexts', 'whole.json'), await exported(id));
  symlinkSync(join(folder, 'nowhere'), join(folder, 'contexts', 'dangling'));
  symlinkSync(folder, join(folder, 'contexts', 'around'));
  await server.stop();
  const missing = join(folder, 'missing.json');
  const ran = await pullcord(['import', '--ids', 'new', missing, folder], server);
  expect(ran.code).toBe(1);
  expect(ran.stderr.split('\n')).toEqual([
    expect.stringMatching(/missing\.json: ENOENT/),
    expect.stringMatching(/broken: EISDIR/),
    expect.stringMatching(/dangling: ENOENT/),
    '',
  ]);
  expect(ran.stdout).toMatch(/^1 .*whole\.json: [^\n]*\n1 contexts imported, 3 could not be\.\n$/);
});

it('writes Markdown in the languages, of the branch and with the summary that are asked for', async () => {
  const { id } = await createContext(api, { config: { model: 'scripted/fast' } });
  const { message_id } = await act(api, id, 'send_message', { content: 'Decision: first try' });
  await reaches(api, id, 'awaiting_user');
  await act(api, id, 'edit_message', { message_id, content: 'Decision: second try' });
  await reaches(api, id, 'awaiting_user');
  const markdown = async (...args: string[]) => {
    const ran = await pullcord(['export', '--format', 'markdown', ...args, folder], server);
    expect(ran).toMatchObject({ code: 0, stderr: '' });
    return readFileSync(join(folder, `context-${id}.md`), 'utf8');
  };
  const overHttp = async (query: string) =>
    (await fetch(`${server.url}/contexts/${id}/export?format=markdown${query}`)).text();
  expect(await markdown()).toBe(await overHttp(''));
  const all = await markdown('--lang', 'zh,en', '--summary', '--branch', 'main');
  expect(all).toBe(await overHttp('&lang=zh,en&summary=true&branch=main'));
  expect(all).not.toContain('second try');

  const nowhere = ['export', '--format', 'markdown', '--branch', 'nowhere', folder];
  expect(await pullcord(nowhere, server)).toMatchObject({
    code: 1,
    stderr: expect.stringContaining(`context ${id}: The context has no branch nowhere`) as string,
  });
  const lang = await pullcord(['export', '--format', 'markdown', '--lang', 'fr', folder], server);
  expect(lang).toMatchObject({
    code: 2,
    stderr: expect.stringMatching(/^--lang must be of en, zh/) as string,
  });
});

it('fails when there is no such context', async () => {
  const { id } = await createContext(api);
  for (const args of [
    ['--context', 'nobody'],
    ['--context', id, '--owner', 'nobody'],
  ])
    expect(await pullcord(['export', ...args, folder], server)).toMatchObject({
      code: 1,
      stdout: `0 contexts written to ${folder}, 1 could not be.\n`,
      stderr: `context ${args[1]}: There is no context ${args[1]}.\n`,
    });
  expect(readdirSync(folder)).toEqual([]);
});

it('writes beside a server only where that is safe', async () => {
  const { id } = await createContext(api);
  writeFileSync(join(folder, 'a.json'), await exported(id));
  const ran = await pullcord(['import', '--ids', 'new', folder], server);
  const { contexts } = body(await api.get<{ contexts: object[] }>('/contexts'));
  if (dialect === 'postgres') {
    expect({ ...ran, contexts: contexts.length }).toMatchObject({ code: 0, stderr: '', contexts: 2 });
    return;
  }
  expect({ ...ran, contexts: contexts.length }).toMatchObject({ code: 1, stdout: '', contexts: 1 });
  expect(ran.stderr).toMatch(/^The data folder .* is in use by another Pullcord process\.\n$/);
});

it('says how it is used', async () => {
  for (const args of [
    ['export'],
    ['export', '--format', 'pdf', folder],
    ['export', '--summary', folder],
    ['import'],
    ['import', '--ids', 'some', folder],
    ['import', '--what', 'x', folder],
  ])
    expect(await pullcord(args, server)).toMatchObject({ code: 2, stdout: '' });
});
