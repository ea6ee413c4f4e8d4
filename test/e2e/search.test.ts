// GET /search, from outside: what is found, what is not, and by whom.
import { beforeAll, describe, expect, it } from 'vitest';
import {
  act,
  appendDeltas,
  appendText,
  beginStream,
  body,
  createContext,
  finalize,
  fork,
  nextMillisecond,
  refused,
} from '../support/api.js';
import type { Caller } from '../support/http.js';
import { SharedServer } from '../support/owners.js';
import { found, search, type Result, type Results } from '../support/search.js';
import { sql } from '../support/sql.js';
import { allMessages, settled } from '../support/whole-pulls.js';

let shared: SharedServer;
beforeAll(async () => void (shared = await SharedServer.start()));

/** What is highlighted in all snippets. */
const highlighted = ({ snippets }: Result): string[] =>
  snippets.flatMap(({ text, highlights }) => highlights.map(({ start, end }) => text.slice(start, end)));

const texts = {
  lease: 'A lease is a promise that runs out. Whoever has it may work.',
  runs: 'The lease runs out, and another node takes over.',
  draft: 'Draft: the node_id of a lease is well-known (see docs/leases.md).',
  accents: 'La fenêtre de l’ÉCOLE est fermée.',
  japanese: '私は東京都に住んでいます。黒猫がいます。',
  chinese: '我们使用Node.js编写服务器。',
  korean: '한국어를 공부합니다.',
  russian: 'Привет, мир! Проверка связи.',
  numbers: 'Version 3.14 of 2026 costs 100% more.',
  emoji: 'Balloons 🎈 are 🎈 fun',
} as const;
type Name = keyof typeof texts;

const cases: readonly [q: string, expected: readonly Name[]][] = [
  ['lease', ['lease', 'runs', 'draft']],
  ['LEASE', ['lease', 'runs', 'draft']],
  ['lease out', ['lease', 'runs']],
  ['"runs out"', ['lease', 'runs']],
  ['"lease runs"', ['runs']],
  ['“lease runs”', ['runs']],
  ['"out runs"', []],
  ['lease -draft', ['lease', 'runs']],
  ['lease -"runs out"', ['draft']],
  ['-lease node*', ['chinese']],
  ['leas*', ['lease', 'runs', 'draft']],
  ['leas', []],
  ['prom*', ['lease']],
  ['"lease run"*', ['runs']],
  ['well-known', ['draft']],
  ['known-well', []],
  ['node_id', ['draft']],
  ['docs/leases.md', ['draft']],
  ['fenetre ecole', ['accents']],
  ['FENÊTRE E\u0301COLE', ['accents']],
  ['ｌｅａｓｅ', ['lease', 'runs', 'draft']],
  ['東京', ['japanese']],
  ['東京都', ['japanese']],
  ['京都', ['japanese']],
  ['猫', ['japanese']],
  ['黒猫', ['japanese']],
  ['東都', []],
  ['東京タワー', []],
  ['东京', []],
  ['编写', ['chinese']],
  ['js编', ['chinese']],
  ['"使用Node.js编写"', ['chinese']],
  ['node.js', ['chinese']],
  ['한국어', ['korean']],
  ['한국어'.normalize('NFD'), ['korean']],
  ['привет', ['russian']],
  ['3.14', ['numbers']],
  ['100%', ['numbers']],
  ['🎈', []],
  ['lease fenêtre', []],
  ['?!', []],
  ['AND', ['runs']],
  ['lease OR fenêtre', []],
  [`lease' "`, ['lease', 'runs', 'draft']],
  ['a AND (b', []],
  ['"lease', ['lease', 'runs', 'draft']],
  ['tags:lease', []],
  ['lease NEAR(runs)', []],
  ['le%se', []],
  ['lease & runs | out : * !', ['lease', 'runs']],
  ['-', []],
  ['-lease -fenêtre -東京 -node -한국어 -мир -costs', ['emoji']],
  [Array.from({ length: 150 }, (_, n) => n % 10).join(' '), []],
  [Array.from({ length: 100 }, () => 'ab').join('-'), []],
];

describe('what is looked for', () => {
  let api: Caller;
  const ids = new Map<string, Name>();
  beforeAll(async () => {
    api = shared.newOwner();
    const { id } = await createContext(api);
    for (const [name, content] of Object.entries(texts)) {
      ids.set((await appendText(api, id, content)).message_id, name as Name);
      await nextMillisecond();
    }
  });

  it.each(cases)('%j', async (q, expected) => {
    const names = (await found(api, { q })).map((id) => ids.get(id));
    expect(names.sort()).toEqual([...expected].sort());
  });

  it('is highlighted in plain text, in UTF-16 units', async () => {
    for (const [q, marks] of [
      ['lease out', ['lease', 'out']],
      ['ecole', ['ÉCOLE']],
      ['東京 黒猫', ['東京', '黒猫']],
      ['猫', ['猫']],
      ['fun', ['fun']],
    ] as const) {
      const { results } = await search(api, { q });
      for (const result of results)
        expect(new Set(highlighted(result).map((text) => text.toLowerCase()))).toEqual(
          new Set(marks.map((mark) => mark.toLowerCase())),
        );
      expect(results.length, q).toBeGreaterThan(0);
    }
  });

  it('is the newest messages when there are no words, and all of them', async () => {
    const { results, total } = await search(api, { limit: '3' });
    expect(total).toBe(ids.size);
    expect(results.map(({ message_id }) => ids.get(message_id))).toEqual(['emoji', 'numbers', 'russian']);
    expect(results.every(({ score, snippets }) => score === 0 && snippets[0]?.highlights.length === 0)).toBe(
      true,
    );
    expect((await search(api, { q: ' ' })).total).toBe(ids.size);
  });
});

it('tells all of a message that a list of results shows', async () => {
  const api = shared.newOwner();
  const { id } = await createContext(api, { title: 'Leases' });
  const { message_id } = await appendText(api, id, 'Some <b>lease</b> & more');
  const whole = await search(api, { q: 'lease' });
  expect(whole).toEqual({
    results: [
      {
        context_id: id,
        context_title: 'Leases',
        message_id,
        branch: 'main',
        role: 'user',
        kind: 'text',
        model: null,
        created_at: expect.stringMatching(/^\d{4}-.+Z$/) as string,
        score: 1,
        snippets: [{ text: 'Some <b>lease</b> & more', highlights: [{ start: 8, end: 13 }] }],
      },
    ],
    next_cursor: null,
    total: 1,
    is_total_exact: true,
    is_complete: true,
  });
});

it('ranks more of it above less of it, and the newer above the older that is as good', async () => {
  const api = shared.newOwner();
  const { id } = await createContext(api);
  const filling = 'and many other words that have nothing to do with any of this at all '.repeat(3);
  const older = (await appendText(api, id, `lease ${filling}`)).message_id;
  const best = (await appendText(api, id, 'lease lease lease')).message_id;
  await nextMillisecond();
  const newer = (await appendText(api, id, `lease ${filling}`)).message_id;
  await appendText(api, id, filling);
  expect(await found(api, { q: 'lease' })).toEqual([best, newer, older]);
  const scores = (await search(api, { q: 'lease' })).results.map(({ score }) => score);
  expect(scores[0]).toBe(1);
  expect(scores[1]).toBe(scores[2]);
  expect(scores[1]).toBeLessThan(1);
});

it('shows nobody what is another’s, also by its context', async () => {
  const [mine, yours] = [shared.newOwner(), shared.newOwner()];
  const { id } = await createContext(mine);
  const { message_id } = await appendText(mine, id, 'xylophone');
  expect(await found(mine, { q: 'xylophone' })).toEqual([message_id]);
  expect(await search(yours, { q: 'xylophone' })).toMatchObject({ results: [], total: 0 });
  expect(await search(yours, { q: 'xylophone', context_id: id })).toMatchObject({ results: [], total: 0 });
  expect(await found(yours, {})).toEqual([]);
});

describe('filters', () => {
  it('of role, kind, model and context narrow it down, alone and together', async () => {
    const api = shared.newOwner();
    const { id } = await createContext(api);
    const other = await createContext(api);
    const asked = (await act(api, id, 'send_message', { content: '/echo marble', model: 'scripted/fast' }))
      .message_id;
    await settled(api, id);
    const answer = (await allMessages(api, id)).at(-1)?.id ?? '';
    const elsewhere = (await appendText(api, other.id, 'marble', 'assistant')).message_id;
    const unknown = (
      await act(api, other.id, 'append_message', {
        role: 'user',
        payload: { kind: 'example_stone', data: { of: { what: ['marble', 12345] } } },
      })
    ).message_id;
    const all: readonly [Record<string, string>, readonly string[]][] = [
      [{}, [asked, answer, elsewhere, unknown]],
      [{ role: 'user' }, [asked, unknown]],
      [{ role: 'assistant' }, [answer, elsewhere]],
      [{ role: 'tool' }, []],
      [{ kind: 'streaming_response' }, [answer]],
      [{ kind: 'example_stone' }, [unknown]],
      [{ kind: 'nothing_of_the_sort' }, []],
      [{ model: 'scripted/fast' }, [answer]],
      [{ model: 'scripted/default' }, []],
      [{ context_id: id }, [asked, answer]],
      [{ context_id: other.id, role: 'assistant' }, [elsewhere]],
      [{ context_id: asked }, []],
      [{ q: 'marble 12345' }, [unknown]],
    ];
    for (const [query, expected] of all)
      expect((await found(api, { q: 'marble', ...query })).sort(), JSON.stringify(query)).toEqual(
        [...expected].sort(),
      );
    const [streamed] = (await search(api, { q: 'marble', model: 'scripted/fast' })).results;
    expect(streamed?.model).toBe('scripted/fast');
  });

  it('of time take a message of the moment itself for later, not for before', async () => {
    const api = shared.newOwner();
    const { id } = await createContext(api);
    const first = (await appendText(api, id, 'marble one')).message_id;
    await nextMillisecond();
    const second = (await appendText(api, id, 'marble two')).message_id;
    const at = (await search(api, { q: 'two' })).results[0]?.created_at ?? '';
    expect(await found(api, { q: 'marble', from: at })).toEqual([second]);
    expect(await found(api, { q: 'marble', to: at })).toEqual([first]);
    expect(await found(api, { q: 'marble', from: at, to: at })).toEqual([]);
    expect(await found(api, { q: 'marble', to: '2020-01-01T00:00:00Z' })).toEqual([]);
    expect(await found(api, { from: '2020-01-01T00:00:00+02:00', to: '9998-12-31T00:00:00Z' })).toHaveLength(
      2,
    );
  });

  it('that are none are refused', async () => {
    const api = shared.newOwner();
    for (const query of [
      'role=king',
      'context_id=x',
      'from=yesterday',
      'limit=51',
      'limit=0',
      'cursor=x',
      'cursor=WyJ4IiwxXQ',
      `q=${'x'.repeat(301)}`,
    ])
      expect(refused(await api.get(`/search?${query}`)), query).toBe('400 invalid_request');
  });
});

describe('pages', () => {
  it('give each match once, also while others come', async () => {
    const api = shared.newOwner();
    const { id } = await createContext(api);
    const made: string[] = [];
    for (let n = 0; n < 12; n++)
      made.push((await appendText(api, id, `pearl ${'pearl '.repeat(n % 3)}`)).message_id);
    const seen: string[] = [];
    for (let cursor: string | null = ''; cursor !== null;) {
      const page: Results = await search(api, { q: 'pearl', limit: '5', ...(cursor && { cursor }) });
      expect(page.total).toBe(12);
      seen.push(...page.results.map(({ message_id }) => message_id));
      cursor = page.next_cursor;
      await nextMillisecond();
      await appendText(api, id, 'pearl of later');
    }
    expect(seen.toSorted()).toEqual(made.toSorted());
    expect((await search(api, { q: 'pearl' })).total).toBeGreaterThan(12);
  });
});

describe('a message', () => {
  it('can be found as soon as its command was answered, and a streamed one when it is final', async () => {
    const api = shared.newOwner();
    const { id } = await createContext(api);
    const stream = await beginStream(api, id);
    await appendDeltas(api, stream, 'granite is', ' streaming');
    expect(await found(api, { q: 'granite' })).toEqual([]);
    expect(await found(api, {})).toEqual([]);
    await finalize(api, stream);
    expect(await found(api, { q: '"granite is streaming"' })).toEqual([stream.split('/').at(-1)]);
  });

  it('that was cancelled is found with what there is of it', async () => {
    const api = shared.newOwner();
    const { id } = await createContext(api);
    await act(api, id, 'send_message', { content: 'basalt', model: 'scripted/fast' });
    await settled(api, id);
    const stream = await beginStream(api, id);
    await appendDeltas(api, stream, 'half a gabbro');
    await act(api, id, 'cancel');
    await settled(api, id);
    expect(await found(api, { q: 'gabbro' })).toEqual([stream.split('/').at(-1)]);
  });

  it('on any branch is found, on the branch that it was created on', async () => {
    const api = shared.newOwner();
    const { id } = await createContext(api);
    await act(api, id, 'send_message', { content: '/echo first opal', model: 'scripted/fast' });
    await settled(api, id);
    const [question] = await allMessages(api, id);
    const branch = await fork(api, id, question?.id ?? '', '/echo second opal');
    const { results } = await search(api, { q: 'opal' });
    expect(results.map((result) => result.branch).sort()).toEqual([branch, branch, 'main', 'main'].sort());
  });

  it('goes with its context, and an archived one stays', async () => {
    const api = shared.newOwner();
    const [gone, archived] = [await createContext(api), await createContext(api)];
    await appendText(api, gone.id, 'quartz');
    const { message_id } = await appendText(api, archived.id, 'quartz');
    await act(api, archived.id, 'archive');
    expect((await search(api, { q: 'quartz' })).total).toBe(2);
    body(await api.delete(`/contexts/${gone.id}`), 204);
    expect(await found(api, { q: 'quartz' })).toEqual([message_id]);
    expect(await found(api, {})).toEqual([message_id]);
    await act(api, gone.id, 'undelete');
    expect((await search(api, { q: 'quartz' })).total).toBe(2);
    body(await api.delete(`/contexts/${gone.id}?purge=true`), 204);
    expect(await found(api, { q: 'quartz' })).toEqual([message_id]);
    const left = await sql(
      shared.server,
      `SELECT t.rowid FROM search_terms t JOIN search_documents d ON d.id = t.rowid WHERE d.context_id = '${gone.id}'`,
    );
    expect(left).toEqual([]);
  });

  it('that a failed command would have written is not found', async () => {
    const api = shared.newOwner();
    const { id } = await createContext(api);
    await act(api, id, 'archive');
    expect(
      (
        await api.post(`/contexts/${id}/actions/append_message`, {
          role: 'user',
          payload: { kind: 'text', data: { content: 'feldspar' } },
        })
      ).status,
    ).toBe(409);
    expect(await found(api, { q: 'feldspar' })).toEqual([]);
  });
});
