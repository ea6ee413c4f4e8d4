// Contexts whose time to live is over are deleted by themselves, as if their owners had; and what the audit log says.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { appendText, beginStream, body, createContext, getContext, refused } from '../support/api.js';
import { movableClock } from '../support/clock.js';
import { caller, type Caller } from '../support/http.js';
import { ownersTokens } from '../support/owners.js';
import { expectClean } from '../support/pullcord.js';
import { startServer, type TestServer } from '../support/server.js';
import { until } from '../support/until.js';

interface Entry {
  readonly id: string;
  readonly actor: string;
  readonly action: string;
  readonly context_id: string;
  readonly facts: Readonly<Record<string, unknown>>;
  readonly created_at: string;
}

interface AuditPage {
  readonly entries: readonly Entry[];
  readonly next_cursor: string | null;
}

const hour = 3_600_000;
let server: TestServer;
let [ada, bob]: Caller[] = [];
const ids = { old: '', archived: '', short: '', lengthened: '', busy: '', young: '', bobs: '' };

const callers = (): Caller[] => [0, 1].map((n) => caller(server, { token: `token-of-owner-${n}` }));
const audit = async (api: Caller | undefined, query = ''): Promise<AuditPage> =>
  body(await (api as Caller).get<AuditPage>(`/audit${query}`));
const make = async (api: Caller | undefined, config: object = {}): Promise<string> =>
  (await createContext(api as Caller, { title: 'SECRET', config })).id;

beforeAll(async () => {
  server = await startServer({
    ...movableClock,
    env: {
      PULLCORD_TOKENS: ownersTokens,
      PULLCORD_CONTEXT_TTL_MS: String(10 * hour),
      PULLCORD_RETENTION_SWEEP_MS: '20',
      PULLCORD_EXTERNAL_STREAM_IDLE_MS: String(100 * hour),
    },
  });
  [ada, bob] = callers();
  ids.old = await make(ada);
  ids.archived = await make(ada);
  body(await (ada as Caller).post(`/contexts/${ids.archived}/actions/archive`), 202);
  ids.short = await make(ada, { ttl_ms: hour });
  ids.lengthened = await make(ada, { ttl_ms: 1000 * hour });
  ids.busy = await make(ada);
  await beginStream(ada as Caller, ids.busy);
  ids.bobs = await make(bob);
});
afterAll(() => expectClean(server));

const isGone = async (api: Caller | undefined, id: string): Promise<boolean> =>
  (await (api as Caller).get(`/contexts/${id}`)).status === 404;

it('deletes after two hours what asked for one, and nothing else', async () => {
  await server.stop();
  await server.restart({ CLOCK_OFF_MINUTES: '120' });
  [ada, bob] = callers();
  await until(() => isGone(ada, ids.short), { what: 'the time to be over' });
  for (const id of [ids.old, ids.archived, ids.lengthened, ids.busy])
    expect(await isGone(ada, id)).toBe(false);
  expect((await audit(ada)).entries).toMatchObject([
    { actor: 'retention', action: 'context_expired', context_id: ids.short },
  ]);
  ids.young = await make(ada);
});

it('lets an expired context come back, whose time then begins anew', async () => {
  body(await (ada as Caller).post(`/contexts/${ids.short}/actions/undelete`), 202);
  expect(await getContext(ada as Caller, ids.short)).toMatchObject({ title: 'SECRET' });
  await server.stop();
  await server.restart({ CLOCK_OFF_MINUTES: '150' });
  [ada, bob] = callers();
  await appendText(ada as Caller, ids.short, 'Still here');
});

it('deletes after the deployment’s time what has not changed, of every owner, archived or not', async () => {
  await server.stop();
  await server.restart({ CLOCK_OFF_MINUTES: '660' });
  [ada, bob] = callers();
  for (const id of [ids.old, ids.archived, ids.short, ids.lengthened])
    await until(() => isGone(ada, id), { what: 'the time to be over' });
  await until(() => isGone(bob, ids.bobs), { what: 'the time to be over' });
  expect(await isGone(ada, ids.young)).toBe(false);
  expect(await isGone(ada, ids.busy)).toBe(false);
  const { contexts } = body(
    await (ada as Caller).get<{ contexts: { id: string; reason: string }[] }>('/deleted-contexts'),
  );
  expect(contexts.map(({ id, reason }) => `${id} ${reason}`).sort()).toEqual(
    [ids.old, ids.archived, ids.short, ids.lengthened].map((id) => `${id} expired`).sort(),
  );
});

it('shows each owner what was done to their contexts, the newest first, and nothing that they wrote', async () => {
  const whole = await audit(ada);
  expect(whole.entries.map(({ action }) => action).toSorted()).toEqual([
    ...Array<string>(5).fill('context_expired'),
    'context_undeleted',
  ]);
  expect(whole.entries.map(({ id }) => id)).toEqual(
    whole.entries
      .map(({ id }) => id)
      .toSorted()
      .reverse(),
  );
  const first = await audit(ada, '?limit=4');
  const rest = await audit(ada, `?limit=4&cursor=${first.next_cursor}`);
  expect([...first.entries, ...rest.entries]).toEqual(whole.entries);
  expect(rest.next_cursor).toBeNull();
  expect(JSON.stringify(whole)).not.toContain('SECRET');
  expect((await audit(bob)).entries).toMatchObject([
    { actor: 'retention', action: 'context_expired', context_id: ids.bobs },
  ]);
});

it('purges after the grace, and forgets the entries of the audit log in the end', async () => {
  await server.stop();
  // A month and a half, and then more than a year.
  await server.restart({ CLOCK_OFF_MINUTES: String(45 * 24 * 60) });
  [ada, bob] = callers();
  const isPurged = async (): Promise<boolean> =>
    (await audit(bob)).entries.some(({ action }) => action === 'context_purged');
  await until(isPurged, { what: 'the purge' });
  expect(refused(await (bob as Caller).post(`/contexts/${ids.bobs}/actions/undelete`))).toBe(
    '404 context_not_found',
  );
  await server.stop();
  await server.restart({ CLOCK_OFF_MINUTES: String(500 * 24 * 60) });
  [ada, bob] = callers();
  await until(async () => (await audit(bob)).entries.length === 0, { what: 'the entries to be forgotten' });
});

it('takes a time of its own from a minute on, and gives it back', async () => {
  const api = ada as Caller;
  for (const ttl_ms of [0, 59_999, 1.5, '1', 1e15])
    expect(refused(await api.post('/contexts', { config: { ttl_ms } }))).toBe('400 invalid_request');
  const { id } = await createContext(api, { config: { ttl_ms: hour } });
  expect((await getContext(api, id)).config).toEqual({ ttl_ms: hour });
  expect(body(await api.patch(`/contexts/${id}`, { config: { ttl_ms: null } }))).toMatchObject({
    config: {},
  });
});
