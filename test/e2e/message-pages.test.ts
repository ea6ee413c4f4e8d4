import { beforeAll, expect, it } from 'vitest';
import type { Message } from '../../src/messages/message-kinds.js';
import {
  appendText,
  body,
  createContext,
  fork,
  getMessage,
  getPage,
  refused,
  type MessagePage,
} from '../support/api.js';
import { SharedServer } from '../support/owners.js';

interface Changes extends MessagePage {
  readonly revision: number;
}

let shared: SharedServer;
beforeAll(async () => void (shared = await SharedServer.start()));

const nobody = '01890a5d-ac96-774b-bcce-b302099a8057';
const ids = (messages: readonly Message[]) => messages.map(({ id }) => id);

/** A context of so many messages, and their ids in order. */
async function talk(count: number) {
  const api = shared.newOwner();
  const { id } = await createContext(api);
  const made: string[] = [];
  for (let n = 1; n <= count; n++) made.push((await appendText(api, id, `Message ${n}`)).message_id);
  return { api, id, made };
}

it('gives a page of a branch, oldest first, and says whether there is more', async () => {
  const { api, id, made } = await talk(7);
  const cases: readonly [query: string, numbers: readonly number[], hasMore: boolean][] = [
    ['', [1, 2, 3, 4, 5, 6, 7], false],
    ['?limit=7', [1, 2, 3, 4, 5, 6, 7], false],
    ['?limit=3', [5, 6, 7], true],
    [`?limit=3&before=${made[4]}`, [2, 3, 4], true],
    [`?limit=3&before=${made[3]}`, [1, 2, 3], false],
    [`?limit=3&before=${made[0]}`, [], false],
    [`?limit=3&after=${made[1]}`, [3, 4, 5], true],
    [`?limit=3&after=${made[3]}`, [5, 6, 7], false],
    [`?after=${made[6]}`, [], false],
    [`?branch=main&limit=1&after=${made[0]}`, [2], true],
  ];
  for (const [query, numbers, has_more] of cases) {
    const page = await getPage(api, id, query);
    expect(ids(page.messages), query).toEqual(numbers.map((n) => made[n - 1]));
    expect({ branch: page.branch, has_more: page.has_more }, query).toEqual({ branch: 'main', has_more });
  }
});

it('pages through a fork and what it shares with its parent, in either direction', async () => {
  const { api, id, made } = await talk(5);
  const forked = await fork(api, id, made[3] ?? '', '/echo Forked');
  const chain = ids((await getPage(api, id)).messages);
  expect(chain.slice(0, 3)).toEqual(made.slice(0, 3));
  expect(chain).toHaveLength(5);
  expect((await getPage(api, id, '?branch=main')).messages.map(({ id }) => id)).toEqual(made);
  for (let end = 0; end < 5; end++) {
    const back = await getPage(api, id, `?limit=2&before=${chain[end]}`);
    expect(ids(back.messages)).toEqual(chain.slice(Math.max(0, end - 2), end));
    const on = await getPage(api, id, `?branch=${forked}&limit=2&after=${chain[end]}`);
    expect(ids(on.messages)).toEqual(chain.slice(end + 1, end + 3));
  }
  const wrong = async (query: string) => refused(await api.get(`/contexts/${id}/messages?${query}`));
  // The fifth message of main is on no other branch, and the fork's own are not on main.
  expect(await wrong(`before=${made[4]}`)).toBe('404 message_not_found');
  expect(await wrong(`branch=main&after=${chain[4]}`)).toBe('404 message_not_found');
  expect(await wrong(`before=${nobody}`)).toBe('404 message_not_found');
  expect(await wrong(`branch=${nobody}`)).toBe('404 branch_not_found');
});

it('ends a page before it is larger than one answer may be', async () => {
  const { api, id } = await talk(0);
  const made: string[] = [];
  // Four bytes each; five of them are 20 MB.
  const content = '👍'.repeat(1_000_000);
  for (let n = 0; n < 5; n++) made.push((await appendText(api, id, content)).message_id);
  const [first, , , fourth, fifth] = made;
  const ask = async (query: string) => {
    const answer = body(await api.get<Changes>(`/contexts/${id}/messages?${query}`));
    return { ...answer, messages: ids(answer.messages) };
  };
  expect(await ask('')).toMatchObject({ messages: made.slice(1), has_more: true });
  expect(await ask(`before=${fifth}`)).toMatchObject({ messages: made.slice(0, 4), has_more: false });
  expect(await ask(`after=${first}`)).toMatchObject({ messages: made.slice(1), has_more: false });
  const changes = await ask('changed_since=0');
  expect(changes).toMatchObject({ messages: made.slice(0, 4), has_more: true });
  expect(changes.revision).toBe((await getMessage(api, id, fourth ?? '')).revision);
  expect(await ask(`changed_since=${changes.revision}`)).toMatchObject({
    messages: [fifth],
    has_more: false,
  });
  expect(await ask(`ids=${made.slice(1).join()}`)).toMatchObject({ found_count: 4 });
  expect(refused(await api.get(`/contexts/${id}/messages?ids=${made.join()}`))).toBe('413 limit_exceeded');
  expect((await getMessage(api, id, fifth ?? '')).data).toEqual({ content });
});

it('counts towards the size of an answer also what was pulled before', async () => {
  const { api, id } = await talk(0);
  const made: string[] = [];
  // Seventeen megabytes together.
  const content = '👍'.repeat(250_000);
  for (let n = 0; n < 17; n++) made.push((await appendText(api, id, content)).message_id);
  for (const messageId of made) await getMessage(api, id, messageId);
  const batch = (asked: readonly string[]) =>
    api.get<MessagePage>(`/contexts/${id}/messages?ids=${asked.join()}`);
  expect(refused(await batch(made))).toBe('413 limit_exceeded');
  expect(ids(body(await batch(made.slice(1))).messages)).toEqual(made.slice(1));
  expect(await getPage(api, id)).toMatchObject({ has_more: true });
});
