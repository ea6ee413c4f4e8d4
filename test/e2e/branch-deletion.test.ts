// What a branch had alone goes with it, everything else stays, and whoever had pulled it hears of that.
import { beforeAll, describe, expect, it } from 'vitest';
import {
  act,
  appendDeltas,
  appendText,
  beginStream,
  body,
  finalize,
  getContext,
  reaches,
  refused,
} from '../support/api.js';
import { BranchClient, textOf } from '../support/branch-client.js';
import { findingsIn } from '../support/copies.js';
import { SharedServer } from '../support/owners.js';
import { sql } from '../support/sql.js';

let shared: SharedServer;
beforeAll(async () => {
  shared = await SharedServer.start();
});

interface Changes {
  readonly messages: readonly { readonly id: string }[];
  readonly deleted: readonly string[];
  readonly revision: number;
  readonly has_more: boolean;
}

/** Everything since a revision, a few at a time. */
async function changesSince(client: BranchClient, since: number, limit = 2): Promise<Changes> {
  const messages: { readonly id: string }[] = [];
  const deleted: string[] = [];
  for (let revision = since; ;) {
    const query = `changed_since=${revision}&limit=${limit}`;
    const page = body(await client.api.get<Changes>(`${client.path}/messages?${query}`));
    expect(page.messages.length + page.deleted.length).toBeLessThanOrEqual(limit);
    messages.push(...page.messages);
    deleted.push(...page.deleted);
    ({ revision } = page);
    if (!page.has_more) return { messages, deleted, revision, has_more: false };
  }
}

/** main `a b c`; one: `a b X Y`, of main; two: `a b X Z`, of one. */
async function tree() {
  const client = await BranchClient.begin(shared.newOwner(), 'a', 'b', 'c');
  const [, b] = await client.messages('main');
  const one = await client.fork({ from_message_id: b?.id });
  const [x, y] = await client.say(one, 'X', 'Y');
  const two = await client.fork({ from_message_id: x });
  const [z] = await client.say(two, 'Z');
  return { client, one, two, x, y, z };
}

describe('a deleted branch', () => {
  it('is gone with what it had alone, and other branches keep what they share with it', async () => {
    const { client, one, two, x, y } = await tree();
    const kept = await client.messages(two);
    const since = await client.revision();
    body(await client.delete(one), 204);

    expect(refused(await client.get(one))).toBe('404 branch_not_found');
    expect(refused(await client.delete(one))).toBe('404 branch_not_found');
    expect(refused(await client.api.get(`${client.path}/messages?branch=${one}`))).toBe(
      '404 branch_not_found',
    );
    expect((await client.branches()).map(({ id }) => id)).toEqual(['main', two]);
    expect((await getContext(client.api, client.id)).branches).toHaveLength(2);
    for (const action of ['switch_branch', 'send_message', 'append_message'])
      expect(
        refused(
          await client.api.post(`${client.path}/actions/${action}`, {
            branch: one,
            ...(action === 'send_message' && { content: 'x' }),
            ...(action === 'append_message' && {
              role: 'user',
              payload: { kind: 'text', data: { content: 'x' } },
            }),
          }),
        ),
      ).toBe('404 branch_not_found');

    expect(await client.messages(two)).toEqual(kept);
    expect(refused(await client.api.get(`${client.path}/messages/${y}`))).toBe('404 message_not_found');
    const batch = body(await client.api.get(`${client.path}/messages?ids=${x},${y}`));
    expect(batch).toMatchObject({ found_count: 1, missing: [y] });
    expect(await changesSince(client, since)).toMatchObject({ messages: [], deleted: [y] });

    await client.say(two, 'W');
    const later = await client.fork({ from_message_id: x });
    expect([await client.line(two), await client.line(later)]).toEqual(['a b X Z W', 'a b X']);
  });

  it('whose messages nobody has any more takes those along that it had from deleted ones', async () => {
    const { client, one, two, x, y, z } = await tree();
    const since = await client.revision();
    body(await client.delete(one), 204);
    body(await client.delete(two), 204);
    const { deleted } = await changesSince(client, since, 1);
    expect(deleted.toSorted()).toEqual([x, y, z].toSorted());
    const left = await sql<{ n: number }>(
      shared.server,
      `SELECT count(*) AS n FROM messages WHERE context_id = '${client.id}'`,
    );
    expect(Number(left[0]?.n)).toBe(3);
    expect(await client.line('main')).toBe('a b c');
  });

  it('may be the first one of the context', async () => {
    const { client, one } = await tree();
    const [, , c] = await client.messages('main');
    await client.switch(one);
    body(await client.delete('main'), 204);
    expect(refused(await client.api.get(`${client.path}/messages/${c?.id}`))).toBe('404 message_not_found');
    expect([await client.line(one), (await client.branches()).length]).toEqual(['a b X Y', 2]);
  });

  it('leaves what was merged from it, also in the middle of what it had', async () => {
    const client = await BranchClient.begin(shared.newOwner(), 'a');
    const source = await client.fork();
    const ids = await client.say(source, 'b', 'c', 'd', 'e');
    const message_ids = [ids[1], ids[2]];
    await client.merge({ source, strategy: 'cherry_pick', message_ids });
    const since = await client.revision();
    body(await client.delete(source), 204);
    expect(await client.line('main')).toBe('a c d');
    expect((await changesSince(client, since)).deleted.toSorted()).toEqual([ids[0], ids[3]].toSorted());

    const again = await client.fork({ from_message_id: ids[1] });
    await client.say(again, 'x');
    expect(await client.line(again)).toBe('a c x');
    await client.switch(again);
    body(await client.delete('main'), 204);
    expect(await client.line(again)).toBe('a c x');
    expect(refused(await client.api.get(`${client.path}/messages/${ids[2]}`))).toBe('404 message_not_found');
  });

  it('is gone with what was streamed into its messages, and what was searched for in them', async () => {
    const client = await BranchClient.begin(shared.newOwner(), 'a');
    const fork = await client.fork();
    const stream = await beginStream(client.api, client.id, { branch: fork });
    await appendDeltas(client.api, stream, 'some', 'thing');
    await finalize(client.api, stream);
    const message = stream.split('/').at(-1);
    body(await client.delete(fork), 204);
    expect(refused(await client.api.get(`${stream}/streaming-chunks`))).toBe('404 message_not_found');
    for (const table of ['chunks', 'chunk_blocks', 'compactions']) {
      const rows = await sql(shared.server, `SELECT * FROM ${table} WHERE message_id = '${message}'`);
      expect(rows, table).toEqual([]);
    }
  });

  it('is not spoken of to somebody who asks for everything, and is over for who comes back much later', async () => {
    const { client, one, two, x } = await tree();
    const before = await changesSince(client, 0);
    expect(before.deleted).toEqual([]);
    await client.switch(two);
    body(await client.delete(one), 204);
    body(await client.delete('main'), 204);
    const everything = await changesSince(client, 0, 200);
    expect(everything).toMatchObject({ deleted: [], revision: await client.revision() });
    const known = new Set(before.messages.map(({ id }) => id));
    const since = await changesSince(client, before.revision, 1);
    for (const id of since.deleted) known.delete(id);
    expect([...known].toSorted()).toEqual(everything.messages.map(({ id }) => id).toSorted());
    expect([...known]).toContain(x);
  });
});

describe('a branch in use', () => {
  it('is not deleted: the one that is shown', async () => {
    const { client, one } = await tree();
    const revision = await client.revision();
    expect(refused(await client.delete('main'))).toBe('409 branch_in_use');
    expect([await client.revision(), await client.line('main')]).toEqual([revision, 'a b c']);
    await client.switch(one);
    body(await client.delete('main'), 204);
  });

  it('is not deleted: one on which an answer streams, or a message waits', async () => {
    const { client, one, two } = await tree();
    await act(client.api, client.id, 'send_message', { branch: one, content: '/words 3\n/stall 1' });
    await reaches(client.api, client.id, 'streaming_response');
    await act(client.api, client.id, 'send_message', { branch: two, content: 'Next', on_busy: 'queue' });
    for (const branch of [one, two]) expect(refused(await client.delete(branch))).toBe('409 branch_in_use');
    const third = await client.fork({ from_message_id: null });
    body(await client.delete(third), 204);
    await act(client.api, client.id, 'cancel');
    await reaches(client.api, client.id, 'awaiting_user');
    body(await client.delete(one), 204);
    expect(await client.line(two)).toMatch(/^a b X Z/);
  });

  it('is not deleted: one that an external producer streams to', async () => {
    const { client, one } = await tree();
    const stream = await beginStream(client.api, client.id, { branch: one });
    await appendDeltas(client.api, stream, 'half');
    expect(refused(await client.delete(one))).toBe('409 branch_in_use');
    await finalize(client.api, stream);
    body(await client.delete(one), 204);
  });
});

it('of all that, nothing is wrong with what is stored', async () => {
  const client = await BranchClient.begin(shared.newOwner(), 'a', 'b');
  const fork = await client.fork();
  const [x] = await client.say(fork, 'x', 'y');
  await client.merge({ source: fork, strategy: 'append' });
  await appendText(client.api, client.id, 'z');
  const rebased = await client.merge({ source: fork, target: 'main', strategy: 'rebase' });
  await client.say(rebased.branch, 'w');
  const anew = await client.fork({ from_message_id: null });
  await client.merge({ source: 'main', target: anew, strategy: 'cherry_pick', message_ids: [x] });
  await client.say(anew, 'v');
  body(await client.delete(fork), 204);
  expect(await findingsIn(shared.server)).toEqual([]);
  expect((await client.messages(anew)).map(textOf)).toEqual(['x', 'v']);
});
