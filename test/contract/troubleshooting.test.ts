// docs/troubleshooting.md: every message in it is one that the server, or its programs, really say.
import { writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { beforeAll, describe, expect, it } from 'vitest';
import { act, beginStream, createContext, finalize, reaches } from '../support/api.js';
import { FakeUpstream, partial, refusal, stall, type Plan } from '../support/fake-upstream.js';
import {
  commandOfUncompiled,
  failedTurn,
  newerDatabase,
  refusedStart,
  startWithOldNode,
  whilePortIsTaken,
} from '../support/failures.js';
import { caller, type Caller } from '../support/http.js';
import { fencesOf, missingIn, readPage } from '../support/pages.js';
import { startServer, type TestServer } from '../support/server.js';

let server: TestServer;
let api: Caller;
beforeAll(async () => {
  server = await startServer({ dialect: 'sqlite' });
  api = caller(server);
});

const answerTo = async (path: string, init: RequestInit = {}, from = server): Promise<string> =>
  (await fetch(from.url + path, init)).text();
const post = (body: unknown): RequestInit => ({
  method: 'POST',
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(body),
});
const newContext = async (): Promise<string> => (await createContext(api)).id;

/** Brings each failure about, by its name in the page, and gives what was said. */
const failures: Readonly<Record<string, () => Promise<string>>> = {
  'old-node': () => Promise.resolve(startWithOldNode()),
  'port-taken': () => whilePortIsTaken((port) => refusedStart({ PORT: String(port) })),
  'folder-in-use': () => refusedStart({ PULLCORD_DATA_DIR: join(server.folder, 'data') }),
  'open-host': () => refusedStart({ HOST: '0.0.0.0' }),
  'unknown-setting': () => refusedStart({ PULLCORD_HARTBEAT_MS: '1' }),
  'wrong-setting': () => refusedStart({ PULLCORD_HEARTBEAT_MS: 'often' }),
  'no-postgres': () => refusedStart({ DATABASE_URL: 'postgres://ada:sesame@127.0.0.1:9/pullcord' }),
  'newer-database': () => newerDatabase((prepare) => refusedStart({}, prepare)),
  'no-database': () => refusedStart({}, (data) => writeFileSync(join(data, 'pullcord.db'), 'Dear diary\n')),
  'not-compiled': () => Promise.resolve(commandOfUncompiled()),
  'no-model': async () => answerTo('/contexts', post({ config: { model: 'openai/gpt-4o' } })),
  'no-token': async () => {
    const guarded = await startServer({ dialect: 'sqlite', env: { PULLCORD_TOKENS: 'ada:sesame' } });
    return answerTo('/contexts', {}, guarded);
  },
  'foreign-host': () => answerTo('/contexts', { headers: { origin: 'https://chat.example' } }),
  'foreign-name': () => askedByName('chat.example'),
  busy: async () => {
    const id = await newContext();
    await act(api, id, 'send_message', { content: '/stall' });
    return answerTo(`/contexts/${id}/actions/send_message`, post({ content: 'Me too' }));
  },
  'cursor-ahead': async () => answerTo(`/contexts/${await newContext()}/messages?changed_since=1000`),
  'key-reused': async () => {
    const send = (title: string) => ({
      ...post({ title }),
      headers: { 'content-type': 'application/json', 'idempotency-key': 'the-same' },
    });
    await answerTo('/contexts', send('One'));
    return answerTo('/contexts', send('Two'));
  },
  'sequence-mismatch': async () => {
    const stream = await beginStream(api, await newContext());
    return answerTo(`${stream}/streaming-chunks`, post({ expected_sequence: 7, chunks: [{ delta: 'a' }] }));
  },
  'stream-closed': async () => {
    const stream = await beginStream(api, await newContext());
    await finalize(api, stream);
    return answerTo(`${stream}/streaming-chunks`, post({ chunks: [{ delta: 'a' }] }));
  },
  interrupted: async () => {
    const own = await startServer({ dialect: 'sqlite' });
    const client = caller(own);
    const { id } = await createContext(client);
    await act(client, id, 'send_message', { content: '/stall' });
    await reaches(client, id, 'streaming_response');
    await own.restart();
    await reaches(caller(own), id, 'error');
    return answerTo(`/contexts/${id}/state`, {}, own);
  },
  unreachable: () =>
    failedTurn(
      { OPENAI_BASE_URL: 'http://127.0.0.1:9/v1', PULLCORD_DEFAULT_MODEL: 'openai/llama3.2' },
      'Hello',
    ),
  'wrong-key': () => turnOn(refusal(401, 'Incorrect API key provided.')),
  'silent-model': () => turnOn(partial('Once', stall), { PULLCORD_MODEL_IDLE_TIMEOUT_MS: '200' }),
};

/** A turn with a provider that answers as planned. */
async function turnOn(plan: Plan, env: Readonly<Record<string, string>> = {}): Promise<string> {
  const upstream = await FakeUpstream.start();
  upstream.enqueue(plan);
  const said = await failedTurn(
    { OPENAI_BASE_URL: upstream.url, PULLCORD_DEFAULT_MODEL: 'openai/any', ...env },
    'Hello',
  );
  await upstream.close();
  return said;
}

/** What the server says to somebody who has it by another name; fetch does not let one choose that. */
async function askedByName(host: string): Promise<string> {
  const { port } = new URL(server.url);
  const asked = request({ port, host: '127.0.0.1', path: '/contexts', headers: { host } });
  return new Promise((resolve, reject) => {
    asked.on('response', (answer) => resolve(text(answer))).on('error', reject);
    asked.end();
  });
}

const shown = fencesOf(readPage('docs/troubleshooting.md')).filter(({ language }) => language === 'text');

describe('docs/troubleshooting.md', () => {
  it('has each failure that is brought about here, and no other', () => {
    expect(shown.map(({ name }) => name).sort()).toEqual(Object.keys(failures).sort());
  });

  it.each(shown)('$name is what is really said', async ({ name, code }) => {
    const said = (await failures[name]?.()) ?? '';
    expect({ said, missing: missingIn(said, code) }).toEqual({ said, missing: [] });
  });
});
