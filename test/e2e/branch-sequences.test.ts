// Any sequence of forks, messages, merges and deletions does to branches what it does to lists of ids.
import fc from 'fast-check';
import { beforeAll, expect, it } from 'vitest';
import { body } from '../support/api.js';
import { BranchClient } from '../support/branch-client.js';
import { findingsIn } from '../support/copies.js';
import type { Caller } from '../support/http.js';
import { SharedServer } from '../support/owners.js';

let shared: SharedServer;
let api: Caller;
beforeAll(async () => {
  shared = await SharedServer.start();
  api = shared.newOwner();
});

/** A branch is no more than the ids of its messages, in their order. */
type Model = Map<string, readonly string[]>;

/** Places are given as numbers, and mean the branch or the message that is so far along, around and around. */
type Step =
  | { readonly does: 'say'; readonly branch: number }
  | { readonly does: 'fork'; readonly branch: number; readonly at: number }
  | { readonly does: 'delete'; readonly branch: number }
  | { readonly does: 'append'; readonly source: number; readonly target: number }
  | { readonly does: 'rebase'; readonly source: number; readonly target: number }
  | {
      readonly does: 'cherry_pick';
      readonly source: number;
      readonly target: number;
      readonly picks: readonly number[];
    };

const place = fc.nat(11);
const two = { source: place, target: place };
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ does: fc.constant('say' as const), branch: place }) },
  { weight: 3, arbitrary: fc.record({ does: fc.constant('fork' as const), branch: place, at: place }) },
  { weight: 2, arbitrary: fc.record({ does: fc.constant('delete' as const), branch: place }) },
  {
    weight: 2,
    arbitrary: fc.record({ does: fc.constantFrom('append' as const, 'rebase' as const), ...two }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      does: fc.constant('cherry_pick' as const),
      ...two,
      picks: fc.array(place, { minLength: 1, maxLength: 3 }),
    }),
  },
);

const nth = <Item>(items: readonly Item[], n: number): Item | undefined => items[n % items.length];

/** What both begin with, and the rest of the first that the second has not. */
function restOf(line: readonly string[], other: readonly string[]): readonly string[] {
  const common = line.findIndex((id, at) => id !== other[at]);
  return common < 0 ? [] : line.slice(common).filter((id) => !other.includes(id));
}

async function take(client: BranchClient, model: Model, next: Step): Promise<void> {
  const names = [...model.keys()];
  const named = (n: number): readonly [string, readonly string[]] => {
    const name = nth(names, n) ?? 'main';
    return [name, model.get(name) ?? []];
  };
  switch (next.does) {
    case 'say': {
      const [branch, line] = named(next.branch);
      model.set(branch, [...line, ...(await client.say(branch, 'said'))]);
      return;
    }
    case 'fork': {
      const [branch, line] = named(next.branch);
      const length = next.at % (line.length + 1);
      const from_message_id = length === 0 ? null : line[length - 1];
      model.set(await client.fork({ branch, from_message_id }), line.slice(0, length));
      return;
    }
    case 'delete': {
      const [branch] = named(next.branch);
      const { status } = await client.delete(branch);
      expect(status).toBe(branch === 'main' ? 409 : 204);
      if (branch !== 'main') model.delete(branch);
      return;
    }
    default:
      return merge(client, model, next, named(next.source), named(next.target));
  }
}

async function merge(
  client: BranchClient,
  model: Model,
  next: Extract<Step, { source: number }>,
  [source, line]: readonly [string, readonly string[]],
  [target, onto]: readonly [string, readonly string[]],
): Promise<void> {
  if (source === target) return;
  const input = { source, target, strategy: next.does };
  if (next.does === 'append') {
    await client.merge(input);
    model.set(target, [...onto, ...restOf(line, onto)]);
  } else if (next.does === 'rebase') {
    model.set((await client.merge(input)).branch, [...line, ...restOf(onto, line)]);
  } else {
    const open = line.filter((id) => !onto.includes(id));
    const picked = new Set(next.picks.flatMap((n) => nth(open, n) ?? []));
    if (picked.size === 0) return;
    await client.merge({ ...input, message_ids: [...picked] });
    model.set(target, [...onto, ...line.filter((id) => picked.has(id))]);
  }
}

/** Every branch is what the model says, and the pool holds what they have and nothing else. */
async function expectAsIn(client: BranchClient, model: Model): Promise<void> {
  expect((await client.branches()).map(({ id }) => id).toSorted()).toEqual([...model.keys()].toSorted());
  for (const [branch, line] of model) {
    const messages = await client.messages(branch);
    expect(messages.map(({ id }) => id)).toEqual(line);
    expect(body(await client.get(branch))).toMatchObject({
      message_count: line.length,
      head_message_id: line.at(-1) ?? null,
    });
  }
  const pool = body(
    await api.get<{ messages: { id: string }[] }>(`${client.path}/messages?changed_since=0&limit=200`),
  );
  const held = new Set([...model.values()].flat());
  expect(pool.messages.map(({ id }) => id).toSorted()).toEqual([...held].toSorted());
}

/** What a client knows that has pulled all changes since it last did. */
async function follow(client: BranchClient, known: Set<string>, since: number): Promise<number> {
  for (let revision = since; ;) {
    const page = body(
      await api.get<{
        messages: { id: string }[];
        deleted: string[];
        revision: number;
        has_more: boolean;
      }>(`${client.path}/messages?changed_since=${revision}&limit=3`),
    );
    for (const { id } of page.messages) known.add(id);
    for (const id of page.deleted) known.delete(id);
    ({ revision } = page);
    if (!page.has_more) return revision;
  }
}

it('sequences of steps', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 22 }), async (steps) => {
      const client = await BranchClient.begin(api);
      const model: Model = new Map([['main', []]]);
      const known = new Set<string>();
      let since = 0;
      for (const [at, next] of steps.entries()) {
        await take(client, model, next);
        if (at % 7 === 3) since = await follow(client, known, since);
      }
      await expectAsIn(client, model);
      await follow(client, known, since);
      expect([...known].toSorted()).toEqual([...new Set([...model.values()].flat())].toSorted());
    }),
    // The same ones every time: each step is a request, and a suite is no place to find a new sequence.
    { numRuns: 12, endOnFailure: true, seed: 1795230600 },
  );
  expect(await findingsIn(shared.server)).toEqual([]);
});
