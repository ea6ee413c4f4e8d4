// The limits of exports and imports, and what is there after each.
import { once } from 'node:events';
import { get, request, type IncomingMessage } from 'node:http';
import { expect, it } from 'vitest';
import { newId } from '../../src/kernel/ids.js';
import { act, appendText, body, createContext, getContext, refused } from '../support/api.js';
import { caller } from '../support/http.js';
import { expectClean } from '../support/pullcord.js';
import { startServer } from '../support/server.js';
import { until } from '../support/until.js';

interface Outcome {
  readonly contexts: readonly { readonly id: string; readonly message_count: number }[];
}

it('breaks off an export that nobody reads, and refuses one more than may be under way', async () => {
  const server = await startServer({ env: { PULLCORD_MAX_EXPORTS: '1' } });
  const api = caller(server);
  const { id } = await createContext(api);
  // More than the buffers between the two hold.
  for (let n = 0; n < 30; n++) await appendText(api, id, 'x'.repeat(1_000_000));

  const [held] = (await once(get(`${server.url}/contexts/${id}/export`), 'response')) as [IncomingMessage];
  expect(refused(await api.get(`/contexts/${id}/export`))).toBe('429 too_many_requests');
  held.destroy();
  const isFree = async (): Promise<boolean> =>
    (await api.get(`/contexts/${id}/export?format=markdown`)).status === 200;
  await until(isFree, { what: 'the export to be over once its client has gone' });

  const small = await createContext(api);
  const isFreeAgain = async (): Promise<boolean> =>
    (await api.get(`/contexts/${small.id}/export`)).status === 200;
  await server.restart({ PULLCORD_EXPORT_TIMEOUT_MS: '300' });
  const [slow] = (await once(get(`${server.url}/contexts/${id}/export`), 'response')) as [IncomingMessage];
  await until(isFreeAgain, { what: 'the export that nobody reads to be broken off' });
  slow.destroy();
});

it('refuses an import too many, and a file that is too large, before it is read', async () => {
  const server = await startServer({ env: { PULLCORD_MAX_IMPORTS: '1', PULLCORD_IMPORT_BYTES: '10000' } });
  const api = caller(server);
  const { id } = await createContext(api, { title: 'Small' });
  const file = await (await fetch(`${server.url}/contexts/${id}/export`)).text();
  const open = request(`${server.url}/contexts/import`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'content-length': '5000', expect: '100-continue' },
  });
  open.on('error', () => undefined);
  open.flushHeaders();
  await once(open, 'continue');
  expect(refused(await api.post('/contexts/import', file))).toBe('429 too_many_requests');
  open.destroy();
  const isTaken = async (): Promise<boolean> => (await api.post('/contexts/import', file)).status === 201;
  await until(isTaken, { what: 'the import to be over once its client has gone' });
  const isTooLarge = async (): Promise<boolean> =>
    (await api.post('/contexts/import', ' '.repeat(10_001))).status === 413;
  await until(isTooLarge, { what: 'a file that is too large to be refused' });
  await expectClean(server);
});

it('imports once under one key, whatever is sent again', async () => {
  const server = await startServer();
  const api = caller(server);
  const { id } = await createContext(api);
  await appendText(api, id, 'Once');
  const file = await (await fetch(`${server.url}/contexts/${id}/export`)).text();
  const keyed = { headers: { 'idempotency-key': 'import-1' } };
  const first = body(await api.post<Outcome>('/contexts/import', file, keyed), 201);
  expect(body(await api.post<Outcome>('/contexts/import', file, keyed), 201)).toEqual(first);
  expect(refused(await api.post('/contexts/import', file.replace('Once', 'Else'), keyed))).toBe(
    '422 idempotency_key_reused',
  );
  const { contexts } = body(await api.get<{ contexts: object[] }>('/contexts'));
  expect(contexts).toHaveLength(2);
  await expectClean(server);
});

it('refuses what could not be a context, names it, and writes nothing', async () => {
  const env = { PULLCORD_MAX_BRANCHES: '2', PULLCORD_MAX_BRANCH_PARTS: '2', PULLCORD_MAX_PINS: '1' };
  const server = await startServer({ env });
  const api = caller(server);
  const { id } = await createContext(api, { config: { model: 'scripted/fast' } });
  await act(api, id, 'send_message', { content: 'Hello' });
  await until(async () => (await getContext(api, id)).state.type === 'awaiting_user', { what: 'the answer' });
  const file = await (await fetch(`${server.url}/contexts/${id}/export`)).text();
  type File = {
    messages: Record<string, unknown>[];
    branches: Record<string, unknown>[];
    context: Record<string, unknown>;
    pins: Record<string, unknown>[];
  };
  const branchOf = ({ branches }: File, facts: object): Record<string, unknown> => {
    const none = { id: newId(), name: 'other', head_depth: 0, head_message_id: null };
    return { ...branches[0], ...none, ...facts };
  };
  const wrong: readonly (readonly [path: string, change: (file: File) => void])[] = [
    ['messages.0.role', ({ messages }) => (messages[0] = { ...messages[0], role: 'king' })],
    ['messages.1.id', ({ messages }) => (messages[1] = { ...messages[0], revision: 99 })],
    ['messages.1.parent_id', ({ messages }) => (messages[1] = { ...messages[1], parent_id: 'x' })],
    ['branches.0', ({ messages }) => messages.pop()],
    ['context.active_branch', (file) => (file.branches = [])],
    ['messages.1.revision', ({ messages }) => (messages[1] = { ...messages[1], revision: 1000 })],
    ['messages.1.chunks', ({ messages }) => (messages[1] = { ...messages[1], chunks: 'none' })],
    [
      'messages.1.data.content',
      ({ messages }) =>
        (messages[1] = { ...messages[1], data: { ...(messages[1]?.data as object), content: 'Else' } }),
    ],
    ['context.state', ({ context }) => (context.state = { type: 'happy' })],
    ['context.config.parameters', ({ context }) => (context.config = { parameters: 'hot' })],
    [
      'branches.0.config.tool_policy',
      ({ branches }) =>
        (branches[0] = { ...branches[0], config: { tool_policy: { policy: 'auto_approve' } } }),
    ],
    ['branches', (file) => file.branches.push(branchOf(file, { name: 'a' }), branchOf(file, { name: 'b' }))],
    [
      'branches.1.parts',
      (file) => {
        const parts = [1, 2, 3].map((depth) => ({
          depth,
          length: 1,
          source_branch: 'main',
          source_depth: 1,
        }));
        const head = { head_depth: 3, head_message_id: file.messages[0]?.['id'] };
        file.branches.push(branchOf(file, { parts, ...head }));
      },
    ],
    [
      'pins',
      ({ messages, pins }) =>
        pins.push(...messages.map(({ id, created_at }) => ({ message_id: id, created_at }))),
    ],
    [
      'branches.1.head_depth',
      (file) => {
        const deleted_at = file.context['created_at'];
        file.branches.push(branchOf(file, { parent_branch: 'main', fork_depth: 100_000_000, deleted_at }));
      },
    ],
    ['branches.0.name', ({ branches }) => (branches[0] = { ...branches[0], name: 'ma\0in' })],
    ['unheard_of', (file) => Object.assign(file, { unheard_of: 1 })],
  ];
  for (const [path, change] of wrong) {
    const changed = JSON.parse(file) as File;
    change(changed);
    const answer = await api.post<{ errors: { path: string }[] }>('/contexts/import', changed);
    expect({ path, is: refused(answer) }).toEqual({ path, is: '400 invalid_request' });
    expect(answer.body.errors.map((one) => one.path).join(), path).toContain(path);
  }
  const lines = (await (await fetch(`${server.url}/contexts/${id}/export?format=jsonl`)).text()).split('\n');
  for (const cut of [lines.slice(0, -2), lines.slice(0, 1), [...lines, '{"type":"message"}']])
    expect(refused(await api.post('/contexts/import', cut.join('\n')))).toBe('400 invalid_request');
  expect(body(await api.get<{ contexts: object[] }>('/contexts')).contexts).toHaveLength(1);
  await expectClean(server);
});

it('stops at a file with too many values that are no contexts, and imports nothing of it', async () => {
  const server = await startServer();
  const api = caller(server);
  const { id } = await createContext(api);
  const file = JSON.stringify(body(await api.get(`/contexts/${id}/export`)));
  const withWrong = (count: number): string => `[${file}${',0'.repeat(count)}]`;

  expect(refused(await api.post('/contexts/import', withWrong(10_001)))).toBe('413 limit_exceeded');
  expect(body(await api.get<{ contexts: object[] }>('/contexts')).contexts).toHaveLength(1);
  type Left = Outcome & { readonly errors: readonly { readonly index: number }[] };
  const most = body(await api.post<Left>('/contexts/import', withWrong(10_000)), 201);
  expect(most.contexts).toHaveLength(1);
  expect(most.errors.map(({ index }) => index)).toEqual(Array.from({ length: 100 }, (_, n) => n + 1));
  await expectClean(server);
});

it('finds the messages of an import, and shows nobody another’s file', async () => {
  const tokens = 'ada:sesame-sesame-sesame,bob:barley-barley-barley';
  const server = await startServer({ env: { PULLCORD_TOKENS: tokens } });
  const ada = caller(server, { token: 'sesame-sesame-sesame' });
  const bob = caller(server, { token: 'barley-barley-barley' });
  const { id } = await createContext(ada);
  await appendText(ada, id, 'The word is pomegranate');
  const file = JSON.stringify(body(await ada.get(`/contexts/${id}/export`)));
  expect(refused(await bob.get(`/contexts/${id}/export`))).toBe('404 context_not_found');
  const { contexts } = body(await bob.post<Outcome>('/contexts/import', file), 201);
  expect(refused(await ada.get(`/contexts/${contexts[0]?.id}`))).toBe('404 context_not_found');
  const found = body(await bob.get<{ results: { context_id: string }[] }>('/search?q=pomegranate'));
  expect(found.results.map(({ context_id }) => context_id)).toEqual([contexts[0]?.id]);
});
