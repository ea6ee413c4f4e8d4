// Merges put messages of one branch on another, in an order that can be foretold, and copy nothing.
import { beforeAll, describe, expect, it } from 'vitest';
import { act, appendDeltas, beginStream, getContext, getPage, refused } from '../support/api.js';
import { BranchClient } from '../support/branch-client.js';
import { SharedServer } from '../support/owners.js';
import { SseStream } from '../support/sse.js';

let shared: SharedServer;
beforeAll(async () => {
  shared = await SharedServer.start({ env: { PULLCORD_MAX_BRANCH_PARTS: '3' } });
});

/** main is `a b c`, the fork of it after b `a b X Y`. */
async function forked(): Promise<{ readonly client: BranchClient; readonly fork: string }> {
  const client = await BranchClient.begin(shared.newOwner(), 'a', 'b', 'c');
  const [, b] = await client.messages('main');
  const fork = await client.fork({ from_message_id: b?.id });
  await client.say(fork, 'X', 'Y');
  return { client, fork };
}

describe('append', () => {
  it('puts behind the target what only the source has; the messages stay what and where they are', async () => {
    const { client, fork } = await forked();
    const before = await client.messages(fork);
    expect(await client.merge({ source: fork, strategy: 'append' })).toMatchObject({
      branch: 'main',
      merged_count: 2,
    });
    expect(await client.line('main')).toBe('a b c X Y');
    expect((await client.messages('main')).slice(3)).toEqual(before.slice(2));
    expect(await client.messages(fork)).toEqual(before);

    await client.say('main', 'd');
    expect(await client.line('main')).toBe('a b c X Y d');
    expect((await client.messages('main'))[5]).toMatchObject({ depth: 6, parent_id: before[3]?.id });
    expect((await client.branches())[0]).toMatchObject({ message_count: 6 });
  });

  it('done again brings only what is new', async () => {
    const { client, fork } = await forked();
    const merge = () => client.merge({ source: fork, strategy: 'append' });
    const first = await merge();
    expect(await merge()).toMatchObject({ merged_count: 0, revision: first.revision });
    await client.say(fork, 'Z');
    expect(await merge()).toMatchObject({ merged_count: 1 });
    expect(await client.line('main')).toBe('a b c X Y Z');
    expect(await client.merge({ source: 'main', target: fork, strategy: 'append' })).toMatchObject({
      merged_count: 1,
    });
    expect(await client.line(fork)).toBe('a b X Y Z c');
  });

  it('is paged, before and after, like what was written there', async () => {
    const { client, fork } = await forked();
    await client.merge({ source: fork, strategy: 'append' });
    await client.say('main', 'd');
    const all = await client.messages('main');
    for (let limit = 1; limit <= all.length; limit++)
      for (const [at, { id }] of all.entries()) {
        const before = await getPage(client.api, client.id, `?before=${id}&limit=${limit}`);
        expect(before.messages).toEqual(all.slice(Math.max(0, at - limit), at));
        expect(before.has_more).toBe(at > limit);
        const after = await getPage(client.api, client.id, `?after=${id}&limit=${limit}`);
        expect(after.messages).toEqual(all.slice(at + 1, at + 1 + limit));
        expect(after.has_more).toBe(at + 1 + limit < all.length);
      }
  });

  it('can be forked and edited in the middle of what was borrowed, as it is seen there', async () => {
    const { client, fork } = await forked();
    await client.merge({ source: fork, strategy: 'append' });
    const [, , , x, y] = await client.messages('main');
    const middle = await client.fork({ from_message_id: x?.id });
    await client.say(middle, 'M');
    expect(await client.line(middle)).toBe('a b c X M');
    await act(client.api, client.id, 'edit_message', { message_id: y?.id, content: 'Z' });
    const { active_branch } = await getContext(client.api, client.id);
    expect(await client.line(active_branch)).toMatch(/^a b c X Z/);
  });
});

describe('cherry_pick', () => {
  it('takes the chosen messages, in the order of the source', async () => {
    const { client, fork } = await forked();
    await client.say(fork, 'Z');
    const [, , x, , z] = await client.messages(fork);
    const message_ids = [z?.id, x?.id, z?.id];
    expect(await client.merge({ source: fork, strategy: 'cherry_pick', message_ids })).toMatchObject({
      merged_count: 2,
    });
    expect(await client.line('main')).toBe('a b c X Z');
    await client.merge({ source: fork, strategy: 'append' });
    expect(await client.line('main')).toBe('a b c X Z Y');
  });

  it('refuses what is on the target already, what is not on the source, and changes nothing then', async () => {
    const { client, fork } = await forked();
    const [a] = await client.messages('main');
    const [, , x] = await client.messages(fork);
    const revision = await client.revision();
    const pick = (source: string, ...message_ids: readonly (string | undefined)[]) =>
      client
        .tryMerge({ source, target: source === 'main' ? fork : 'main', strategy: 'cherry_pick', message_ids })
        .then(refused);
    expect(await pick(fork, x?.id, a?.id)).toBe('422 unprocessable');
    expect(await pick('main', x?.id)).toBe('404 message_not_found');
    expect([await client.revision(), await client.line('main')]).toEqual([revision, 'a b c']);
  });

  it('takes no tool call without its result, and no result without its call', async () => {
    const { client, fork } = await forked();
    const append = (role: string, kind: string, data: object) =>
      act(client.api, client.id, 'append_message', { branch: fork, role, payload: { kind, data } });
    const time = '2026-01-31T12:00:00.000Z';
    const call = await append('assistant', 'tool_request', {
      calls: [
        { id: 'one', name: 'clock', arguments: {} },
        { id: 'two', name: 'clock', arguments: {} },
      ],
      approval_status: 'approved',
      requested_at: time,
    });
    const results: string[] = [];
    for (const request_id of ['one', 'two']) {
      const done = { request_id, tool_name: 'clock', result: 'noon', execution_status: 'success' };
      results.push(
        (await append('tool', 'tool_result', { ...done, executed_at: time, duration_ms: 1 })).message_id,
      );
    }
    const pick = (...message_ids: readonly (string | undefined)[]) =>
      client.tryMerge({ source: fork, target: 'main', strategy: 'cherry_pick', message_ids });
    for (const chosen of [[call.message_id], [results[0]], [call.message_id, results[1]], results])
      expect(refused(await pick(...chosen))).toBe('422 unprocessable');
    expect(await client.line('main')).toBe('a b c');
    expect((await pick(...results, call.message_id)).body).toMatchObject({ merged_count: 3 });
    expect(await client.line('main')).toBe('a b c tool_request tool_result tool_result');
  });
});

describe('rebase', () => {
  it('makes a branch that is the source and then what only the target has; neither changes', async () => {
    const { client, fork } = await forked();
    const { branch, merged_count } = await client.merge({
      source: 'main',
      target: fork,
      strategy: 'rebase',
      name: 'Both',
    });
    expect(merged_count).toBe(2);
    expect(await client.line(branch)).toBe('a b c X Y');
    expect([await client.line('main'), await client.line(fork)]).toEqual(['a b c', 'a b X Y']);
    expect((await client.get(branch)).body).toMatchObject({ name: 'Both', parent_branch: 'main' });
    await client.say('main', 'd');
    await client.say(branch, 'e');
    expect([await client.line('main'), await client.line(branch)]).toEqual(['a b c d', 'a b c X Y e']);
  });
});

describe('a merge', () => {
  it('of branches that began apart joins them', async () => {
    const { client } = await forked();
    const anew = await client.fork({ from_message_id: null });
    await client.say(anew, 'x');
    expect(await client.merge({ source: 'main', target: anew, strategy: 'append' })).toMatchObject({
      merged_count: 3,
    });
    expect(await client.line(anew)).toBe('x a b c');
  });

  it('of what was merged before borrows from where it was written, however many merges ago', async () => {
    const { client, fork } = await forked();
    const anew = await client.fork({ from_message_id: null });
    await client.merge({ source: fork, target: 'main', strategy: 'append' });
    await client.say('main', 'd');
    await client.merge({ source: 'main', target: anew, strategy: 'append' });
    expect(await client.line(anew)).toBe('a b c X Y d');
  });

  it('of more pieces than a branch may have is refused, and leaves nothing half done', async () => {
    const client = await BranchClient.begin(shared.newOwner());
    const source = await client.fork({ from_message_id: null });
    const ids = await client.say(source, 'a', 'b', 'c', 'd', 'e', 'f', 'g', 'h');
    const pick = (...chosen: readonly number[]) =>
      client.tryMerge({
        source,
        target: 'main',
        strategy: 'cherry_pick',
        message_ids: chosen.map((n) => ids[n]),
      });
    expect(refused(await pick(0, 2, 4, 6))).toBe('413 limit_exceeded');
    expect(await client.line('main')).toBe('');
    expect((await pick(0, 2, 4, 5, 6)).status).toBe(202);
    expect(await client.line('main')).toBe('a c e f g');
    expect(refused(await pick(7))).toBe('413 limit_exceeded');
  });

  it('waits for no run: it is refused while one is under way', async () => {
    const { client, fork } = await forked();
    const stream = await beginStream(client.api, client.id);
    await appendDeltas(client.api, stream, 'half');
    expect(refused(await client.tryMerge({ source: fork, strategy: 'append' }))).toBe('409 context_busy');
    expect((await getContext(client.api, client.id)).allowed_actions).not.toContain('merge_branch');
  });

  it('is signalled, and done once for one key', async () => {
    const token = shared.newToken();
    const api = shared.as(token);
    const client = await BranchClient.begin(api, 'a');
    const fork = await client.fork();
    await client.say(fork, 'b');
    const stream = await SseStream.open(`${shared.server.url}${client.path}/events`, { token });
    await stream.nextSignal('snapshot');
    const ask = () =>
      api.post(
        `${client.path}/actions/merge_branch`,
        { source: fork, strategy: 'append' },
        { headers: { 'idempotency-key': 'merge' } },
      );
    const [one, two] = [await ask(), await ask()];
    expect(two.body).toEqual(one.body);
    expect(await stream.nextSignal('context_updated')).toMatchObject({
      changed: ['branches'],
      revision: await client.revision(),
    });
    expect(await client.line('main')).toBe('a b');
    stream.destroy();
  });
});

describe('a comparison', () => {
  it('names the last common message and what each has alone, a page at a time', async () => {
    const { client, fork } = await forked();
    const [, b, c] = await client.messages('main');
    const [, , x, y] = await client.messages(fork);
    const query = `base=main&head=${fork}`;
    expect(await client.compare(query)).toMatchObject({
      common_ancestor: b?.id,
      common_count: 2,
      base_only_count: 1,
      head_only_count: 2,
      base_only: [c?.id],
      head_only: [x?.id, y?.id],
      next_cursor: null,
    });
    const first = await client.compare(`${query}&limit=1`);
    expect(first).toMatchObject({ base_only: [c?.id], head_only: [x?.id] });
    expect(await client.compare(`${query}&limit=1&cursor=${first.next_cursor}`)).toMatchObject({
      base_only: [],
      head_only: [y?.id],
      next_cursor: null,
    });
  });

  it('knows what was merged, and that a branch is itself', async () => {
    const { client, fork } = await forked();
    await client.merge({ source: fork, strategy: 'append' });
    expect(await client.compare(`base=main&head=${fork}`)).toMatchObject({
      common_count: 2,
      base_only_count: 1,
      head_only_count: 0,
    });
    expect(await client.compare('')).toMatchObject({ common_count: 5, base_only: [], head_only: [] });
    const anew = await client.fork({ from_message_id: null });
    expect(await client.compare(`head=${anew}`)).toMatchObject({ common_ancestor: null, common_count: 0 });
  });
});
