// The pulls of messages over a tree of branches: pages from any place, of any size, and what changed since.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Message } from '../../src/messages/message-kinds.js';
import type { MessageChanges as Changes } from '../../src/messages/dto/message-pulls.js';
import { refused, type MessagePage } from '../support/api.js';
import { ContextClient, startServerOn } from '../support/context-client.js';
import { answer, FakeUpstream } from '../support/fake-upstream.js';
import { caller } from '../support/http.js';
import type { TestServer } from '../support/server.js';

let upstream: FakeUpstream;
let server: TestServer;
beforeAll(async () => {
  upstream = await FakeUpstream.start();
  upstream.on(({ body }) => {
    const { messages } = body as { messages: { content: string }[] };
    return answer(`to ${messages.at(-1)?.content ?? ''}`);
  });
  server = await startServerOn(upstream);
});
afterAll(() => upstream.close());

const idOf = (messages: readonly Message[], at: number): string => messages[at]?.id ?? '';

/** Four branches, forked from one another: main, from it `edited`, from that `deeper`, from that `retried`. */
async function growTree(): Promise<{ context: ContextClient; branches: Record<string, string> }> {
  const context = await ContextClient.begin(server);
  const activeBranch = async (): Promise<string> => (await context.whole()).active_branch;
  for (const content of ['a', 'b', 'c']) await context.exchange(content);
  await context.act('edit_message', { message_id: idOf(await context.messages(), 2), content: 'B' });
  await context.settled();
  const edited = await activeBranch();
  await context.exchange('C');
  await context.exchange('D');
  await context.act('edit_message', { message_id: idOf(await context.messages(), 4), content: 'CC' });
  await context.settled();
  const deeper = await activeBranch();
  await context.act('retry');
  await context.settled();
  return { context, branches: { main: 'main', edited, deeper, retried: await activeBranch() } };
}

let tree: Awaited<ReturnType<typeof growTree>>;
beforeAll(async () => {
  tree = await growTree();
});

const page = (branch: string, query: string): Promise<MessagePage> =>
  tree.context.get(`/messages?branch=${tree.branches[branch]}&${query}`);
const wholeBranch = async (branch: string): Promise<readonly Message[]> =>
  (await page(branch, 'limit=200')).messages;

describe.each([
  ['main', 'a b c'],
  ['edited', 'a B C D'],
  ['deeper', 'a B CC'],
  ['retried', 'a B CC'],
])('the pages of the branch %s', (branch, said) => {
  it('hold its own chain, from the first message of the tree on', async () => {
    const messages = await wholeBranch(branch);
    expect(await tree.context.transcript(tree.branches[branch])).toEqual(
      said.split(' ').flatMap((content) => [`user: ${content}`, `assistant: to ${content}`]),
    );
    expect(messages.map(({ depth }) => depth)).toEqual(messages.map((_, at) => at + 1));
    expect(messages.map(({ parent_id }) => parent_id)).toEqual([
      null,
      ...messages.slice(0, -1).map(({ id }) => id),
    ]);
  });

  it('are right from every place and in every size', async () => {
    const all = await wholeBranch(branch);
    for (let limit = 1; limit <= all.length + 1; limit++) {
      expect(await page(branch, `limit=${limit}`)).toEqual({
        branch: tree.branches[branch],
        messages: all.slice(-limit),
        siblings: expect.any(Array) as unknown[],
        has_more: all.length > limit,
      });
      for (const [at, { id }] of all.entries()) {
        const before = all.slice(Math.max(0, at - limit), at);
        expect(await page(branch, `before=${id}&limit=${limit}`)).toMatchObject({
          messages: before,
          has_more: at > limit,
        });
        const after = all.slice(at + 1, at + 1 + limit);
        expect(await page(branch, `after=${id}&limit=${limit}`)).toMatchObject({
          messages: after,
          has_more: at + 1 + limit < all.length,
        });
      }
    }
  });
});

describe('a page', () => {
  it('is of the active branch unless another is named', async () => {
    const { messages, branch } = await tree.context.get<MessagePage>('/messages');
    expect(branch).toBe(tree.branches.retried);
    expect(messages).toEqual(await wholeBranch('retried'));
  });

  it('does not begin at a message that is not on its branch', async () => {
    const api = caller(server);
    const foreign = idOf(await wholeBranch('main'), 5);
    for (const query of [`before=${foreign}`, `after=${foreign}`])
      expect(
        refused(await api.get(`${tree.context.path}/messages?branch=${tree.branches.edited}&${query}`)),
      ).toBe('404 message_not_found');
    expect(refused(await api.get(`${tree.context.path}/messages?branch=nowhere`))).toBe(
      '404 branch_not_found',
    );
  });
});

/** Walks what changed, one message at a time, until there is no more. */
async function* changes(context: ContextClient, since = 0): AsyncGenerator<Message, number> {
  for (let cursor = since; ;) {
    const step = await context.get<Changes>(`/messages?changed_since=${cursor}&limit=1`);
    expect(step.messages.length).toBeLessThanOrEqual(1);
    yield* step.messages;
    cursor = step.revision;
    if (!step.has_more) return cursor;
  }
}

describe('what changed, one message at a time', () => {
  it('is every message of every branch, once, in the order of the changes', async () => {
    const walked: Message[] = [];
    for await (const message of changes(tree.context)) walked.push(message);
    const branches = await Promise.all(Object.keys(tree.branches).map(wholeBranch));
    const expected = new Map(branches.flat().map((message) => [message.id, message]));

    expect(walked).toHaveLength(expected.size);
    expect(new Map(walked.map((message) => [message.id, message]))).toEqual(expected);
    const revisions = walked.map(({ revision }) => revision);
    expect(revisions).toEqual([...new Set(revisions)].sort((a, b) => a - b));
  });

  it('ends with a cursor after which there is nothing', async () => {
    const { revision } = await tree.context.whole();
    const nothing = { messages: [], deleted: [], revision, has_more: false };
    expect(await tree.context.get(`/messages?changed_since=${revision}`)).toEqual(nothing);
    for (let since = 0; since < revision; since++) {
      let last: number | undefined;
      for (const walk = changes(tree.context, since); last === undefined;) {
        const step = await walk.next();
        if (step.done) last = step.value;
      }
      expect(last).toBe(revision);
    }
  });

  it('loses and doubles nothing while answers are being written', async () => {
    const context = await ContextClient.begin(server);
    const versions: string[] = [];
    const mine = new Map<string, Message>();
    let cursor = 0;
    let isOver = false;
    const walking = (async () => {
      for (let hasMore = true; !isOver || hasMore;) {
        const step = await context.get<Changes>(`/messages?changed_since=${cursor}&limit=1`);
        for (const message of step.messages) {
          versions.push(`${message.id} ${message.revision}`);
          mine.set(message.id, message);
        }
        ({ revision: cursor, has_more: hasMore } = step);
      }
    })();
    for (const content of ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h']) await context.exchange(content);
    await context.act('retry');
    await context.settled();
    isOver = true;
    await walking;

    const { branches, revision } = await context.whole();
    const all = (await Promise.all(branches.map(({ id }) => context.messages(id)))).flat();
    expect(mine).toEqual(new Map(all.map((message) => [message.id, message])));
    expect(versions).toEqual([...new Set(versions)]);
    expect(cursor).toBe(revision);
  });
});
