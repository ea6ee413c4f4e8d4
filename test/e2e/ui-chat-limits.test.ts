// What pages of the AI SDK are refused, and whose their chats are.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { body, refusal } from '../support/api.js';
import { startServerOn } from '../support/context-client.js';
import { FakeUpstream, stall } from '../support/fake-upstream.js';
import { call, caller, type Answer, type Caller } from '../support/http.js';
import type { TestServer } from '../support/server.js';
import { shownBy, textOf, type ShownMessage } from '../support/ui-chat.js';
import { until } from '../support/until.js';

let upstream: FakeUpstream;
let server: TestServer;
let ada: Caller;
let bob: Caller;
beforeAll(async () => {
  upstream = await FakeUpstream.start();
  server = await startServerOn(upstream, {
    PULLCORD_DEFAULT_MODEL: 'openai/gpt-4o-mini',
    PULLCORD_TOKENS: 'ada:token-of-ada,bob:token-of-bob',
    PULLCORD_UI_MAX_FILES: '1',
    PULLCORD_UI_LOOK_BACK: '4',
    PULLCORD_UI_PAGE_MESSAGES: '4',
    PULLCORD_GATEWAY_MAX_CALLS: '2',
    // The head of an answer does not wait for the first sign of life.
    PULLCORD_GATEWAY_KEEP_ALIVE_MS: '3600000',
  });
  ada = caller(server, { token: 'token-of-ada' });
  bob = caller(server, { token: 'token-of-bob' });
});
afterAll(() => upstream.close());

const said = (id: string, text: string) => ({ id, role: 'user', parts: [{ type: 'text', text }] });

/** What the stock transport posts. */
const ask = (api: Caller, chat: string, message: object, more: object = {}): Promise<Answer<unknown>> =>
  api.post('/ui/chat', { id: chat, messages: [message], trigger: 'submit-message', ...more });

describe('a request', () => {
  it.each([
    ['id', { messages: [said('m', 'Hello?')] }],
    ['id', { id: 'c'.repeat(201), messages: [said('m', 'Hello?')] }],
    ['trigger', { id: 'c', trigger: 'resume', messages: [said('m', 'Hello?')] }],
    ['messages', { id: 'c' }],
    ['messages', { id: 'c', messages: 'Hello?' }],
    ['messages', { id: 'c', messages: [said('m', '')] }],
    ['messages.0', { id: 'c', messages: ['Hello?'] }],
    ['messages.0.parts', { id: 'c', messages: [{ id: 'm', role: 'user' }] }],
    ['messages.0.role', { id: 'c', messages: [{ ...said('m', 'Hello?'), role: 'system' }] }],
    ['messages.0.metadata', { id: 'c', messages: [{ ...said('m', 'Hello?'), metadata: 'mood' }] }],
    [
      'messages.0.metadata',
      { id: 'c', messages: [{ ...said('m', 'Hello?'), metadata: { m: 'x'.repeat(9000) } }] },
    ],
    ['on_busy', { id: 'c', messages: [said('m', 'Hello?')], on_busy: 'wait' }],
  ])('whose %s is wrong is refused by its name', async (path, input) => {
    expect(refusal(await ada.post('/ui/chat', input))).toMatchObject({
      code: 'invalid_request',
      errors: [{ path }],
    });
    expect(await shownBy(ada, 'c')).toEqual([]);
  });

  it('without a token, or as one who is nobody, is refused before it is read', async () => {
    for (const token of [undefined, 'token-of-nobody']) {
      const answered = await caller(server, { token }).post('/ui/chat', '{');
      expect(refusal(answered)).toMatchObject({ code: 'unauthorized' });
    }
  });

  it('names files that there are, and no more than the settings allow', async () => {
    const file = { type: 'file', mediaType: 'text/plain', filename: 'a.txt', url: 'data:text/plain,a' };
    const asked = (parts: object[]) => ask(ada, 'files', { id: 'm', role: 'user', parts });
    expect(refusal(await asked([file, file]))).toMatchObject({ code: 'limit_exceeded' });
    for (const url of ['file:///etc/passwd', 'http://127.0.0.1/a.txt', 'data:text/plain;base64,?'])
      expect(refusal(await asked([{ ...file, url }]))).toMatchObject({ code: 'invalid_request' });
    const id = '01890a5d-ac96-774b-bcce-b302099a8057';
    expect(refusal(await asked([{ ...file, url: `/attachments/${id}/content` }]))).toMatchObject({
      code: 'attachment_not_found',
    });
    expect(await shownBy(ada, 'files')).toEqual([]);
  });

  it('for a turn by a name that was never given is refused', async () => {
    await ask(ada, 'named', said('m', 'Hello?'));
    for (const turn of ['x', 'whole.main.x.', 'whole.main', '....'])
      expect(refusal(await ada.get(`/ui/chat/named/stream?turn=${turn}`))).toMatchObject({
        code: 'invalid_request',
        errors: [{ path: 'turn' }],
      });
    const nobody = '01890a5d-ac96-774b-bcce-b302099a8057';
    expect(refusal(await ada.get(`/ui/chat/named/stream?turn=whole.main.${nobody}.`))).toMatchObject({
      code: 'message_not_found',
    });
  });
});

describe('a chat', () => {
  it('is its owner’s: the same name is another chat for others, and an id of theirs leads nowhere', async () => {
    await ask(ada, 'mine', said('m', 'Of Ada.'));
    await ask(bob, 'mine', said('m', 'Of Bob.'));
    expect((await shownBy(ada, 'mine')).map(textOf)).toEqual(['Of Ada.', 'Hello.']);
    expect((await shownBy(bob, 'mine')).map(textOf)).toEqual(['Of Bob.', 'Hello.']);
    const context = (await shownBy(ada, 'mine'))[0]?.metadata?.pullcord?.context_id ?? '';
    expect(await shownBy(bob, context)).toEqual([]);
    expect((await bob.get(`/ui/chat/${context}/stream`)).status).toBe(204);
    expect(refusal(await bob.post(`/ui/chat/${context}/stop`))).toMatchObject({ code: 'context_not_found' });
    await ask(bob, context, said('m', 'Of Bob again.'));
    expect((await shownBy(ada, context)).map(textOf)).toEqual(['Of Ada.', 'Hello.']);
    expect((await ada.get(`/contexts/${context}`)).status).toBe(200);
  });

  it('that was deleted does not begin anew while it could come back', async () => {
    await ask(ada, 'gone', said('m', 'Hello?'));
    const id = (await shownBy(ada, 'gone'))[0]?.metadata?.pullcord?.context_id ?? '';
    expect((await ada.delete(`/contexts/${id}`)).status).toBeLessThan(300);
    expect(await shownBy(ada, 'gone')).toEqual([]);
    for (const name of ['gone', id])
      expect(refusal(await ask(ada, name, said('m2', 'Again?')))).toMatchObject({
        code: 'context_not_found',
      });
  });

  it('is shown by pages, and what is named is looked for no further back than the settings say', async () => {
    for (const name of ['one', 'two', 'three']) await ask(ada, 'long', said(name, name));
    const newest = await shownBy(ada, 'long');
    expect(newest.map(({ id, role }) => (role === 'user' ? id : role))).toEqual([
      'two',
      'assistant',
      'three',
      'assistant',
    ]);
    const before = newest[0]?.metadata?.pullcord?.message_ids?.[0];
    const older = body(await ada.get<ShownMessage[]>(`/ui/chat/long/messages?before=${before}`));
    expect(older.map(textOf)).toEqual(['one', 'Hello.']);
    for (const query of ['limit=0', 'limit=5', 'limit=x', 'before=x'])
      expect(refusal(await ada.get(`/ui/chat/long/messages?${query}`))).toMatchObject({
        code: 'invalid_request',
      });
    const edit = { trigger: 'submit-message', messageId: 'one' };
    expect(refusal(await ask(ada, 'long', said('one', 'Other words.'), edit))).toMatchObject({
      code: 'limit_exceeded',
    });
    // Its answer is there, so that it must be too; the page shows what is not to be found.
    const unknown = { trigger: 'regenerate-message', messageId: 'answer' };
    expect(refusal(await ask(ada, 'short', said('m', 'Who?'), unknown))).toMatchObject({
      code: 'message_not_found',
    });
  });

  it('is busy while it is answered, is followed by as many as may be, and lets go of those who have gone', async () => {
    upstream.enqueue({ pieces: [stall] });
    const asked = ask(ada, 'busy', said('m1', 'First.'));
    await until(async () => (await shownBy(ada, 'busy')).length === 1, { what: 'the message' });
    expect(refusal(await ask(ada, 'busy', said('m2', 'Second.')))).toMatchObject({ code: 'context_busy' });
    const leaving = new AbortController();
    // The one who asked has the other place.
    const follower = await fetch(`${server.url}/ui/chat/busy/stream`, {
      headers: { authorization: 'Bearer token-of-ada' },
      signal: leaving.signal,
    });
    expect(follower.headers.get('x-vercel-ai-ui-message-stream')).toBe('v1');
    // Who only wants the head has it at once, and takes no place.
    const head = await call('HEAD', `${server.url}/ui/chat/busy/stream`, { token: 'token-of-ada' });
    expect(head).toMatchObject({ status: 200, body: undefined });
    for (const name of ['content-type', 'x-pullcord-turn', 'x-pullcord-context'])
      expect(head.headers.get(name)).toBe(follower.headers.get(name));
    expect(refusal(await ada.get('/ui/chat/busy/stream'))).toMatchObject({ code: 'too_many_requests' });
    leaving.abort();
    expect((await ada.post('/ui/chat/busy/stop')).status).toBe(200);
    await asked;
  });
});
