// Calls to models that wait until somebody approves them: over HTTP, as turns meet them.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { act, body, createContext, refused } from '../support/api.js';
import { FakeUpstream } from '../support/fake-upstream.js';
import type { Caller } from '../support/http.js';
import { SharedServer } from '../support/owners.js';
import { until } from '../support/until.js';

interface Pending {
  readonly id: string;
  readonly model: string;
  readonly purpose: string;
  readonly context_id: string | null;
  readonly preview: string;
}

interface State {
  readonly type: string;
  readonly code?: string;
}

let upstream: FakeUpstream;
let shared: SharedServer;
beforeAll(async () => {
  upstream = await FakeUpstream.start();
  shared = await SharedServer.start({
    // On PostgreSQL a killed server's runs are taken over only when its lease has lapsed.
    env: { OPENAI_BASE_URL: upstream.url, PULLCORD_CALL_APPROVAL: 'manual', PULLCORD_RUN_LEASE_MS: '500' },
  });
});
afterAll(() => upstream.close());

const waiting = async (api: Caller): Promise<readonly Pending[]> =>
  body(await api.get<{ model_calls: readonly Pending[] }>('/model-calls')).model_calls;

/** A turn whose call waits. */
async function ask(
  api: Caller,
  content = 'Hello?',
): Promise<{ readonly id: string; readonly call: Pending }> {
  const { id } = await createContext(api, { config: { model: 'openai/gpt-4o-mini' } });
  await act(api, id, 'send_message', { content });
  const call = await until(async () => (await waiting(api)).find(({ context_id }) => context_id === id), {
    what: 'the call to wait',
  });
  return { id, call };
}

const reaches = (api: Caller, id: string, type: string): Promise<State> =>
  until(
    async () => {
      const { state } = body(await api.get<{ state: State }>(`/contexts/${id}`));
      return state.type === type && state;
    },
    { what: `the state ${type}` },
  );

it('makes a call when it is approved, and not before', async () => {
  const api = shared.newOwner();
  const before = upstream.calls.length;
  const { id, call } = await ask(api, 'Two\nlines?');
  expect(call).toMatchObject({ model: 'openai/gpt-4o-mini', purpose: 'answer', preview: 'Two lines?' });
  expect(upstream.calls.length).toBe(before);
  expect(body(await api.post(`/model-calls/${call.id}/approve`))).toEqual(call);
  await reaches(api, id, 'awaiting_user');
  expect(upstream.calls.length).toBe(before + 1);
  expect(await waiting(api)).toEqual([]);
  // The same again, perhaps from another device, changes nothing; the opposite is too late.
  expect(body(await api.post(`/model-calls/${call.id}/approve`))).toEqual(call);
  expect(refused(await api.post(`/model-calls/${call.id}/deny`))).toBe('409 decision_conflict');
});

it('ends a turn whose call is denied, and asks no model; a retry asks anew', async () => {
  const api = shared.newOwner();
  const before = upstream.calls.length;
  const { id, call } = await ask(api);
  const key = { headers: { 'idempotency-key': 'deny-it' } };
  expect(body(await api.post(`/model-calls/${call.id}/deny`, {}, key))).toEqual(call);
  expect(body(await api.post(`/model-calls/${call.id}/deny`, {}, key))).toEqual(call);
  expect(await reaches(api, id, 'error')).toMatchObject({ code: 'call_denied', retryable: true });
  expect(upstream.calls.length).toBe(before);
  expect(body(await api.get<{ total: object }>('/usage')).total).toMatchObject({ requests: 0 });
  await act(api, id, 'retry');
  const again = await until(async () => (await waiting(api))[0], { what: 'the call to wait anew' });
  expect(again.id).not.toBe(call.id);
  body(await api.post(`/model-calls/${again.id}/approve`));
  await reaches(api, id, 'awaiting_user');
});

it('shows calls to their owner alone', async () => {
  const [api, other] = [shared.newOwner(), shared.newOwner()];
  const { id, call } = await ask(api);
  expect(await waiting(other)).toEqual([]);
  for (const decision of ['approve', 'deny'])
    expect(refused(await other.post(`/model-calls/${call.id}/${decision}`))).toBe('404 model_call_not_found');
  expect(refused(await api.post('/model-calls/none/approve'))).toBe('404 model_call_not_found');
  await act(api, id, 'cancel');
  await until(async () => (await waiting(api)).length === 0, {
    what: 'the cancelled call to wait no longer',
  });
  expect(refused(await api.post(`/model-calls/${call.id}/approve`))).toBe('404 model_call_not_found');
});

it('keeps no question of a server that was killed: the turn is interrupted, and a retry asks anew', async () => {
  const token = shared.newToken();
  const { id, call } = await ask(shared.as(token));
  await shared.server.restart();
  const api = shared.as(token);
  await reaches(api, id, 'error');
  expect(await waiting(api)).toEqual([]);
  expect(refused(await api.post(`/model-calls/${call.id}/approve`))).toBe('404 model_call_not_found');
  await act(api, id, 'retry');
  const again = await until(async () => (await waiting(api))[0], { what: 'the call to wait' });
  body(await api.post(`/model-calls/${again.id}/approve`));
  await reaches(api, id, 'awaiting_user');
});

it('denies what nobody decides about in time', async () => {
  await shared.server.restart({ PULLCORD_CALL_APPROVAL_TIMEOUT_MS: '50' });
  const api = shared.newOwner();
  const { id } = await createContext(api, { config: { model: 'openai/gpt-4o-mini' } });
  await act(api, id, 'send_message', { content: 'Hello?' });
  expect(await reaches(api, id, 'error')).toMatchObject({ code: 'call_denied' });
});

it('lets calls through at once where nobody is to be asked', async () => {
  await shared.server.restart({ PULLCORD_CALL_APPROVAL: 'automatic' });
  const api = shared.newOwner();
  expect(body(await api.get('/model-calls'))).toEqual({ approval: 'automatic', model_calls: [] });
  const { id } = await createContext(api, { config: { model: 'openai/gpt-4o-mini' } });
  await act(api, id, 'send_message', { content: 'Hello?' });
  await reaches(api, id, 'awaiting_user');
});
