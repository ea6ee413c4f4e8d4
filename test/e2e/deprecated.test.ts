import { beforeAll, expect, it } from 'vitest';
import { body, createContext, getPage, reaches, refusal, type Accepted } from '../support/api.js';
import { call, type Answer, type Call, type Caller } from '../support/http.js';
import { SharedServer } from '../support/owners.js';

let shared: SharedServer;
beforeAll(async () => void (shared = await SharedServer.start()));

const nobody = '01890a5d-ac96-774b-bcce-b302099a8057';
const notices = (answer: Answer<unknown>) => ({
  deprecation: answer.headers.get('deprecation'),
  sunset: answer.headers.get('sunset'),
  link: answer.headers.get('link'),
});

/** Since when (RFC 9745, a Unix time), until when (RFC 8594, an HTTP date), and what to use instead (RFC 5829). */
function expectNotices(answer: Answer<unknown>, successor: string): void {
  const { deprecation, sunset, link } = notices(answer);
  expect(deprecation).toMatch(/^@\d{10}$/);
  expect(sunset).toBe(new Date(sunset ?? '').toUTCString());
  expect(Date.parse(sunset ?? '')).toBeGreaterThan(Number(deprecation?.slice(1)) * 1000);
  expect(link).toBe(`<${successor}>; rel="successor-version"`);
}

it('still takes a message on the old route, as the new one does, and says where that is', async () => {
  const api = shared.newOwner();
  const { id } = await createContext(api);
  const sent = await api.post<Accepted>(`/contexts/${id}/messages`, { content: '/echo Yes?' });
  expectNotices(sent, `/contexts/${id}/actions/send_message`);
  expect(body(sent, 202)).toMatchObject({ context_id: id, state: { type: 'active' } });
  await reaches(api, id, 'awaiting_user');
  expect((await getPage(api, id)).messages.map(({ role }) => role)).toEqual(['user', 'assistant']);
});

it('makes one message of the same key, on the old route too', async () => {
  const api = shared.newOwner();
  const { id } = await createContext(api);
  const send = () =>
    api.post(`/contexts/${id}/messages`, { content: 'Once' }, { headers: { 'idempotency-key': 'k' } });
  const [first, again] = [await send(), await send()];
  expect(again.body).toEqual(first.body);
  await reaches(api, id, 'awaiting_user');
  expect((await getPage(api, id)).messages).toHaveLength(2);
});

type Refuse = (api: Caller, id: string) => Promise<Answer<unknown>>;
const at = (path: string, input: unknown, more?: Call): Refuse => {
  return (api, id) => api.post(path.replace(':id', id), input, more);
};
const text = { headers: { 'content-type': 'text/plain' } };
const huge = { content: 'x'.repeat(3000) };
const refusals: readonly [what: string, expected: string, refuse: Refuse][] = [
  ['an empty message', '400 invalid_request', at('/contexts/:id/messages', { content: '' })],
  ['an unknown context', '404 context_not_found', at(`/contexts/${nobody}/messages`, { content: 'x' })],
  ['what is no id', '404 context_not_found', at('/contexts/a%0d%0ab/messages', { content: 'x' })],
  ['broken JSON', '400 malformed_request', at('/contexts/:id/messages', '{')],
  ['plain text', '415 unsupported_media_type', at('/contexts/:id/messages', 'x', text)],
  ['a huge body', '413 body_too_large', at('/contexts/:id/messages', huge)],
  ['a stranger', '401 unauthorized', at('/contexts/:id/messages', {}, { token: 'unknown' })],
  ['any tool', '404 tool_not_found', at('/tools/execute', { tool_name: 'read_file', arguments: { a: 1 } })],
  ['no tool', '400 invalid_request', at('/tools/execute', {})],
  ['a list', '400 invalid_request', at('/tools/execute', [])],
  ['broken JSON for a tool', '400 malformed_request', at('/tools/execute', '{')],
  ['a stranger with a tool', '401 unauthorized', at('/tools/execute', {}, { token: 'unknown' })],
];

it('gives the notices with every refusal', async () => {
  const small = await SharedServer.start({ env: { PULLCORD_BODY_LIMIT_BYTES: '2048' } });
  const api = small.newOwner();
  const { id } = await createContext(api);
  for (const [what, expected, refuse] of refusals) {
    const answer = await refuse(api, id);
    expect(`${answer.status} ${refusal(answer).code}`, what).toBe(expected);
    const { link, deprecation, sunset } = notices(answer);
    expect(link, what).toMatch(
      /^<\/(contexts\/[^/]+\/actions\/send_message|workflows\/[^/]+\/execute)>; rel=/,
    );
    expect([deprecation, sunset], what).not.toContain(null);
  }
});

it('says nothing of the kind on the routes of today', async () => {
  const api = shared.newOwner();
  const { id } = await createContext(api);
  const none = { deprecation: null, sunset: null, link: null };
  expect(notices(await api.get(`/contexts/${id}/messages`))).toEqual(none);
  expect(notices(await api.post(`/contexts/${id}/actions/send_message`, {}))).toEqual(none);
  expect(notices(await call('GET', `${shared.server.url}/nowhere`))).toEqual(none);
});
