// Branches in the client library's view: the one that is shown, what stands beside it, and what becomes of it elsewhere.
import { beforeAll, expect, it } from 'vitest';
import type { ContextView, LiveContext } from '@pullcord/client';
import { BranchClient } from '../support/branch-client.js';
import { LiveClient, textsOf, type FollowedViews } from '../support/live-client.js';
import { SharedServer } from '../support/owners.js';

let shared: SharedServer;
beforeAll(async () => {
  shared = await SharedServer.start();
});

/** A context with these messages on its first branch, followed by the library and by another client. */
async function begin(...said: readonly string[]) {
  const token = shared.newToken();
  const other = await BranchClient.begin(shared.as(token), ...said);
  const client = new LiveClient(shared.server, { token, pageSize: 3 });
  const followed = client.follow(other.id);
  await followed.sees('a context', ({ status }) => status === 'ready');
  return { client, followed, context: followed.context, other };
}

const idOf = ({ view }: FollowedViews, text: string): string =>
  view.messages.find((message) => message.text === text)?.message.id ?? '';

/** As `text: 2 of 3`. */
const siblingsOf = ({ messages }: ContextView): string[] =>
  messages.flatMap(({ text, siblings }) =>
    siblings ? [`${text}: ${siblings.position} of ${siblings.alternatives.length}`] : [],
  );

it('shows the branch that another client makes the active one, with all that it shares', async () => {
  const { followed, other } = await begin('a', 'b', 'c');
  await followed.shows('a', 'b', 'c');
  const before = followed.view.messages[0];
  const fork = await other.fork({ from_message_id: idOf(followed, 'b') });
  await other.say(fork, 'x', 'y');
  // It is not shown by being made; but what it has beside ours is.
  const beside = await followed.sees('an alternative', (view) => siblingsOf(view).length > 0);
  expect(textsOf(beside)).toEqual(['a', 'b', 'c']);
  expect(siblingsOf(beside)).toEqual(['c: 1 of 2']);

  await other.switch(fork);
  await followed.sees('the fork', ({ branch }) => branch === fork);
  expect(siblingsOf(followed.view)).toEqual(['x: 2 of 2']);
  await followed.context.loadOlder();
  expect(textsOf(followed.view)).toEqual(['a', 'b', 'x', 'y']);
  expect(followed.view.messages[0]?.message).toEqual(before?.message);
  expect(followed.view.branches.map(({ id }) => id)).toEqual(['main', fork]);
});

it('switches for everybody, and shows another branch for itself alone', async () => {
  const { followed, context, other } = await begin('a', 'b');
  const fork = await other.fork({ from_message_id: idOf(followed, 'a') });
  await other.say(fork, 'x');
  await context.switchBranch(fork);
  await followed.shows('a', 'x');
  expect(followed.view.metadata?.active_branch).toBe(fork);

  context.showBranch('main');
  await followed.shows('a', 'b');
  expect(followed.view).toMatchObject({ branch: 'main', metadata: { active_branch: fork } });
  await other.say('main', 'c');
  await followed.shows('a', 'b', 'c');
  await other.say(fork, 'y');
  await followed.sees('y elsewhere', ({ branches }) => branches[1]?.message_count === 3);
  expect(textsOf(followed.view)).toEqual(['a', 'b', 'c']);

  context.showBranch(undefined);
  await followed.sees('the active one', ({ branch }) => branch === fork);
  await context.loadOlder();
  expect(textsOf(followed.view)).toEqual(['a', 'x', 'y']);
});

it('shows messages that were merged where the pages have them', async () => {
  const { followed, other } = await begin('a', 'b');
  const fork = await other.fork({ from_message_id: idOf(followed, 'a') });
  await other.say(fork, 'x', 'y');
  await followed.sees('both branches', ({ branches }) => branches[1]?.message_count === 3);
  await other.merge({ source: fork, target: 'main', strategy: 'append' });
  await followed.shows('a', 'b', 'x', 'y');
  await other.say('main', 'c');
  await followed.shows('a', 'b', 'x', 'y', 'c');

  // The only branch that is left shows messages of one that is gone, and goes on behind them.
  await other.delete(fork);
  await followed.sees('one branch', ({ branches }) => branches.length === 1);
  await other.say('main', 'd');
  await followed.shows('a', 'b', 'x', 'y', 'c', 'd');
  expect(textsOf(followed.view).join(' ')).toBe(await other.line('main'));
});

it('goes back to the active branch when the one that is shown is deleted, and forgets what it had', async () => {
  const { followed, context, other } = await begin('a', 'b');
  const fork = await other.fork({ from_message_id: idOf(followed, 'a') });
  await other.say(fork, 'x');
  context.showBranch(fork);
  await followed.shows('a', 'x');
  await other.delete(fork);
  await followed.shows('a', 'b');
  expect(followed.view).toMatchObject({ branch: 'main', status: 'ready' });
  expect(siblingsOf(followed.view)).toEqual([]);
});

it('keeps as many messages as were loaded when siblings come or the branch is switched', async () => {
  const { followed, context, other } = await begin('1', '2', '3', '4', '5', '6', '7', '8');
  await context.loadOlder();
  expect(textsOf(followed.view)).toEqual(['3', '4', '5', '6', '7', '8']);
  const fork = await other.fork({ from_message_id: idOf(followed, '7') });
  await other.say(fork, 'eight');
  await followed.sees('an alternative', (view) => siblingsOf(view).length > 0);
  expect(textsOf(followed.view)).toEqual(['3', '4', '5', '6', '7', '8']);
  await context.switchBranch(fork);
  await followed.shows('3', '4', '5', '6', '7', 'eight');
});

it.each<readonly [string, (context: LiveContext) => Promise<unknown>]>([
  ['sent', (context) => context.send('mine')],
  [
    'appended',
    (context) => context.append({ role: 'user', payload: { kind: 'text', data: { content: 'mine' } } }),
  ],
])('shows the active branch again when something is %s, for that is where it goes', async (_, say) => {
  const { followed, context, other } = await begin('a', 'b');
  const fork = await other.fork({ from_message_id: idOf(followed, 'a') });
  await other.say(fork, 'x');
  context.showBranch(fork);
  await followed.shows('a', 'x');
  await say(context);
  await followed.sees('what was said', ({ messages }) => messages.some(({ text }) => text === 'mine'));
  expect(followed.view).toMatchObject({ branch: 'main', outgoing: [] });
});

it('goes on showing another branch when a message is sent to a branch by name, or refused', async () => {
  const { followed, context, other } = await begin('a', 'b');
  const fork = await other.fork({ from_message_id: idOf(followed, 'a') });
  await other.say(fork, 'x');
  context.showBranch(fork);
  await followed.shows('a', 'x');
  const payload = { kind: 'text', data: { content: 'y' } } as const;
  await context.append({ role: 'user', payload, branch: fork });
  await followed.shows('a', 'x', 'y');
  await expect(context.append({ role: 'user', payload, branch: 'nowhere' })).rejects.toThrow();
  await other.say(fork, 'z');
  await followed.sees('the last', ({ messages }) => messages.at(-1)?.text === 'z');
  expect(followed.view.branch).toBe(fork);
});
