// What bounds a search, and that both dialects are bounded alike.
import { expect, it } from 'vitest';
import { appendText, createContext, nextMillisecond } from '../support/api.js';
import { caller } from '../support/http.js';
import { found, search } from '../support/search.js';
import { startServer } from '../support/server.js';

it('knows the first words of a message, as many as PULLCORD_FULL_TEXT_MAX_WORDS', async () => {
  const server = await startServer({ env: { PULLCORD_FULL_TEXT_MAX_WORDS: '3' } });
  const api = caller(server);
  const { id } = await createContext(api);
  const { message_id } = await appendText(api, id, 'one two three four');
  expect(await found(api, { q: '"two three"' })).toEqual([message_id]);
  expect(await found(api, { q: 'four' })).toEqual([]);
});

it('ranks the newest matches, as many as PULLCORD_FULL_TEXT_MAX_RANKED, and leads to the others by their time', async () => {
  const server = await startServer({ env: { PULLCORD_FULL_TEXT_MAX_RANKED: '3' } });
  const api = caller(server);
  const { id } = await createContext(api);
  const made: string[] = [];
  for (let n = 0; n < 5; n++) {
    made.push((await appendText(api, id, 'pearl')).message_id);
    await nextMillisecond();
  }
  const first = await search(api, { q: 'pearl', limit: '2' });
  expect(first).toMatchObject({ total: 3, is_total_exact: false });
  const second = await search(api, { q: 'pearl', limit: '2', cursor: first.next_cursor ?? '' });
  expect(second.next_cursor).toBeNull();
  const seen = [...first.results, ...second.results];
  expect(seen.map(({ message_id }) => message_id)).toEqual(made.slice(2).toReversed());
  const older = await search(api, { q: 'pearl', to: seen.at(-1)?.created_at ?? '' });
  expect(older).toMatchObject({ total: 2, is_total_exact: true });
});

it('finds a phrase of words that a message has over and over, until they are too many', async () => {
  const server = await startServer();
  const api = caller(server);
  const { id } = await createContext(api);
  const text = `the first ${'the '.repeat(253)}thin ${'the '.repeat(10)}last`;
  const { message_id } = await appendText(api, id, text);
  expect(await found(api, { q: '"the first"' })).toEqual([message_id]);
  expect(await found(api, { q: '"the thin"' })).toEqual([message_id]);
  // The 256th place of a word is not known, that of the words after it is.
  expect(await found(api, { q: '"the last"' })).toEqual([]);
  expect(await found(api, { q: 'thin last' })).toEqual([message_id]);
});

it('takes a message of the most words there can be, in any script, and shows one that is too large by its summary', async () => {
  const server = await startServer({ env: { PULLCORD_FULL_TEXT_MAX_WORDS: '16000' } });
  const api = caller(server);
  const { id } = await createContext(api);
  const words = Array.from(
    { length: 16_000 },
    (_, n) => String.fromCodePoint(0x11400 + (n % 40)) + n.toString(36),
  );
  const many = (await appendText(api, id, words.join(' '))).message_id;
  const unfolding = (await appendText(api, id, 'ﷺ '.repeat(16_000))).message_id;
  const large = (await appendText(api, id, `Summary of marble. ${'x'.repeat(600_000)}`)).message_id;
  expect(await found(api, { q: words[12_345] ?? '' })).toEqual([many]);
  expect(await found(api, { q: 'ﷺ' })).toEqual([unfolding]);
  const { results } = await search(api, { q: 'marble' });
  expect(results.map(({ message_id }) => message_id)).toEqual([large]);
  expect(results[0]?.snippets[0]?.text).toMatch(/^Summary of marble\. x+…$/);
});

it('finds the same where there is one owner as where there are many, with words and without', async () => {
  const server = await startServer();
  const api = caller(server);
  const { id } = await createContext(api);
  const one = (await appendText(api, id, 'pearl one')).message_id;
  await nextMillisecond();
  const two = (await appendText(api, id, 'pearl two', 'assistant')).message_id;
  const cases: readonly [Record<string, string>, readonly string[]][] = [
    [{}, [two, one]],
    [{ q: 'pearl' }, [two, one]],
    [{ q: 'pearl -two' }, [one]],
    [{ q: '-two' }, [one]],
    [{ q: 'pearl', role: 'assistant' }, [two]],
    [{ role: 'user' }, [one]],
    [{ q: 'pearl', context_id: one }, []],
  ];
  for (const [query, expected] of cases)
    expect(await found(api, query), JSON.stringify(query)).toEqual(expected);
});
