// `pullcord export` and `pullcord import`: contexts as files, without a server.
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { act, appendText, body, createContext, getContext, getPage, reaches } from '../support/api.js';
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
    ['import'],
    ['import', '--ids', 'some', folder],
    ['import', '--what', 'x', folder],
  ])
    expect(await pullcord(args, server)).toMatchObject({ code: 2, stdout: '' });
});
