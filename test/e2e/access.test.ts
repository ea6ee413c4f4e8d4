// Protocol 1.3 to 1.5: who may call, and what they may see.
import { createHash } from 'node:crypto';
import { beforeAll, expect, it } from 'vitest';
import {
  act,
  appendText,
  beginStream,
  body,
  createContext,
  getContext,
  getPage,
  refusal,
  refused,
  type Problem,
} from '../support/api.js';
import { call, caller, type Caller } from '../support/http.js';
import { sendRaw } from '../support/raw-http.js';
import { isOpen, isStream, operationsOf, pathOf, type Operation } from '../support/operations.js';
import { startServer, type TestServer } from '../support/server.js';
import { SseStream } from '../support/sse.js';

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
const nobody = '01890a5d-ac96-774b-bcce-b302099a8057';

let server: TestServer;
let ada: Caller;
let bob: Caller;
let operations: readonly Operation[];
beforeAll(async () => {
  const tokens = `ada:ada-token,bob:sha256:${sha256('bob-token')}`;
  server = await startServer({ env: { PULLCORD_TOKENS: tokens } });
  ada = caller(server, { token: 'ada-token' });
  bob = caller(server, { token: 'bob-token' });
  operations = await operationsOf(server);
});

/** Asks for an operation with the body of its example, the ids in it replaced by those given. */
function ask(operation: Operation, ids: Record<string, string>, headers: Record<string, string>) {
  const { method, example } = operation;
  const known = Object.entries(example ?? {}).map(([name, value]) => [name, ids[name] ?? value]);
  const input = operation.takesBody ? Object.fromEntries(known) : undefined;
  return call(method, server.url + pathOf(operation, ids), { headers, body: input });
}

it('lets nobody in without a token, but where it tells nothing about anybody', async () => {
  const ids = { context_id: (await createContext(ada)).id, message_id: nobody };
  expect(operations.length).toBeGreaterThan(25);
  for (const operation of operations) {
    const answers = await Promise.all(
      [
        '',
        'Bearer',
        'Bearer ',
        'Bearer wrong',
        'Basic YWRhOmFkYS10b2tlbg==',
        'ada-token',
        'Bearer ada-token x',
      ].map((authorization) => ask(operation, ids, authorization ? { authorization } : {})),
    );
    for (const answer of answers) {
      if (isOpen(operation)) expect(answer.status, operation.id).toBe(200);
      else {
        expect(refused(answer), operation.id).toBe('401 unauthorized');
        expect(answer.headers.get('www-authenticate'), operation.id).toBe('Bearer realm="pullcord"');
      }
    }
  }
  expect(await getContext(ada, ids.context_id)).toMatchObject({ revision: 1, title: null });
});

it('reads nothing of a large file from somebody without a token', async () => {
  const head = [
    'POST /contexts/import HTTP/1.1',
    `Host: ${new URL(server.url).host}`,
    'Content-Type: application/zip',
    'Content-Length: 60000000',
    'Connection: close',
  ];
  expect(refused(await sendRaw(server, head))).toBe('401 unauthorized');
});

it('takes a token that is set in plain text or as its hash, and never the hash itself', async () => {
  const list = async (token: string) => (await call('GET', `${server.url}/contexts`, { token })).status;
  expect(await list('ada-token')).toBe(200);
  expect(await list('bob-token')).toBe(200);
  for (const other of [
    sha256('bob-token'),
    `sha256:${sha256('bob-token')}`,
    'ada',
    'ada:ada-token',
    'ADA-TOKEN',
  ])
    expect(await list(other), other).toBe(401);
  const lower = { authorization: 'bearer ada-token' };
  expect((await call('GET', `${server.url}/contexts`, { headers: lower })).status).toBe(200);
});

/** A problem without what is different each time that it is answered. */
const constant = (problem: Problem, ...ids: readonly string[]): unknown => {
  const { instance: _, ...rest } = problem;
  return JSON.parse(ids.reduce((text, id) => text.replaceAll(id, 'ID'), JSON.stringify(rest)));
};

it("answers on every route about another's context as about one that does not exist", async () => {
  const { id } = await createContext(ada, { title: 'Private' });
  const { message_id: text } = await appendText(ada, id, 'Secret');
  const branch_id = 'main';
  const stream = await beginStream(ada, id);
  const before = [await getContext(ada, id), await getPage(ada, id)];
  const routes = operations.filter(({ path }) => path.includes('{context_id}'));
  expect(routes.length).toBeGreaterThan(20);
  for (const operation of routes) {
    const headers = { authorization: 'Bearer bob-token' };
    for (const message_id of [text, stream.split('/').at(-1) ?? '']) {
      const theirs = await ask(operation, { context_id: id, message_id, branch_id }, headers);
      const none = await ask(operation, { context_id: nobody, message_id, branch_id }, headers);
      expect(refused(theirs), operation.id).toMatch(/^404 (context|message)_not_found$/);
      expect(constant(refusal(theirs), id, message_id)).toEqual(constant(refusal(none), nobody, message_id));
    }
  }
  const guesses = { headers: { 'if-match': '*', 'if-none-match': '*', 'idempotency-key': 'k' } };
  expect(refused(await bob.delete(`/contexts/${id}`, guesses))).toBe('404 context_not_found');
  expect(refused(await bob.get(`/contexts/${id}/metadata`, guesses))).toBe('404 context_not_found');
  expect([await getContext(ada, id), await getPage(ada, id)]).toEqual(before);
});

it('finds on those same routes what the owner asks for', async () => {
  for (const operation of operations.filter(({ path }) => path.includes('{context_id}'))) {
    const { id } = await createContext(ada);
    const stream = await beginStream(ada, id);
    const message_id = stream.split('/').at(-1) ?? '';
    const ids = { context_id: id, message_id, from_message_id: message_id, branch_id: 'main' };
    const path = pathOf(operation, ids);
    if (isStream(operation)) {
      const opened = await SseStream.open(server.url + path, { token: 'ada-token' });
      expect(opened.status, operation.id).toBe(200);
      opened.destroy();
      continue;
    }
    const answer = await ask(operation, ids, { authorization: 'Bearer ada-token' });
    const isRefused = answer.status >= 400;
    if (isRefused) expect(refusal(answer).code, operation.id).not.toMatch(/^(context|message)_not_found$/);
  }
});

it('keeps the lists of owners apart, whatever is searched for', async () => {
  const { id } = await createContext(ada, { title: 'Only hers' });
  const listed = async (api: Caller, query: string) =>
    body(await api.get<{ contexts: { id: string }[] }>(`/contexts?limit=200${query}`)).contexts.map(
      ({ id }) => id,
    );
  for (const query of ['', '&q=only', '&state=initial', '&archived=false']) {
    expect(await listed(ada, query), query).toContain(id);
    expect(await listed(bob, query), query).not.toContain(id);
  }
  await act(ada, id, 'archive');
  expect(await listed(bob, '&archived=true')).not.toContain(id);
});

it('keeps the signals of owners apart', async () => {
  const hers = await createContext(ada);
  const his = await createContext(bob);
  const streams = await Promise.all(
    ['ada-token', 'bob-token'].map((token) => SseStream.open(`${server.url}/events`, { token })),
  );
  await appendText(ada, hers.id, 'x');
  await appendText(bob, his.id, 'x');
  await appendText(ada, hers.id, 'x');
  for (const stream of streams) {
    // What one would get of the other came before, or in between.
    await stream.nextSignal('message_created');
    await stream.nextSignal('state_changed');
  }
  const [herSignals, hisSignals] = streams.map(({ signals }) => signals.map(({ context_id }) => context_id));
  expect(herSignals).toContain(hers.id);
  expect(herSignals).not.toContain(his.id);
  // Her stream began with snapshots of all that is under way; of those, his knows nothing either.
  expect(new Set(hisSignals)).toEqual(new Set([his.id]));
  for (const stream of streams) stream.destroy();
  for (const path of [`/events?contexts=${hers.id}`, `/events?contexts=${his.id},${hers.id}`])
    expect(refused(await bob.get(path)), path).toBe('404 context_not_found');
});
