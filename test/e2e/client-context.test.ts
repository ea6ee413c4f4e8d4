// The client library's view of one context, kept true by signals and two cursors.
import { beforeAll, describe, expect, it } from 'vitest';
import { act, appendDeltas, beginStream, body, createContext, finalize, getPage } from '../support/api.js';
import { BranchClient } from '../support/branch-client.js';
import type { Caller } from '../support/http.js';
import { LiveClient, textsOf } from '../support/live-client.js';
import { SharedServer } from '../support/owners.js';
import { until } from '../support/until.js';

let shared: SharedServer;
beforeAll(async () => {
  shared = await SharedServer.start();
});

/** Somebody who uses the library, and the same person on another device. */
function someone(options: ConstructorParameters<typeof LiveClient>[1] = {}): {
  readonly client: LiveClient;
  readonly api: Caller;
} {
  const token = shared.newToken();
  return { client: new LiveClient(shared.server, { token, ...options }), api: shared.as(token) };
}

const words = (count: number): string[] => Array.from({ length: count }, (_, at) => `m${at + 1}`);

describe('what is shown', () => {
  it('begins with the newest page, and goes on upwards a page at a time, without a gap', async () => {
    const { client, api } = someone({ pageSize: 4 });
    const { id } = await BranchClient.begin(api, ...words(10));
    const followed = client.follow(id);
    expect(await followed.sees('messages', ({ status }) => status === 'ready')).toMatchObject({
      branch: 'main',
      hasOlder: true,
      metadata: { id, message_count: 10 },
    });
    expect(textsOf(followed.view)).toEqual(['m7', 'm8', 'm9', 'm10']);

    await Promise.all([followed.context.loadOlder(), followed.context.loadOlder()]);
    expect(textsOf(followed.view)).toEqual(words(10).slice(2));
    await followed.context.loadOlder();
    expect(textsOf(followed.view)).toEqual(words(10));
    expect(followed.view.hasOlder).toBe(false);

    const asked = client.requests.length;
    await followed.context.loadOlder();
    expect(client.requests.length).toBe(asked);
  });

  it('grows with what others say, and leaves what has not changed the very same', async () => {
    const { client, api } = someone();
    const branches = await BranchClient.begin(api, 'a', 'b');
    const followed = client.follow(branches.id);
    const before = await followed.shows('a', 'b');
    await branches.say('main', 'c');
    const after = await followed.shows('a', 'b', 'c');

    expect(after.messages.slice(0, 2).every((message, at) => message === before.messages[at])).toBe(true);
    expect(after.messages).not.toBe(before.messages);
    expect(after.allowedActions).toBe(before.allowedActions);
    // The page and the changes told all of it: no message was asked for twice.
    expect(client.requests.filter((request) => request.includes('after='))).toEqual([]);
  });

  it('shows a stream chunk by chunk, never anything but its beginning, and in the end all of it', async () => {
    const { client, api } = someone();
    const { id } = await createContext(api);
    const followed = client.follow(id);
    await followed.sees('a context', ({ status }) => status === 'ready');
    const stream = await beginStream(api, id);
    await appendDeltas(api, stream, 'Once ', 'upon ');
    const seen = await followed.shows('Once upon ');
    expect(seen.messages[0]).toMatchObject({ isStreaming: true, sequence: 2 });
    await appendDeltas(api, stream, ...words(40).map((word) => `${word} `));
    await finalize(api, stream);
    const [whole] = (
      await followed.sees('a whole message', (view) => view.messages[0]?.isStreaming === false)
    ).messages;
    const [stored] = (await getPage(api, id)).messages;

    expect(whole).toMatchObject({
      text: `Once upon ${words(40).join(' ')} `,
      sequence: 42,
      isStreaming: false,
    });
    expect(whole?.message).toEqual(stored);
    followed.expectOnlyPrefixes();
  });

  it('joins a stream that is under way, and has all of it', async () => {
    const { client, api } = someone();
    const { id } = await createContext(api);
    const stream = await beginStream(api, id);
    await appendDeltas(api, stream, ...words(30));
    const followed = client.follow(id);
    await followed.shows(words(30).join(''));
    await appendDeltas(api, stream, '!');
    await followed.shows(`${words(30).join('')}!`);
    await finalize(api, stream);
    await followed.settles();
    expect(textsOf(followed.view)).toEqual([`${words(30).join('')}!`]);
  });

  it('tells reasoning and the arguments of tools apart from the text', async () => {
    const { client, api } = someone();
    const { id } = await createContext(api);
    const followed = client.follow(id);
    const stream = await beginStream(api, id);
    const chunks = [
      { kind: 'reasoning', delta: 'Hm.' },
      { kind: 'tool_arguments', delta: '{"a"', tool_call_id: 'call_1' },
      { kind: 'text', delta: 'So.' },
      { kind: 'tool_arguments', delta: ':1}', tool_call_id: 'call_1' },
    ];
    body(await api.post(`${stream}/streaming-chunks`, { chunks }));
    const { messages } = await followed.sees('four chunks', (view) => view.messages[0]?.sequence === 4);
    expect(messages[0]).toMatchObject({
      text: 'So.',
      reasoning: 'Hm.',
      toolArguments: { call_1: '{"a":1}' },
    });
    await finalize(api, stream);
    const [final] = (await followed.settles()).messages;
    expect(final).toMatchObject({ text: 'So.', reasoning: 'Hm.' });
  });

  it('follows the title, the state and what is allowed', async () => {
    const { client, api } = someone();
    const { id } = await createContext(api);
    const followed = client.follow(id);
    await followed.sees('a new context', (view) => view.allowedActions.includes('send_message'));
    await api.patch(`/contexts/${id}`, { title: 'Whales' });
    await followed.sees('its title', ({ metadata }) => metadata?.title === 'Whales');
    await act(api, id, 'archive');
    const { metadata, allowedActions } = await followed.sees(
      'the archive',
      (view) => view.metadata?.state.type === 'archived',
    );
    expect(metadata?.title).toBe('Whales');
    expect(allowedActions).toEqual(['restore']);
  });

  it('says of a context that is not there, is not ours or was deleted that it is missing, until it is back', async () => {
    const { client, api } = someone();
    const { id } = await createContext(shared.newOwner());
    const foreign = client.follow(id);
    await foreign.sees('nothing', ({ status }) => status === 'missing');
    expect(foreign.view).toMatchObject({
      problem: { code: 'context_not_found' },
      messages: [],
      branches: [],
    });

    const branches = await BranchClient.begin(api, 'a');
    const followed = client.follow(branches.id);
    await followed.shows('a');
    await api.delete(`/contexts/${branches.id}`);
    await followed.sees('nothing', ({ status }) => status === 'missing');
    expect(followed.view.messages).toEqual([]);
    await act(api, branches.id, 'undelete');
    await followed.shows('a');
    expect(followed.view.problem).toBeUndefined();
  });
});

describe('who looks', () => {
  it('is asked for by the first, shared by all, and let go of after the last', async () => {
    const { client, api } = someone();
    const { id } = await BranchClient.begin(api, 'a');
    const context = client.pullcord.context(id);
    expect(client.pullcord.context(id)).toBe(context);
    expect(client.requests).toEqual([]);
    const one = client.follow(id);
    const other = client.follow(id);
    expect(one.context).toBe(context);
    await Promise.all([one.shows('a'), other.shows('a')]);
    expect(one.view).toBe(other.view);

    one.stop();
    one.stop();
    await act(api, id, 'append_message', saying('b'));
    await other.shows('a', 'b');
    other.stop();
    await until(() => client.pullcord.connection.getView().status === 'idle', {
      what: 'the end of the stream',
    });
    const asked = client.requests.length;
    await act(api, id, 'append_message', saying('c'));
    expect(textsOf(context.getView())).toEqual(['a', 'b']);

    // Whoever comes back sees at once what was there, and then what was missed.
    const again = client.follow(id);
    expect(textsOf(again.view)).toEqual(['a', 'b']);
    await again.shows('a', 'b', 'c');
    expect(client.requests.slice(asked).every((request) => !request.includes('branch='))).toBe(true);
  });

  it('hears of each pull, its cursor and how far that came, of signals and of commands', async () => {
    const { client, api } = someone();
    const { id } = await createContext(api);
    const told: string[] = [];
    const stop = client.pullcord.activity((activity) => {
      if (activity.type === 'pull_ended') told.push(`${activity.cursor} ${activity.from}→${activity.to}`);
      if (activity.type === 'signal' || activity.type === 'command') told.push(activity.type);
    });
    const followed = client.follow(id);
    await followed.sees('a context', ({ status }) => status === 'ready');
    const stream = await beginStream(api, id);
    await appendDeltas(api, stream, 'a', 'b');
    await followed.shows('ab');
    await followed.context.cancel();
    await followed.settles();
    stop();
    const count = told.length;
    await followed.context.refresh();

    expect(told).toContain('revision 0→1');
    expect(told.some((line) => /^sequence \d→2$/.test(line))).toBe(true);
    expect(told).toContain('signal');
    expect(told).toContain('command');
    expect(told.length).toBe(count);
  });
});

const saying = (content: string) => ({ role: 'user', payload: { kind: 'text', data: { content } } });
