// A page says of each of its messages what stands in its place elsewhere, and where: "2 of 3".
import { beforeAll, describe, expect, it } from 'vitest';
import { act, getContext, getPage, reaches } from '../support/api.js';
import { BranchClient, type Siblings } from '../support/branch-client.js';
import { SharedServer } from '../support/owners.js';

let shared: SharedServer;
beforeAll(async () => {
  shared = await SharedServer.start();
});

/** Each as `text: 2 of 3`, by the text of the message that is shown. */
async function shown(client: BranchClient, branch: string): Promise<readonly string[]> {
  const texts = new Map((await client.messages(branch)).map(({ id, data }) => [id as string, data]));
  return (await client.siblings(branch)).map(({ message_id, position, alternatives }) => {
    const data = texts.get(message_id);
    const text = data && 'content' in data ? String(data.content) : '';
    return `${text}: ${position} of ${alternatives.length}`;
  });
}

/** Goes from what is shown to another alternative as a client would. */
async function turnTo(
  client: BranchClient,
  siblings: Siblings | undefined,
  position: number,
): Promise<string> {
  const alternative = siblings?.alternatives[position - 1];
  if (!alternative) throw new Error(`there is no alternative ${position}`);
  await client.switch(alternative.branch);
  const ids = (await client.messages(alternative.branch)).map(({ id }) => id);
  expect(ids).toContain(alternative.message_id);
  return alternative.branch;
}

describe('siblings', () => {
  it('are none where there is one branch, or where branches only go on', async () => {
    const client = await BranchClient.begin(shared.newOwner(), 'a', 'b');
    expect(await getPage(client.api, client.id)).toMatchObject({ siblings: [] });
    const fork = await client.fork();
    await client.fork({ from_message_id: null });
    expect(await client.siblings('main')).toEqual([]);
    await client.say(fork, 'c');
    expect([await client.siblings('main'), await client.siblings(fork)]).toEqual([[], []]);
  });

  it('are what editing and regenerating make, in the order in which they were written', async () => {
    const client = await BranchClient.begin(shared.newOwner());
    const { message_id } = await act(client.api, client.id, 'send_message', { content: '/echo one' });
    await reaches(client.api, client.id, 'awaiting_user');
    for (let n = 0; n < 2; n++) {
      await act(client.api, client.id, 'retry');
      await reaches(client.api, client.id, 'awaiting_user');
    }
    const { active_branch: retried } = await getContext(client.api, client.id);
    await act(client.api, client.id, 'edit_message', { message_id, content: '/echo two' });
    await reaches(client.api, client.id, 'awaiting_user');
    const { active_branch: edited } = await getContext(client.api, client.id);

    expect(await shown(client, retried)).toEqual(['/echo one: 1 of 2', 'one: 3 of 3']);
    expect(await shown(client, 'main')).toEqual(['/echo one: 1 of 2', 'one: 1 of 3']);
    expect(await shown(client, edited)).toEqual(['/echo two: 2 of 2']);

    const [question] = await client.siblings(edited);
    const back = await turnTo(client, question, 1);
    expect(back).toBe(retried);
    const second = await turnTo(client, (await client.siblings(back))[1], 2);
    expect(await shown(client, second)).toEqual(['/echo one: 1 of 2', 'one: 2 of 3']);
  });

  it('are those of the messages of the page alone', async () => {
    const client = await BranchClient.begin(shared.newOwner(), 'a', 'b', 'c', 'd');
    const [a, b, c] = await client.messages('main');
    for (const [from, text] of [
      [a, 'B'],
      [c, 'D'],
    ] as const)
      await client.say(await client.fork({ from_message_id: from?.id }), text);
    const of = async (query: string): Promise<number> => (await client.siblings('main', query)).length;
    expect(await of('limit=200')).toBe(2);
    expect(await of('limit=1')).toBe(1);
    expect(await of(`before=${c?.id}&limit=1`)).toBe(1);
    expect(await of(`before=${b?.id}&limit=5`)).toBe(0);
    expect(await of(`after=${b?.id}&limit=1`)).toBe(0);
    expect(await of(`after=${a?.id}&limit=3`)).toBe(2);
  });

  it('are the same message once, however many branches go on from it; the newest of them is named', async () => {
    const client = await BranchClient.begin(shared.newOwner(), 'a', 'b');
    const [a] = await client.messages('main');
    const one = await client.fork({ from_message_id: a?.id });
    const [x] = await client.say(one, 'x');
    const two = await client.fork({ from_message_id: x });
    await client.say(two, 'y');
    await client.say(one, 'z');
    const [of] = await client.siblings('main');
    expect(of).toMatchObject({
      position: 1,
      alternatives: [{ branch: 'main' }, { message_id: x, branch: two }],
    });
  });

  it('go by lines, not by parents: what was merged is no sibling of what it stands behind', async () => {
    const client = await BranchClient.begin(shared.newOwner(), 'a', 'b');
    const [a] = await client.messages('main');
    const fork = await client.fork({ from_message_id: a?.id });
    await client.say(fork, 'x');
    await client.merge({ source: fork, strategy: 'append' });
    expect(await client.line('main')).toBe('a b x');
    expect(await shown(client, 'main')).toEqual(['b: 1 of 2']);
    expect(await shown(client, fork)).toEqual(['x: 2 of 2']);
    const other = await client.fork({ branch: 'main' });
    await client.say(other, 'c');
    await client.say('main', 'd');
    expect(await shown(client, 'main')).toEqual(['b: 1 of 2', 'd: 2 of 2']);
  });

  it('are fewer once a branch is deleted', async () => {
    const client = await BranchClient.begin(shared.newOwner(), 'a', 'b');
    const [a] = await client.messages('main');
    const fork = await client.fork({ from_message_id: a?.id });
    await client.say(fork, 'x');
    expect(await shown(client, 'main')).toEqual(['b: 1 of 2']);
    await client.delete(fork);
    expect(await client.siblings('main')).toEqual([]);
  });
});
