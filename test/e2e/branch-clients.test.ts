// A tree of three levels, worked on from two clients at once: nothing is lost, and both see the same in the end.
import { beforeAll, expect, it } from 'vitest';
import { act, body, getContext, type Accepted } from '../support/api.js';
import { BranchClient } from '../support/branch-client.js';
import { findingsIn } from '../support/copies.js';
import { SharedServer } from '../support/owners.js';
import { until } from '../support/until.js';

let shared: SharedServer;
beforeAll(async () => {
  shared = await SharedServer.start();
});

/** Two devices of one user. */
async function devices(...said: readonly string[]): Promise<readonly [BranchClient, BranchClient]> {
  const token = shared.newToken();
  const one = await BranchClient.begin(shared.as(token), ...said);
  return [one, one.beside(shared.as(token))];
}

/** The lines of all branches. */
const lines = async (client: BranchClient): Promise<string[]> => {
  const branches = await client.branches();
  return (await Promise.all(branches.map(({ id }) => client.line(id)))).toSorted();
};

/** Edits a message as soon as no run is under way, as a client would that is told that the context is busy. */
const edit = (client: BranchClient, message_id: string, content: string): Promise<Accepted> =>
  until(
    async () => {
      const input = { message_id, content };
      const answer = await client.api.post<Accepted>(`${client.path}/actions/edit_message`, input);
      return answer.status === 409 ? undefined : body(answer, 202);
    },
    { what: 'the context to be free' },
  );

const atRest = (client: BranchClient): Promise<unknown> =>
  until(async () => (await getContext(client.api, client.id)).state.type === 'awaiting_user', {
    what: 'the end of the last turn',
  });

/** What a client says next, as soon as no run is under way: the branch is the one that the message is on. */
const say = (client: BranchClient, branch: string, content: string): Promise<Accepted> =>
  act(client.api, client.id, 'send_message', { branch, content, on_busy: 'queue' });

const branchOf = async (client: BranchClient, { message_id }: Accepted): Promise<string> =>
  body(await client.api.get<{ branch: string }>(`${client.path}/messages/${message_id}`)).branch;

it('two clients edit and go on at once, on three levels', async () => {
  const [one, two] = await devices();
  const root = await say(one, 'main', '/echo 0');
  await atRest(one);
  // The first level: both edit the same question.
  const first = await Promise.all([
    edit(one, root.message_id, '/echo 1'),
    edit(two, root.message_id, '/echo 2'),
  ]);
  await atRest(one);
  // The second: each says something more on its own branch, the third: each edits what the other has said.
  const branches = await Promise.all(first.map((edited) => branchOf(one, edited)));
  const second = await Promise.all([
    say(one, branches[0] ?? '', '/echo 3'),
    say(two, branches[1] ?? '', '/echo 4'),
  ]);
  await atRest(one);
  await Promise.all([edit(one, second[1].message_id, '/echo 5'), edit(two, second[0].message_id, '/echo 6')]);
  await atRest(one);

  const turn = (n: number): string => `/echo ${n} ${n}`;
  expect(await lines(one)).toEqual([
    turn(0),
    `${turn(1)} ${turn(3)}`,
    `${turn(1)} ${turn(6)}`,
    `${turn(2)} ${turn(4)}`,
    `${turn(2)} ${turn(5)}`,
  ]);
  expect(await lines(two)).toEqual(await lines(one));
  const [siblings] = await two.siblings('main');
  expect(siblings).toMatchObject({ position: 1, message_id: root.message_id });
  expect(siblings?.alternatives).toHaveLength(3);
  const deep = await two.siblings(branches[0] ?? '');
  expect(deep.map(({ position, alternatives }) => `${position} of ${alternatives.length}`)).toEqual([
    expect.stringMatching(/^[23] of 3$/),
    '1 of 2',
  ]);
});

it('two clients fork, write, merge and delete at once, and the tree is whole', async () => {
  const [one, two] = await devices('a', 'b', 'c');
  const level = await Promise.all([one.fork(), two.fork({ from_message_id: null })]);
  await Promise.all([one.say(level[0], 'd', 'e'), two.say(level[1], 'x', 'y')]);
  const deeper = await Promise.all([two.fork({ branch: level[0] }), one.fork({ branch: level[1] })]);
  const merge = (client: BranchClient, source: string, target: string) =>
    client.merge({ source, target, strategy: 'append' });
  await Promise.all([
    one.say(deeper[0], 'f'),
    two.say(deeper[1], 'z'),
    merge(two, level[0], 'main'),
    merge(one, level[1], 'main'),
  ]);
  const gone = await Promise.all([
    one.delete(level[0]),
    two.delete(level[0]),
    one.delete(level[1]),
    two.delete(level[1]),
  ]);
  expect(gone.map(({ status }) => status).toSorted()).toEqual([204, 204, 404, 404]);
  const both = await lines(one);
  expect(both).toEqual(await lines(two));
  const merged = both.find((line) => line.startsWith('a b c') && !line.endsWith(' f'));
  expect(['a b c d e x y', 'a b c x y d e']).toContain(merged);
  expect(both.toSorted()).toEqual([merged, 'a b c d e f', 'x y z'].toSorted());
  expect(await findingsIn(shared.server)).toEqual([]);
});

it('two clients that name a branch alike are told apart, and none is made for who was second', async () => {
  const [one, two] = await devices('a');
  const ask = (client: BranchClient) => client.api.post(`${client.path}/branches`, { name: 'Same' });
  const answers = await Promise.all([ask(one), ask(two)]);
  expect(answers.map(({ status }) => status).toSorted()).toEqual([201, 409]);
  expect(await one.branches()).toHaveLength(2);
});
