// Branches are made, named, read and changed; whatever is wrong with that changes nothing.
import { beforeAll, describe, expect, it } from 'vitest';
import { act, appendDeltas, beginStream, body, createContext, getContext, refused } from '../support/api.js';
import { BranchClient } from '../support/branch-client.js';
import { SharedServer } from '../support/owners.js';
import { SseStream } from '../support/sse.js';

let shared: SharedServer;
beforeAll(async () => {
  shared = await SharedServer.start({ env: { PULLCORD_MAX_BRANCHES: '6' } });
});

describe('a new branch', () => {
  it('goes on from any message, shares what is before it, and is not shown by being made', async () => {
    const client = await BranchClient.begin(shared.newOwner(), 'a', 'b', 'c');
    const [, b] = await client.messages('main');
    const made = await client.api.post<{ id: string }>(`${client.path}/branches`, {
      name: 'Aside',
      from_message_id: b?.id,
    });
    const { id } = body(made, 201);
    expect(made.body).toMatchObject({
      name: 'Aside',
      parent_branch: 'main',
      fork_depth: 2,
      head_message_id: b?.id,
      message_count: 2,
      config: {},
    });
    expect(made.headers.get('location')).toBe(`${client.path}/branches/${id}`);
    expect(made.headers.get('etag')).toBe(`"${await client.revision()}"`);
    expect(body(await client.api.get(made.headers.get('location') ?? ''))).toEqual(made.body);

    await client.say(id, 'C');
    expect([await client.line(id), await client.line('main')]).toEqual(['a b C', 'a b c']);
    expect((await client.messages(id)).slice(0, 2)).toEqual((await client.messages('main')).slice(0, 2));
    expect(await getContext(client.api, client.id)).toMatchObject({ active_branch: 'main' });
  });

  it('begins with the newest message of the branch that is shown, anew for null, or on a line that is named', async () => {
    const client = await BranchClient.begin(shared.newOwner(), 'a', 'b');
    const [a] = await client.messages('main');
    const early = await client.fork({ from_message_id: a?.id });
    await client.say(early, 'B');
    const [newest, anew, named] = [
      await client.fork(),
      await client.fork({ from_message_id: null }),
      await client.fork({ branch: early }),
    ];
    const elsewhere = await client.fork({ from_message_id: (await client.messages(early))[1]?.id });
    expect(await Promise.all([newest, anew, named, elsewhere].map((id) => client.line(id)))).toEqual([
      'a b',
      '',
      'a B',
      'a B',
    ]);
    await client.say(anew, 'x');
    expect((await client.messages(anew))[0]).toMatchObject({ parent_id: null, depth: 1 });
    expect((await client.branches()).map(({ name }) => name)).toEqual([
      'main',
      'branch-2',
      'branch-3',
      'branch-4',
      'branch-5',
      'branch-6',
    ]);
  });

  it('is one more than the context may have, and refused, by whatever way it would be made', async () => {
    const client = await BranchClient.begin(shared.newOwner(), 'a');
    for (let n = 0; n < 5; n++) await client.fork();
    const [a] = await client.messages('main');
    const revision = await client.revision();
    const ways = [
      client.api.post(`${client.path}/branches`),
      client.tryMerge({ source: 'main', target: (await client.branches())[1]?.id, strategy: 'rebase' }),
      client.api.post(`${client.path}/actions/edit_message`, { message_id: a?.id, content: 'A' }),
    ];
    for (const answer of await Promise.all(ways)) expect(refused(answer)).toBe('413 limit_exceeded');
    expect([await client.revision(), (await client.branches()).length]).toEqual([revision, 6]);
  });

  it('does not go on from a message that is still being written, not on that line, or of another context', async () => {
    const api = shared.newOwner();
    const client = await BranchClient.begin(api, 'a');
    const other = await BranchClient.begin(api, 'x');
    const [foreign] = await other.messages('main');
    const fork = await client.fork();
    const [onFork] = await client.say(fork, 'b');
    const stream = await beginStream(api, client.id);
    await appendDeltas(api, stream, 'half');
    const revision = await client.revision();
    const tries: readonly (readonly [object, string])[] = [
      [{}, '409 context_busy'],
      [{ from_message_id: stream.split('/').at(-1) }, '409 context_busy'],
      [{ from_message_id: foreign?.id }, '404 message_not_found'],
      [{ from_message_id: onFork, branch: 'main' }, '404 message_not_found'],
      [{ branch: 'other' }, '404 branch_not_found'],
    ];
    for (const [input, expected] of tries)
      expect(refused(await api.post(`${client.path}/branches`, input)), JSON.stringify(input)).toBe(expected);
    expect(await client.revision()).toBe(revision);
    expect(await client.line(await client.fork({ from_message_id: onFork }))).toBe('a b');
  });

  it('is made once for one key, however often it is asked for', async () => {
    const client = await BranchClient.begin(shared.newOwner(), 'a');
    const ask = () =>
      client.api.post(`${client.path}/branches`, {}, { headers: { 'idempotency-key': 'one-branch' } });
    const [one, two] = await Promise.all([ask(), ask()]);
    expect([one.status, two.status]).toEqual([201, 201]);
    expect(two.body).toEqual(one.body);
    expect(await client.branches()).toHaveLength(2);
  });
});

describe('a name', () => {
  it('is given at the beginning or later, and no two of a context are alike', async () => {
    const client = await BranchClient.begin(shared.newOwner());
    const one = await client.fork({ name: 'Ｐlan  B' });
    const two = await client.fork();
    const revision = await client.revision();
    const rename = (name: string) => client.patch(two, { name });
    for (const name of ['plan b', 'PLAN B ', 'Main'])
      expect(refused(await rename(name))).toBe('409 branch_name_taken');
    expect(refused(await client.api.post(`${client.path}/branches`, { name: 'plan B' }))).toBe(
      '409 branch_name_taken',
    );
    expect(await client.revision()).toBe(revision);
    expect(body(await client.patch(one, { name: 'PLAN B' }))).toMatchObject({ name: 'PLAN B' });
    expect(body(await client.patch('main', { name: 'Trunk' }))).toMatchObject({ id: 'main', name: 'Trunk' });
    expect(body(await rename('Main'))).toMatchObject({ name: 'Main' });
  });

  it('that is given by itself is not one that somebody has chosen', async () => {
    const client = await BranchClient.begin(shared.newOwner());
    await client.fork({ name: 'Branch-3' });
    await client.fork();
    expect((await client.branches()).map(({ name }) => name)).toEqual(['main', 'Branch-3', 'branch-4']);
  });

  it('is free again once its branch was deleted', async () => {
    const client = await BranchClient.begin(shared.newOwner(), 'a');
    const gone = await client.fork({ name: 'Try' });
    await client.say(gone, 'b');
    await client.fork({ branch: gone });
    body(await client.delete(gone), 204);
    expect(body(await client.get(await client.fork({ name: 'try' })))).toMatchObject({ name: 'try' });
  });
});

describe('a branch’s own config', () => {
  it('is set and removed field by field, and goes on in the forks of the branch', async () => {
    const client = await BranchClient.begin(shared.newOwner(), 'a', 'b');
    const fork = await client.fork({ config: { system_prompt: 'Be brief.', mode: 'plan' } });
    expect(body(await client.patch(fork, { config: { mode: null } })).config).toEqual({
      system_prompt: 'Be brief.',
    });
    const later = await client.fork({ branch: fork });
    const other = await client.fork({ branch: fork, config: { system_prompt: 'Be long.' } });
    expect(body(await client.get(later)).config).toEqual({ system_prompt: 'Be brief.' });
    expect(body(await client.get(other)).config).toEqual({ system_prompt: 'Be long.' });
    expect(body(await client.get('main')).config).toEqual({});
    expect(await getContext(client.api, client.id)).toMatchObject({ config: {} });

    await client.switch(fork);
    const [, b] = await client.messages(fork);
    await act(client.api, client.id, 'edit_message', { message_id: b?.id, content: 'B' });
    const { active_branch } = await getContext(client.api, client.id);
    expect(active_branch).not.toBe(fork);
    expect(body(await client.get(active_branch)).config).toEqual({ system_prompt: 'Be brief.' });
  });
});

describe('a change of branches', () => {
  it('is signalled by the name of what changed, whichever change it is, and moves the tag', async () => {
    const token = shared.newToken();
    const client = await BranchClient.begin(shared.as(token), 'a');
    const stream = await SseStream.open(`${shared.server.url}${client.path}/events`, { token });
    await stream.nextSignal('snapshot');
    const changed = async (): Promise<unknown> => (await stream.nextSignal('context_updated'))['changed'];
    const tagOf = async (): Promise<string> =>
      (await client.api.get(`${client.path}/branches`)).headers.get('etag') ?? '';
    const first = await tagOf();
    const known = (tag: string) =>
      client.api.get(`${client.path}/branches`, { headers: { 'if-none-match': tag } });
    expect((await known(first)).status).toBe(304);
    const fork = await client.fork({ name: 'SECRET' });
    expect(await changed()).toEqual(['branches']);
    expect((await known(first)).status).toBe(200);
    expect(refused(await client.patch(fork, { name: 'Late' }, first))).toBe('412 revision_mismatch');
    expect((await client.patch(fork, { name: 'In time' }, await tagOf())).headers.get('etag')).toBe(
      await tagOf(),
    );
    expect(await changed()).toEqual(['branches']);
    expect(body(await client.patch(fork, {}))).toMatchObject({ name: 'In time' });
    body(await client.delete(fork), 204);
    expect(await changed()).toEqual(['branches']);
    expect(JSON.stringify(stream.events)).not.toContain('SECRET');
    stream.destroy();
  });

  it('is refused while the context is archived', async () => {
    const client = await BranchClient.begin(shared.newOwner(), 'a');
    const fork = await client.fork();
    await act(client.api, client.id, 'archive');
    const revision = await client.revision();
    const tries = [
      client.api.post(`${client.path}/branches`),
      client.patch(fork, { name: 'x' }),
      client.delete(fork),
      client.tryMerge({ source: fork, strategy: 'append' }),
    ];
    for (const answer of await Promise.all(tries)) expect(refused(answer)).toBe('409 illegal_transition');
    expect(await client.revision()).toBe(revision);
  });
});

it('nobody sees, makes, changes, merges, compares or deletes a branch of somebody else', async () => {
  const client = await BranchClient.begin(shared.newOwner(), 'a');
  const fork = await client.fork();
  const stranger = client.beside(shared.newOwner());
  const tries = [
    stranger.api.get(`${client.path}/branches`),
    stranger.api.get(`${client.path}/branches/compare`),
    stranger.api.post(`${client.path}/branches`),
    stranger.get(fork),
    stranger.patch(fork, { name: 'Mine' }),
    stranger.delete(fork),
    stranger.tryMerge({ source: fork, strategy: 'append' }),
  ];
  for (const answer of await Promise.all(tries)) expect(refused(answer)).toBe('404 context_not_found');
  const own = await createContext(stranger.api);
  expect(refused(await stranger.api.get(`/contexts/${own.id}/branches/${fork}`))).toBe(
    '404 branch_not_found',
  );
  expect(refused(await client.get('nowhere'))).toBe('404 branch_not_found');
});
