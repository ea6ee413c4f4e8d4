// What the devices of a user share: tabs, the state of the interface, preferences, and the signal that says so.
import { beforeAll, expect, it } from 'vitest';
import { body, createContext, refused } from '../support/api.js';
import type { Caller } from '../support/http.js';
import { SharedServer } from '../support/owners.js';
import { SseStream } from '../support/sse.js';

interface Session {
  readonly revision: number;
  readonly tabs: readonly { readonly context_id: string }[];
  readonly active_context_id: string | null;
  readonly ui_state: Readonly<Record<string, unknown>>;
  readonly preferences: Readonly<Record<string, unknown>>;
}

let shared: SharedServer;
beforeAll(async () => {
  shared = await SharedServer.start({ env: { PULLCORD_SESSION_MAX_TABS: '4' } });
});

const session = async (api: Caller): Promise<Session> => body(await api.get<Session>('/session'));
const open = async (api: Caller, context_id: string, more: object = {}): Promise<Session> =>
  body(await api.post<Session>('/session/tabs', { context_id, ...more }));
const close = async (api: Caller, id: string): Promise<Session> =>
  body(await api.delete<Session>(`/session/tabs/${id}`));
const patch = async (api: Caller, change: object): Promise<Session> =>
  body(await api.patch<Session>('/session', change));
const make = (api: Caller, count: number): Promise<string[]> =>
  Promise.all(Array.from({ length: count }, async () => (await createContext(api)).id));
const tabsOf = ({ tabs }: Session): string[] => tabs.map(({ context_id }) => context_id);

it('is empty at first, and no one else’s', async () => {
  const [api, other] = [shared.newOwner(), shared.newOwner()];
  const [mine = ''] = await make(api, 1);
  const empty = { revision: 0, tabs: [], active_context_id: null, ui_state: {}, preferences: {} };
  expect(await session(api)).toMatchObject(empty);
  await open(api, mine);
  expect(await session(other)).toMatchObject(empty);
  expect(refused(await other.post('/session/tabs', { context_id: mine }))).toBe('404 context_not_found');
  expect(refused(await other.delete(`/session/tabs/${mine}`))).toBe('404 context_not_found');
});

it('opens, activates, orders and closes tabs', async () => {
  const api = shared.newOwner();
  const [a = '', b = '', c = '', d = '', e = ''] = await make(api, 5);
  for (const id of [a, b, c]) await open(api, id);
  expect(await session(api)).toMatchObject({ revision: 3, active_context_id: c });
  expect(tabsOf(await open(api, d, { position: 0 }))).toEqual([d, a, b, c]);
  expect(refused(await api.post('/session/tabs', { context_id: e }))).toBe('413 limit_exceeded');
  expect(await open(api, a)).toMatchObject({ revision: 5, active_context_id: a });
  expect(await open(api, a)).toMatchObject({ revision: 5 });
  expect(tabsOf(await patch(api, { tab_order: [c, e, b] }))).toEqual([c, b, d, a]);
  expect(await patch(api, { active_context_id: b })).toMatchObject({ active_context_id: b });
  expect(refused(await api.patch('/session', { active_context_id: e }))).toBe('422 unprocessable');
  // What was used last before is shown next.
  expect(await close(api, b)).toMatchObject({ active_context_id: a });
  expect(await close(api, c)).toMatchObject({ active_context_id: a });
  expect(await close(api, a)).toMatchObject({ active_context_id: d });
  const last = await close(api, d);
  expect(last).toMatchObject({ active_context_id: null, tabs: [] });
  expect(await close(api, d)).toEqual(last);
});

it('loses nothing of two devices that change it at once', async () => {
  const token = shared.newToken();
  const [phone, desk] = [shared.as(token), shared.as(token)];
  const [a = '', b = '', c = '', d = ''] = await make(phone, 4);
  await Promise.all([
    open(phone, a),
    open(desk, b),
    patch(phone, { preferences: { theme: 'dark', client: { phone: 1 } } }),
    patch(desk, { preferences: { font_size: 18, client: { desk: 2 } }, ui_state: { sidebar_open: false } }),
    open(phone, c),
    open(desk, d),
  ]);
  const now = await session(phone);
  expect(tabsOf(now).sort()).toEqual([a, b, c, d].sort());
  expect(now).toMatchObject({
    revision: 6,
    ui_state: { sidebar_open: false },
    preferences: { theme: 'dark', font_size: 18, client: { phone: 1, desk: 2 } },
  });
  expect(await session(desk)).toEqual(now);
});

it('takes preferences that it knows, within their bounds, and a little of the client’s own', async () => {
  const api = shared.newOwner();
  const good = { theme: 'dark', language: 'en-GB', font_size: 14, send_on_enter: false, client: { x: [1] } };
  expect(await patch(api, { preferences: good })).toMatchObject({ preferences: good });
  expect((await patch(api, { preferences: { theme: null, client: null } })).preferences).toEqual({
    language: 'en-GB',
    font_size: 14,
    send_on_enter: false,
  });
  for (const preferences of [
    { theme: 'pink' },
    { language: '../en' },
    { font_size: 7 },
    { send_on_enter: 1 },
    { colour: 'red' },
    { client: [] },
    { client: { x: 'x'.repeat(16_384) } },
  ])
    expect(refused(await api.patch('/session', { preferences }))).toBe('400 invalid_request');
  // Each fits by itself, both together do not.
  await patch(api, { ui_state: { client: { x: 'x'.repeat(10_000) } } });
  expect(refused(await api.patch('/session', { ui_state: { client: { y: 'y'.repeat(10_000) } } }))).toBe(
    '413 limit_exceeded',
  );
  expect((await session(api)).ui_state).toEqual({ client: { x: 'x'.repeat(10_000) } });
});

it('has a tag that moves with it, for reads and for writes', async () => {
  const api = shared.newOwner();
  await patch(api, { preferences: { theme: 'light' } });
  const etag = (await api.get('/session')).headers.get('etag') ?? '';
  expect((await api.get('/session', { headers: { 'if-none-match': etag } })).status).toBe(304);
  const given = { headers: { 'if-match': etag } };
  body(await api.patch('/session', { preferences: { theme: 'dark' } }, given));
  expect(refused(await api.patch('/session', { preferences: { theme: 'light' } }, given))).toBe(
    '412 revision_mismatch',
  );
  expect((await session(api)).preferences).toEqual({ theme: 'dark' });
});

it('opens a tab once for each key', async () => {
  const api = shared.newOwner();
  const [a = ''] = await make(api, 1);
  const key = { headers: { 'idempotency-key': 'open' } };
  const first = body(await api.post('/session/tabs', { context_id: a }, key));
  await close(api, a);
  expect(body(await api.post('/session/tabs', { context_id: a }, key))).toEqual(first);
  expect(await session(api)).toMatchObject({ revision: 2, tabs: [] });
});

it('loses the tab of a context that is deleted, and does not open it again with the context', async () => {
  const api = shared.newOwner();
  const [a = '', b = ''] = await make(api, 2);
  for (const id of [a, b]) await open(api, id);
  body(await api.delete(`/contexts/${b}`), 204);
  expect(await session(api)).toMatchObject({ tabs: [{ context_id: a }], active_context_id: a, revision: 3 });
  body(await api.post(`/contexts/${b}/actions/undelete`), 202);
  expect(await session(api)).toMatchObject({ tabs: [{ context_id: a }], revision: 3 });
});

it('is signalled to every device that follows everything, to no stream of contexts, and says nothing of it', async () => {
  const token = shared.newToken();
  const api = shared.as(token);
  const [a = ''] = await make(api, 1);
  const follow = (path: string) => SseStream.open(shared.server.url + path, { token });
  const [all, named] = [await follow('/events'), await follow(`/events?contexts=${a}`)];
  await named.nextSignal('snapshot');
  await open(api, a);
  const signal = await all.nextSignal('session_updated');
  expect(Object.keys(signal).sort()).toEqual(['revision', 'timestamp', 'type']);
  expect(signal).toMatchObject({ revision: 1 });
  // Whoever comes later hears at once where it stands.
  const late = await follow('/events');
  expect(await late.nextSignal('session_updated')).toMatchObject({ revision: 1 });
  body(await api.patch(`/contexts/${a}`, { title: 'Later' }));
  await named.nextSignal('context_updated');
  expect(named.signals.map(({ type }) => type)).not.toContain('session_updated');
  for (const stream of [all, named, late]) stream.destroy();
});
