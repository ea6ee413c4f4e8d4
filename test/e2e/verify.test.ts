// `pullcord verify`: silent about whatever a server leaves behind, also one that was killed; a line for each thing that
// somebody else has damaged, and only for that.
import { closeSync, openSync, readdirSync, readFileSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  act,
  appendDeltas,
  appendText,
  beginStream,
  body,
  createContext,
  fork,
  getMetadata,
} from '../support/api.js';
import { copyOf, findingsIn, type Copy } from '../support/copies.js';
import { dialect } from '../support/databases.js';
import { caller, type Caller } from '../support/http.js';
import { expectClean, pullcord } from '../support/pullcord.js';
import { startServer, type TestServer } from '../support/server.js';
import { sql } from '../support/sql.js';
import { until } from '../support/until.js';
import { allMessages, settled, streamOf } from '../support/whole-pulls.js';

const fileOfThisTest = fileURLToPath(import.meta.url);
let server: TestServer;
let copy: Copy;
/** The ids that the damages below speak of. */
const id = {
  /** A question and a long, packed answer; then the question in other words, on a branch of its own. */
  chat: '',
  question: '',
  answer: '',
  forked: '',
  /** An external producer's open stream of three chunks. */
  producer: '',
  stream: '',
  /** An answer whose chunks are rows still. */
  fresh: '',
  freshAnswer: '',
  /** A run that was streaming when the server was killed, and a message queued behind it. */
  running: '',
  run: '',
  queued: '',
  /** Three messages without a run. */
  plain: '',
  second: '',
};

beforeAll(async () => {
  server = await startServer({ env: { PULLCORD_COMPACT_AFTER_MS: '0', PULLCORD_SCRIPTED_PACE_MS: '0' } });
  const api = caller(server);
  await makeChat(api);
  await until(isPacked, { what: 'every chunk to be packed' });
  await server.restart({ PULLCORD_COMPACT_AFTER_MS: '3600000' });
  const after = caller(server);
  await makePlain(after);
  await makeFresh(after);
  await makeOpen(after);
  await server.kill();
  copy = await until(() => copyOf(server).catch(() => undefined), {
    what: 'the dead server to be forgotten',
  });
});
afterAll(() => copy.remove());

async function makeChat(api: Caller): Promise<void> {
  id.chat = (await createContext(api)).id;
  await act(api, id.chat, 'send_message', { content: '/reason\n/words 600' });
  await settled(api, id.chat);
  const [question, answer] = await allMessages(api, id.chat);
  id.question = question?.id ?? '';
  id.answer = answer?.id ?? '';
  id.forked = await fork(api, id.chat, id.question, '/tool weather {"city":"Oslo"}\n/echo Rain.');
  await act(api, id.chat, 'retry');
  await settled(api, id.chat);
}

async function isPacked(): Promise<boolean> {
  const [left] = await sql<{ n: number }>(server, `SELECT count(*) AS n FROM compactions`);
  return Number(left?.n) === 0;
}

async function makePlain(api: Caller): Promise<void> {
  id.plain = (await createContext(api)).id;
  await appendText(api, id.plain, 'one');
  id.second = (await appendText(api, id.plain, 'two')).message_id;
  await appendText(api, id.plain, 'three');
  await act(api, (await createContext(api, { title: 'Empty' })).id, 'archive');
}

async function makeFresh(api: Caller): Promise<void> {
  id.fresh = (await createContext(api)).id;
  const input = { content: '/echo Nice to meet you, too.' };
  await api.post(`/contexts/${id.fresh}/actions/send_message`, input, {
    headers: { 'idempotency-key': 'k' },
  });
  await settled(api, id.fresh);
  id.freshAnswer = (await allMessages(api, id.fresh))[1]?.id ?? '';
}

async function makeOpen(api: Caller): Promise<void> {
  id.producer = (await createContext(api)).id;
  const stream = await beginStream(api, id.producer);
  await appendDeltas(api, stream, 'one ', 'two ');
  // A producer may name a call beside any piece.
  body(await api.post(`${stream}/streaming-chunks`, { chunks: [{ delta: 'three ', tool_call_id: 'call' }] }));
  id.stream = stream.split('/').at(-1) ?? '';
  id.running = (await createContext(api)).id;
  id.run = (await act(api, id.running, 'send_message', { content: '/words 9\n/stall 5' })).run_id;
  await streamOf(api, id.running);
  id.queued = (await act(api, id.running, 'send_message', { content: 'Next.', on_busy: 'queue' })).run_id;
}

describe('of what a killed server left', () => {
  it('nothing is wrong', async () => {
    expect(await findingsIn(copy)).toEqual([]);
    await expectClean(copy);
  });

  it('everything is counted', async () => {
    const { stdout } = await pullcord(['verify', '--quick'], copy);
    const [messages] = await sql<{ n: number }>(copy, `SELECT count(*) AS n FROM messages`);
    expect(stdout).toMatch(new RegExp(`^6 contexts, ${messages?.n} messages and \\d{3} chunks checked`));
  });

  // PostgreSQL is only ever asked within a transaction that cannot write.
  if (dialect === 'sqlite')
    it('nothing is changed', async () => {
      const before = readFileSync(copy.databaseFile);
      await findingsIn(copy);
      expect(readFileSync(copy.databaseFile).equals(before)).toBe(true);
      expect(readdirSync(dirname(copy.databaseFile))).toEqual(['pullcord.db']);
    });
});

describe('of a server that is writing', () => {
  it('nothing is wrong at any moment', async () => {
    const busy = await startServer();
    const api = caller(busy);
    const ids = await Promise.all(Array.from({ length: 4 }, async () => (await createContext(api)).id));
    const written = ids.map(async (context) => {
      await act(api, context, 'send_message', { content: '/pace 1\n/words 1000' });
      await settled(api, context);
    });
    let isWriting = true;
    const all = Promise.all(written).finally(() => (isWriting = false));
    for (let looks = 0; looks < 3 || isWriting; looks++) {
      expect(await findingsIn(busy)).toEqual([]);
      // A look at SQLite waits for nothing, and would leave the writers no turn in this process.
      await new Promise(setImmediate);
    }
    await all;
    expect((await getMetadata(api, ids[0] ?? '')).state.type).toBe('awaiting_user');
  });
});

interface Damage {
  readonly does: readonly string[];
  readonly finds: readonly string[];
}

/** What is done to a copy, and all that is to be said of it. */
const damages: Readonly<Record<string, () => Damage>> = {
  'a chunk in the middle is gone': () => ({
    does: [`DELETE FROM chunks WHERE message_id = '${id.stream}' AND sequence = 2`],
    finds: [
      `context ${id.producer}: message ${id.stream}: its chunk 3 follows chunk 1`,
      `context ${id.producer}: message ${id.stream}: its chunks have 10 bytes, its stream 14`,
    ],
  }),
  'the last chunk of a final message is gone': () => ({
    does: [`DELETE FROM chunks WHERE message_id = '${id.freshAnswer}' AND sequence > 1`],
    finds: [
      `context ${id.fresh}: message ${id.freshAnswer}: its content is not what its chunks say`,
      `context ${id.fresh}: message ${id.freshAnswer}: its last chunk is 1, but its sequence is 5`,
    ],
  }),
  'a chunk says something else': () => ({
    does: [`UPDATE chunks SET delta = '"Mean "' WHERE message_id = '${id.freshAnswer}' AND sequence = 1`],
    finds: [`context ${id.fresh}: message ${id.freshAnswer}: its content is not what its chunks say`],
  }),
  'a chunk is no JSON, and of no kind': () => ({
    does: [
      `UPDATE chunks SET delta = 'Nice ', kind = 'smell' WHERE message_id = '${id.freshAnswer}' AND sequence = 1`,
    ],
    finds: [
      `context ${id.fresh}: message ${id.freshAnswer}: its chunk 1 has the unknown kind smell`,
      `context ${id.fresh}: message ${id.freshAnswer}: its chunk 1 is no JSON text`,
      `context ${id.fresh}: message ${id.freshAnswer}: its content is not what its chunks say`,
    ],
  }),
  'a block of chunks is gone': () => ({
    does: [`DELETE FROM chunk_blocks WHERE message_id = '${id.answer}' AND first_sequence = 257`],
    finds: [
      `context ${id.chat}: message ${id.answer}: its chunk 513 follows chunk 256`,
      `context ${id.chat}: message ${id.answer}: its content is not what its chunks say`,
    ],
  }),
  'a block says that it is longer than it is': () => ({
    does: [
      `UPDATE chunk_blocks SET last_sequence = 300 WHERE message_id = '${id.answer}' AND first_sequence = 1`,
    ],
    finds: [`context ${id.chat}: message ${id.answer}: its block of chunks 1 to 300 holds 256`],
  }),
  'a chunk is in a block and in a row': () => ({
    does: [
      `INSERT INTO chunks (message_id, sequence, kind, delta, created_at) VALUES ('${id.answer}', 3, 'text', '""', 1)`,
    ],
    finds: [
      expect.stringMatching(
        `^context ${id.chat}: message ${id.answer}: its chunk 3 follows chunk 6\\d\\d$`,
      ) as string,
      expect.stringMatching(
        `^context ${id.chat}: message ${id.answer}: its last chunk is 3, but its sequence is 6\\d\\d$`,
      ) as string,
    ],
  }),
  'a final sequence is another': () => ({
    does: [`UPDATE messages SET final_sequence = 6 WHERE id = '${id.freshAnswer}'`],
    finds: [
      `context ${id.fresh}: message ${id.freshAnswer}: its last chunk is 5, but its sequence is 6`,
      `context ${id.fresh}: message ${id.freshAnswer}: its data ends at sequence 5, its row at 6`,
    ],
  }),
  'a head has moved': () => ({
    does: [`UPDATE branches SET head_depth = 4 WHERE context_id = '${id.plain}'`],
    finds: [
      expect.stringMatching(
        `^context ${id.plain}: branch main: its head is .* at depth 4, but its chain ends with .* at 3$`,
      ) as string,
    ],
  }),
  'a message has another parent': () => ({
    does: [`UPDATE messages SET parent_id = NULL WHERE id = '${id.second}'`],
    finds: [
      expect.stringMatching(
        `^context ${id.plain}: branch main: message ${id.second} points to parent null, but .* stands before it$`,
      ) as string,
    ],
  }),
  'a message is gone from its chain': () => ({
    does: [`DELETE FROM messages WHERE id = '${id.second}'`],
    finds: [
      expect.stringMatching(
        `^context ${id.plain}: branch main: message .* at depth 3 follows depth 1$`,
      ) as string,
      expect.stringMatching(
        `^context ${id.plain}: branch main: message .* points to parent ${id.second}, but .* stands before it$`,
      ) as string,
      `search: there is no final message ${id.second}, which is in the index`,
    ],
  }),
  'the message that a branch forked from is gone': () => ({
    does: [
      `UPDATE branches SET parent_branch = 'nowhere' WHERE context_id = '${id.chat}' AND id = '${id.forked}'`,
    ],
    finds: [`context ${id.chat}: branch ${id.forked}: forks from nowhere, which is not there`],
  }),
  'a branch is gone': () => ({
    does: [`DELETE FROM branches WHERE context_id = '${id.plain}'`],
    finds: [
      `context ${id.plain}: there is no branch main`,
      expect.stringMatching(`^context ${id.plain}: branch main: has message .*, but is not there$`) as string,
    ],
  }),
  'a revision is past that of its context': () => ({
    does: [`UPDATE contexts SET revision = 2 WHERE id = '${id.plain}'`],
    finds: [
      expect.stringMatching(`^context ${id.plain}: a message has revision \\d, past its own 2$`) as string,
    ],
  }),
  'two messages share a revision': () => ({
    does: [
      `DROP INDEX messages_by_revision`,
      `UPDATE messages SET revision = 2 WHERE context_id = '${id.plain}'`,
    ],
    finds: [`context ${id.plain}: two of its messages share a revision`],
  }),
  'a state is none that exists': () => ({
    does: [`UPDATE contexts SET state = '{"type":"dreaming"}' WHERE id = '${id.plain}'`],
    finds: [expect.stringMatching(`^context ${id.plain}: its state is none that exists: `) as string],
  }),
  'a state lacks what it is to carry': () => ({
    does: [`UPDATE contexts SET state = '{"type":"streaming_response"}' WHERE id = '${id.producer}'`],
    finds: [
      expect.stringMatching(
        `^context ${id.producer}: its state is none that exists: state.message_id `,
      ) as string,
    ],
  }),
  'a state is listed as another': () => ({
    does: [`UPDATE contexts SET state_type = 'error', is_archived = 1 WHERE id = '${id.plain}'`],
    finds: [
      `context ${id.plain}: its state is awaiting_user, listed as error`,
      `context ${id.plain}: its state is awaiting_user, but is_archived is 1`,
    ],
  }),
  'a config is not JSON': () => ({
    does: [`UPDATE contexts SET config = '{' WHERE id = '${id.plain}'`],
    finds: [`context ${id.plain}: its config is not JSON`],
  }),
  'an open stream is gone': () => ({
    does: [`DELETE FROM open_streams WHERE message_id = '${id.stream}'`],
    finds: [
      `context ${id.producer}: message ${id.stream} streams, without an open stream`,
      `context ${id.producer}: 0 runs are open in the state streaming_response, not one`,
      `context ${id.producer}: message ${id.stream}: is streaming, without an open stream`,
    ],
  }),
  'the run of a turn is over': () => ({
    does: [`UPDATE runs SET status = 'completed', ended_at = 1 WHERE id = '${id.run}'`],
    finds: [`context ${id.running}: 0 runs are open in the state streaming_response, not one`],
  }),
  'a run is open though its turn is over': () => ({
    does: [`UPDATE runs SET status = 'running', ended_at = NULL WHERE context_id = '${id.fresh}'`],
    finds: [
      expect.stringMatching(`^context ${id.fresh}: run .* is open in the state awaiting_user$`) as string,
    ],
  }),
  'a queued message is not JSON': () => ({
    does: [`UPDATE runs SET input = '{' WHERE id = '${id.queued}'`],
    finds: [`context ${id.running}: run ${id.queued} waits, but its message is not JSON`],
  }),
  'a message waits behind nothing': () => ({
    does: [`UPDATE runs SET context_id = '${id.plain}' WHERE id = '${id.queued}'`],
    finds: [`context ${id.plain}: 1 messages wait behind a turn that is over`],
  }),
  'a run ended without an end': () => ({
    does: [`UPDATE runs SET ended_at = NULL WHERE context_id = '${id.fresh}'`],
    finds: [expect.stringMatching(/^run .*: its kind, its status and its end do not go together$/) as string],
  }),
  'the arguments of a call belong to none': () => ({
    does: [`UPDATE chunks SET kind = 'tool_arguments' WHERE message_id = '${id.stream}'`],
    finds: [1, 2].map(
      (at) => `context ${id.producer}: message ${id.stream}: its chunk ${at} belongs to no call`,
    ),
  }),
  'a message is of no role and no status': () => ({
    does: [`UPDATE messages SET role = 'ghost', status = 'lost' WHERE id = '${id.second}'`],
    finds: [
      `context ${id.plain}: message ${id.second}: there is no role ghost`,
      `context ${id.plain}: message ${id.second}: there is no status lost`,
    ],
  }),
  'what a message holds is not JSON': () => ({
    does: [`UPDATE messages SET data = '', metadata = '[]' WHERE id = '${id.second}'`],
    finds: [
      `context ${id.plain}: message ${id.second}: its metadata is no JSON object`,
      `context ${id.plain}: message ${id.second}: its data is no JSON object`,
    ],
  }),
  'a context is gone, and what was in it is not': () => ({
    does: [`DELETE FROM contexts WHERE id = '${id.fresh}'`],
    finds: [
      `branches main: its context is not there`,
      expect.stringMatching(/^messages .*: its context is not there$/) as string,
      expect.stringMatching(/^messages .*: its context is not there$/) as string,
      expect.stringMatching(/^runs .*: its context is not there$/) as string,
    ],
  }),
  'a streamed message is gone, and its chunks are not': () => ({
    does: [
      `DELETE FROM messages WHERE context_id = '${id.fresh}'`,
      `DELETE FROM messages WHERE id = '${id.stream}'`,
    ],
    finds: [
      `open_streams ${id.stream}: its message is not there`,
      expect.stringMatching(/^chunks of message .*: there is no such streamed message$/) as string,
      expect.stringMatching(/^chunks of message .*: there is no such streamed message$/) as string,
      `compactions of message ${id.freshAnswer}: there is no such streamed message`,
      `search: there is no final message ${id.freshAnswer}, which is in the index`,
      expect.stringMatching(/^search: there is no final message .*, which is in the index$/) as string,
      expect.stringMatching(/: its head is .*, but its chain ends with null at 0$/) as string,
      expect.stringMatching(/: its head is .*, but its chain ends with null at 0$/) as string,
    ],
  }),
  'a message cannot be searched for': () => ({
    does: [`DELETE FROM search_documents WHERE message_id = '${id.second}'`],
    finds: [
      `search: message ${id.second} is final, but not in the index`,
      expect.stringMatching(/^search: the words under \d+ are of no message$/) as string,
    ],
  }),
  'the words of a message are gone': () => ({
    does: [
      `DELETE FROM search_terms WHERE rowid IN (SELECT id FROM search_documents WHERE message_id = '${id.second}')`,
    ],
    finds: [`search: the words of message ${id.second} are not in the index`],
  }),
  'the answer to an idempotency key is not JSON': () => ({
    does: [`UPDATE idempotency_keys SET answer = NULL`],
    finds: [`idempotency key "k" of local: its answer is not JSON`],
  }),
};

describe('a line says that', () => {
  it.each(Object.keys(damages))('%s', async (name) => {
    const { does, finds } = damages[name]?.() ?? { does: [], finds: [] };
    const damaged = await copyOf(copy);
    try {
      for (const statement of does) await sql(damaged, statement);
      const found = await findingsIn(damaged);
      expect(found).toEqual(expect.arrayContaining([...finds]));
      expect(found).toHaveLength(finds.length);
    } finally {
      await damaged.remove();
    }
  });

  it('and the exit code, and the count', async () => {
    const damaged = await copyOf(copy);
    try {
      await sql(damaged, `UPDATE contexts SET config = '{' WHERE id = '${id.plain}'`);
      const { code, stdout, stderr } = await pullcord(['verify'], damaged);
      expect({ code, stderr }).toEqual({ code: 1, stderr: '' });
      expect(stdout).toMatch(
        new RegExp(`^context ${id.plain}: its config is not JSON\n6 contexts, .*: 1 findings.\n$`),
      );
    } finally {
      await damaged.remove();
    }
  });
});

if (dialect === 'sqlite')
  describe('a file', () => {
    const withFile = async (work: (file: string) => Promise<void>): Promise<void> => {
      const damaged = await copyOf(copy);
      try {
        await work(damaged.databaseFile);
      } finally {
        await damaged.remove();
      }
    };

    it('whose pages are damaged is reported as far as it can be read', () =>
      withFile(async (file) => {
        const [last] = await sql<{ offset: number }>(
          { ...copy, databaseFile: file },
          `SELECT max(pgoffset) AS offset FROM dbstat WHERE name = 'chunk_blocks'`,
        );
        const fd = openSync(file, 'r+');
        writeSync(fd, Buffer.alloc(4096, 'no longer a page'), 0, 4096, last?.offset);
        closeSync(fd);
        const { code, stdout, stderr } = await pullcord(['verify', file]);
        expect({ code, stderr }).toEqual({ code: 1, stderr: '' });
        expect(stdout).toMatch(/^database: .*[Pp]age/);
        expect(stdout).toMatch(/: \d+ findings\.\n$/);
      }));

    it('that a newer version wrote is not judged', () =>
      withFile(async (file) => {
        const place = { ...copy, databaseFile: file };
        await sql(place, `INSERT INTO migrations (timestamp, name) VALUES (9, 'Tomorrow9')`);
        expect(await pullcord(['verify', file])).toEqual({
          code: 1,
          stdout: '',
          stderr: 'The database was written by a newer version (migration Tomorrow9 is unknown here).\n',
        });
        await sql(place, `DELETE FROM migrations`);
        expect((await pullcord(['verify', file])).stderr).toMatch(/^It is not a Pullcord database/);
      }));

    it('that is not there, or that nobody understands, is said so', async () => {
      expect(await pullcord(['verify', '/nowhere/pullcord.db'])).toMatchObject({
        code: 1,
        stderr: 'There is no database /nowhere/pullcord.db.\n',
      });
      expect(await pullcord(['verify', 'one', 'two'])).toMatchObject({ code: 2, stdout: '' });
      expect((await pullcord(['verify', fileOfThisTest])).stderr).toMatch(/is not a SQLite database/);
    });
  });
