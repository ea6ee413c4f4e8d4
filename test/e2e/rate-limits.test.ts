// Limits of this server's own on calls to models, as turns meet them. None of these waits for a clock to show something:
// a window is either longer than any test, or its end is what is waited for.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { act, body, createContext } from '../support/api.js';
import { answer, FakeUpstream } from '../support/fake-upstream.js';
import type { Caller } from '../support/http.js';
import { SharedServer } from '../support/owners.js';
import { until } from '../support/until.js';

interface State {
  readonly type: string;
  readonly message?: string;
}

let upstream: FakeUpstream;
beforeAll(async () => void (upstream = await FakeUpstream.start()));
afterAll(() => upstream.close());

const serverWith = (env: Readonly<Record<string, string>>): Promise<SharedServer> =>
  SharedServer.start({
    env: { OPENAI_BASE_URL: upstream.url, PULLCORD_RATE_WINDOW_MS: '604800000', ...env },
  });

/** A turn in a context of its own, and how it ended. */
async function turn(api: Caller): Promise<State> {
  const { id } = await createContext(api, { config: { model: 'openai/gpt-4o-mini' } });
  await act(api, id, 'send_message', { content: 'Hello?' });
  const ended = async (): Promise<State | undefined> => {
    const { state } = body(await api.get<{ state: State }>(`/contexts/${id}`));
    return ['awaiting_user', 'error'].includes(state.type) ? state : undefined;
  };
  return until(ended, { what: 'the end of the turn' });
}

it('refuses a turn for which the window is longer than turns wait, and asks no model', async () => {
  const shared = await serverWith({ PULLCORD_RATE_REQUESTS: '2' });
  const [api, other] = [shared.newOwner(), shared.newOwner()];
  const before = upstream.calls.length;
  expect((await turn(api)).type).toBe('awaiting_user');
  expect((await turn(api)).type).toBe('awaiting_user');
  expect(await turn(api)).toMatchObject({
    type: 'error',
    code: 'rate_limited',
    message: expect.stringMatching(/^The caller’s limit of 2 requests is reached/) as string,
    retryable: true,
  });
  expect(upstream.calls.length - before).toBe(2);
  expect((await turn(other)).type).toBe('awaiting_user');
  await shared.server.stop();
});

it('counts the tokens of an answer, and refuses the next when they are used up', async () => {
  const shared = await serverWith({ PULLCORD_RATE_ALL_TOKENS: '100' });
  const [api, other] = [shared.newOwner(), shared.newOwner()];
  upstream.enqueue(answer('Hi.', { usage: { prompt_tokens: 60, completion_tokens: 39 } }));
  expect((await turn(api)).type).toBe('awaiting_user');
  upstream.enqueue(answer('Hi.', { usage: { prompt_tokens: 60, completion_tokens: 39 } }));
  expect((await turn(api)).type).toBe('awaiting_user');
  expect(await turn(other)).toMatchObject({
    message: expect.stringMatching(/^The server’s limit of 100 tokens is reached/) as string,
  });
  await shared.server.stop();
});

it('holds a turn back until the window is over, and then makes its call', async () => {
  const shared = await serverWith({ PULLCORD_RATE_REQUESTS: '1', PULLCORD_RATE_WINDOW_MS: '1000' });
  const api = shared.newOwner();
  const before = upstream.calls.length;
  const states = await Promise.all([turn(api), turn(api), turn(api)]);
  expect(states.map(({ type }) => type)).toEqual(['awaiting_user', 'awaiting_user', 'awaiting_user']);
  expect(upstream.calls.length - before).toBe(3);
  await shared.server.stop();
});
