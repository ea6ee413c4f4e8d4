import { beforeAll, expect, it } from 'vitest';
import { act, appendText, body, createContext, nextMillisecond, type Metadata } from '../support/api.js';
import type { Caller } from '../support/http.js';
import { SharedServer } from '../support/owners.js';
import { sql } from '../support/sql.js';

interface List {
  readonly contexts: readonly Metadata[];
  readonly next_cursor: string | null;
}

let shared: SharedServer;
beforeAll(async () => void (shared = await SharedServer.start()));

const list = async (api: Caller, query: Record<string, string> = {}): Promise<List> =>
  body(await api.get<List>(`/contexts?${new URLSearchParams(query)}`));
const titles = async (api: Caller, query?: Record<string, string>) =>
  (await list(api, query)).contexts.map(({ title }) => title);

/** Every page from the first to the last; `between` runs after each. */
async function walk(api: Caller, limit: number, between = async (): Promise<unknown> => undefined) {
  const pages: (readonly Metadata[])[] = [];
  for (let cursor: string | null = ''; cursor !== null;) {
    const page: List = await list(api, { limit: String(limit), ...(cursor && { cursor }) });
    pages.push(page.contexts);
    cursor = page.next_cursor;
    await between();
  }
  return pages;
}

it('lists the newest activity first, in the light form', async () => {
  const api = shared.newOwner();
  const made: string[] = [];
  for (const title of ['A', 'B', 'C']) {
    made.push((await createContext(api, { title })).id);
    await nextMillisecond();
  }
  expect(await titles(api)).toEqual(['C', 'B', 'A']);
  await appendText(api, made[0] ?? '', 'Hello');
  expect(await titles(api)).toEqual(['A', 'C', 'B']);
  await nextMillisecond();
  body(await api.patch(`/contexts/${made[1]}`, { title: 'D' }));
  const { contexts } = await list(api);
  expect(contexts.map(({ title }) => title)).toEqual(['D', 'A', 'C']);
  expect(contexts[0]).toEqual(body(await api.get(`/contexts/${made[1]}/metadata`)));
});

it('pages through contexts of the same millisecond, each exactly once', async () => {
  const api = shared.newOwner();
  const made = await Promise.all(Array.from({ length: 20 }, () => createContext(api)));
  const ids = made.map(({ id }) => `'${id}'`).join();
  await sql(shared.server, `UPDATE contexts SET updated_at = ${Date.now()} WHERE id IN (${ids})`);
  for (const limit of [1, 3, 19, 20, 21]) {
    const pages = await walk(api, limit);
    const ids = pages.flat().map(({ id }) => id);
    expect(ids.toSorted(), `limit ${limit}`).toEqual(made.map(({ id }) => id).sort());
    expect(pages.map(({ length }) => length).filter((length) => length !== limit).length).toBeLessThan(2);
    // The last page is the one that is not followed by an empty one.
    expect(pages).toHaveLength(Math.ceil(made.length / limit));
  }
});

it('loses and doubles nothing while contexts come, go and change', async () => {
  const api = shared.newOwner();
  const made: string[] = [];
  for (let n = 0; n < 12; n++) made.push((await createContext(api, { title: `${n}` })).id);
  await nextMillisecond();
  let turn = 0;
  const pages = await walk(api, 2, async () => {
    // Seen already, so that what happens to them must not move the rest: changed, deleted, archived; and a new one.
    const [touched, deleted, archived] = [made[11], made[10], made[9]].map((id) => `/contexts/${id}`);
    if (turn === 0) await api.delete(deleted ?? '');
    if (turn === 1) await api.post(`${archived}/actions/archive`);
    await api.patch(touched ?? '', { title: `touched ${turn++}` });
    await createContext(api, { title: 'late' });
  });
  const seen = pages.flat().map(({ id }) => id);
  expect(new Set(seen).size).toBe(seen.length);
  expect(seen).toEqual(made.toReversed());
  // Whoever comes back to the first page finds what has changed in the meantime.
  expect(await titles(api, { limit: '3' })).toContain(`touched ${turn - 1}`);
});

it('gives 50 on a page unless told otherwise', async () => {
  const api = shared.newOwner();
  await Promise.all(Array.from({ length: 51 }, () => createContext(api)));
  const first = await list(api);
  expect(first.contexts).toHaveLength(50);
  expect((await list(api, { cursor: first.next_cursor ?? '' })).contexts).toHaveLength(1);
  expect((await list(api, { limit: '200' })).contexts).toHaveLength(51);
});

it('shows those in a state, and the archived ones only when they are asked for', async () => {
  const api = shared.newOwner();
  await createContext(api, { title: 'new' });
  const talked = await createContext(api, { title: 'talked' });
  await appendText(api, talked.id, 'Hello');
  const away = await createContext(api, { title: 'away' });
  await act(api, away.id, 'archive');
  const cases: readonly [Record<string, string>, readonly string[]][] = [
    [{}, ['talked', 'new']],
    [{ archived: 'false' }, ['talked', 'new']],
    [{ archived: 'true' }, ['away']],
    [{ state: 'initial' }, ['new']],
    [{ state: 'awaiting_user' }, ['talked']],
    [{ state: 'archived' }, ['away']],
    [{ state: 'archived', archived: 'true' }, ['away']],
    [{ state: 'archived', archived: 'false' }, []],
    [{ state: 'initial', archived: 'true' }, []],
    [{ state: 'error' }, []],
    [{ archived: 'true', q: 'WAY' }, ['away']],
  ];
  for (const [query, expected] of cases)
    expect((await titles(api, query)).toSorted(), JSON.stringify(query)).toEqual([...expected].sort());
});

const found: readonly [q: string, titles: readonly string[]][] = [
  ['%', ['100% sure']],
  ['_', ['snake_case']],
  ['!', ['wow! really']],
  ['!%', []],
  ['\\', ['back\\slash']],
  ["'", ["it's"]],
  ['sNaKe', ['snake_case']],
  ['ÉCOLE', ['école', 'e\u0301cole']],
  ['écol', ['école', 'e\u0301cole']],
  ['привет', ['ПРИВЕТ мир']],
  ['ｆｕｌｌ', ['full width']],
  ['🎈', ['red 🎈']],
  ['e', ['100% sure', 'snake_case', 'wow! really', 'école', 'e\u0301cole', 'red 🎈']],
  ['100%_sure', []],
  ['null', []],
];

it('finds titles by their text, in any case and to the letter', async () => {
  const api = shared.newOwner();
  const all = [...found.flatMap(([, expected]) => expected), 'back\\slash', 'x'.repeat(300)];
  for (const title of new Set(all)) await createContext(api, { title });
  await createContext(api);
  for (const [q, expected] of found)
    expect((await titles(api, { q })).toSorted(), q).toEqual([...expected].sort());
  expect(await titles(api, { q: 'x'.repeat(300) })).toEqual(['x'.repeat(300)]);
  // U+FDFA is eighteen characters once it is folded.
  expect(await titles(api, { q: '\ufdfa'.repeat(300) })).toEqual([]);
});

it('pages through what was searched for', async () => {
  const api = shared.newOwner();
  for (let n = 0; n < 6; n++) await createContext(api, { title: n % 2 ? `Odd ${n}` : `Even ${n}` });
  const first = await list(api, { q: 'odd', limit: '2' });
  const second = await list(api, { q: 'odd', limit: '2', cursor: first.next_cursor ?? '' });
  const seen = [...first.contexts, ...second.contexts].map(({ title }) => title);
  expect(seen.sort()).toEqual(['Odd 1', 'Odd 3', 'Odd 5']);
  expect(second.next_cursor).toBeNull();
});
