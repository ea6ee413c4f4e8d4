// A database of before there was a search: its messages come into the index while the server works, whatever happens to it.
import { expect, it } from 'vitest';
import { act, appendDeltas, appendText, beginStream, body, createContext, finalize } from '../support/api.js';
import { findingsIn } from '../support/copies.js';
import { caller } from '../support/http.js';
import { found, search } from '../support/search.js';
import { startServer, type TestServer } from '../support/server.js';
import { sql } from '../support/sql.js';
import { until } from '../support/until.js';

/** Takes back what the upgrade has done, as if it were still to come. */
async function downgrade(server: TestServer): Promise<void> {
  for (const table of ['search_terms', 'search_documents', 'search_backlog'])
    await sql(server, `DROP TABLE ${table}`);
  await sql(server, `DELETE FROM migrations WHERE name LIKE 'Search%'`);
}

const isComplete = (server: TestServer): Promise<true> =>
  until(async () => (await search(caller(server), {})).is_complete, { what: 'the index to be complete' });

it('finds the messages of before an upgrade, each once, although the server is killed meanwhile', async () => {
  const server = await startServer();
  const api = caller(server);
  const long = await createContext(api);
  for (let n = 0; n < 120; n++) await appendText(api, long.id, `pearl ${n}`);
  for (let n = 0; n < 3; n++) await appendText(api, long.id, `huge pearl ${'and more '.repeat(10_000)}`);
  const deleted = await createContext(api);
  const inDeleted = (await appendText(api, deleted.id, 'opal that comes back')).message_id;
  const streaming = await createContext(api);
  await createContext(api, { title: 'Empty' });
  const stream = await beginStream(api, streaming.id);
  await appendDeltas(api, stream, 'opal that streams');
  body(await api.delete(`/contexts/${deleted.id}`), 204);
  await server.kill();
  await downgrade(server);

  // Wherever it is by then.
  for (let n = 0; n < 2; n++) await server.restart();
  const late = (await appendText(caller(server), long.id, 'pearl of after the upgrade')).message_id;
  await isComplete(server);
  expect((await search(caller(server), { q: 'pearl' })).total).toBe(124);
  expect((await search(caller(server), { q: 'huge' })).total).toBe(3);
  expect(await found(caller(server), { q: 'upgrade' })).toEqual([late]);
  expect(await found(caller(server), { q: 'opal' })).toEqual([]);

  await finalize(caller(server), stream);
  expect(await found(caller(server), { q: 'opal' })).toEqual([stream.split('/').at(-1)]);
  await act(caller(server), deleted.id, 'undelete');
  await until(async () => (await found(caller(server), { q: 'back' })).includes(inDeleted), {
    what: 'what was deleted during the upgrade to be indexed',
  });
  await isComplete(server);
  expect(await findingsIn(server)).toEqual([]);
});
