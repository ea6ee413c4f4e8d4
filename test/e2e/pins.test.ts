// Messages that the model is sent however long the conversation grows.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { act, appendText, body, createContext, getContext, refusal, refused } from '../support/api.js';
import type { Answer, Caller } from '../support/http.js';
import { SharedServer } from '../support/owners.js';
import { expectClean } from '../support/pullcord.js';
import { sql } from '../support/sql.js';
import { SseStream } from '../support/sse.js';
import { until } from '../support/until.js';

interface PinState {
  readonly is_pinned: boolean;
  readonly revision: number;
}

let shared: SharedServer;
beforeAll(async () => {
  shared = await SharedServer.start({ env: { PULLCORD_MAX_PINS: '2' } });
});
afterAll(() => shared.server.stop());

const pin = (api: Caller, id: string, message: string): Promise<Answer<PinState>> =>
  api.put<PinState>(`/contexts/${id}/messages/${message}/pin`);
const unpin = (api: Caller, id: string, message: string): Promise<Answer<PinState>> =>
  api.delete<PinState>(`/contexts/${id}/messages/${message}/pin`);
const pinnedIn = async (api: Caller, id: string): Promise<readonly string[]> =>
  body(await api.get<{ readonly pinned: readonly string[] }>(`/contexts/${id}`)).pinned;

/** A context with three messages, and their ids. */
async function begin(api: Caller): Promise<readonly [string, string, string, string]> {
  const { id } = await createContext(api);
  const { message_id: first } = await appendText(api, id, 'First');
  const { message_id: second } = await appendText(api, id, 'Second');
  const { message_id: third } = await appendText(api, id, 'Third');
  return [id, first, second, third];
}

it('are listed with their context until they are unpinned', async () => {
  const api = shared.newOwner();
  const [id, first, second] = await begin(api);
  expect(await pinnedIn(api, id)).toEqual([]);
  expect(body(await pin(api, id, second))).toMatchObject({
    context_id: id,
    message_id: second,
    is_pinned: true,
  });
  body(await pin(api, id, first));
  expect([...(await pinnedIn(api, id))].sort()).toEqual([first, second].sort());
  expect(body(await unpin(api, id, second))).toMatchObject({ is_pinned: false });
  expect(await pinnedIn(api, id)).toEqual([first]);
});

it('move the revision and are signalled, but only where something has changed', async () => {
  const token = shared.newToken();
  const api = shared.as(token);
  const [id, first] = await begin(api);
  const stream = await SseStream.open(`${shared.server.url}/contexts/${id}/events`, { token });
  await stream.nextSignal('snapshot');
  const { revision: before } = await getContext(api, id);
  expect(body(await unpin(api, id, first)).revision).toBe(before);
  expect(body(await pin(api, id, first)).revision).toBe(before + 1);
  expect(body(await pin(api, id, first)).revision).toBe(before + 1);
  expect(body(await unpin(api, id, first)).revision).toBe(before + 2);
  for (const revision of [before + 1, before + 2])
    expect(await stream.nextSignal('context_updated')).toMatchObject({ revision, changed: ['pinned'] });
  stream.destroy();
});

it('are so many at most, and room is made by taking one off', async () => {
  const api = shared.newOwner();
  const [id, first, second, third] = await begin(api);
  for (const message of [first, second]) body(await pin(api, id, message));
  expect(refusal(await pin(api, id, third)).code).toBe('limit_exceeded');
  expect(await pinnedIn(api, id)).not.toContain(third);
  body(await unpin(api, id, first));
  body(await pin(api, id, third));
});

it('are messages of the context, and nobody else’s', async () => {
  const [api, other] = [shared.newOwner(), shared.newOwner()];
  const [id, first] = await begin(api);
  const [elsewhere, theirs] = await begin(api);
  expect(refused(await pin(api, id, theirs))).toBe('404 message_not_found');
  expect(refused(await pin(other, id, first))).toBe('404 context_not_found');
  expect(refused(await unpin(other, id, first))).toBe('404 context_not_found');
  expect(refused(await pin(api, id, 'x'))).toBe('404 message_not_found');
  expect([...(await pinnedIn(api, id)), ...(await pinnedIn(api, elsewhere))]).toEqual([]);
});

it('stay as they are in an archived context', async () => {
  const api = shared.newOwner();
  const [id, first, second] = await begin(api);
  body(await pin(api, id, first));
  await act(api, id, 'archive');
  expect(refused(await pin(api, id, second))).toBe('409 illegal_transition');
  expect(refused(await unpin(api, id, first))).toBe('409 illegal_transition');
  expect(await pinnedIn(api, id)).toEqual([first]);
});

it('go with their context, and none is left of it', async () => {
  const api = shared.newOwner();
  const [id, first] = await begin(api);
  body(await pin(api, id, first));
  body(await api.delete(`/contexts/${id}?purge=true`), 204);
  const left = (): Promise<unknown[]> =>
    sql(shared.server, `SELECT message_id FROM pins WHERE context_id = '${id}'`);
  await until(async () => (await left()).length === 0, { what: 'the pin to be gone' });
  await expectClean(shared.server);
});
