// Whatever fails between the client library and the server: what it shows stays, and is whole again afterwards.
import { beforeAll, describe, expect, it } from 'vitest';
import { act, appendDeltas, beginStream, body, createContext, finalize, getPage } from '../support/api.js';
import { BranchClient } from '../support/branch-client.js';
import { LiveClient, textsOf, type Between } from '../support/live-client.js';
import { SharedServer } from '../support/owners.js';
import { until } from '../support/until.js';

let shared: SharedServer;
beforeAll(async () => {
  shared = await SharedServer.start();
});

/** A context with these messages, followed by the library through whatever stands between. */
async function begin(between: Between, ...said: readonly string[]) {
  const token = shared.newToken();
  const api = shared.as(token);
  const other = await BranchClient.begin(api, ...said);
  const client = new LiveClient(shared.server, { token });
  client.between = between;
  return { api, other, client, followed: client.follow(other.id) };
}

const isStream = ({ url }: Request): boolean => new URL(url).pathname === '/events';
const broken = (): Promise<Response> => Promise.reject(new TypeError('the connection was reset'));
const pass: Between = (_, go) => go();

describe('pulls that fail', () => {
  it('are made again until they work out; until then nothing that is shown is lost', async () => {
    const { client, followed, other } = await begin(pass, 'a');
    await followed.shows('a');
    client.between = (request, go) => (isStream(request) ? go() : broken());
    await other.say('main', 'b');
    const failing = await followed.sees('a problem', ({ problem }) => problem);
    expect(failing).toMatchObject({ status: 'ready', problem: { code: 'network_error', status: 0 } });
    expect(textsOf(failing)).toEqual(['a']);
    client.between = pass;
    expect((await followed.shows('a', 'b')).problem).toBeUndefined();
  });

  it('say so when nothing is known yet, and are made again all the same', async () => {
    const { client, followed } = await begin(broken, 'a');
    const failed = await followed.sees('a failure', ({ status }) => status === 'failed');
    expect(failed).toMatchObject({ problem: { code: 'network_error' }, messages: [] });
    client.between = pass;
    await followed.shows('a');
    expect(followed.view).toMatchObject({ status: 'ready' });
    expect(followed.view.problem).toBeUndefined();
  });

  it('of chunks go on where they were, whatever is lost on the way', async () => {
    let count = 0;
    // Each second pull of chunks is answered, and the answer lost.
    const { api, other, followed } = await begin(async (request, go) => {
      const response = await go();
      return request.url.includes('streaming-chunks') && count++ % 2 === 0 ? broken() : response;
    });
    await followed.sees('a context', ({ status }) => status === 'ready');
    const stream = await beginStream(api, other.id);
    const words = Array.from({ length: 30 }, (_, at) => `${at} `);
    for (const word of words) await appendDeltas(api, stream, word);
    await followed.shows(words.join(''));
    await finalize(api, stream);
    await followed.settles();
    expect(textsOf(followed.view)).toEqual([words.join('')]);
    followed.expectOnlyPrefixes();
  });
});

describe('signals', () => {
  it('that are lost are made up for when the stream begins again', async () => {
    let streams = 0;
    const cut = new AbortController();
    const { client, followed, other } = await begin((request, go) => {
      if (!isStream(request)) return go();
      return streams++ === 0 ? fetch(new Request(request, { signal: cut.signal })) : go();
    }, 'a');
    await followed.shows('a');
    await until(() => client.pullcord.connection.getView().status === 'live', { what: 'the stream' });
    cut.abort();
    await other.say('main', 'b');
    await followed.shows('a', 'b');
  });

  it('need not come at all: text streams and messages come, only a little later', async () => {
    const { api, client, followed, other } = await begin(
      (request, go) => (isStream(request) ? broken() : go()),
      'a',
    );
    await followed.shows('a');
    const stream = await beginStream(api, other.id);
    await appendDeltas(api, stream, 'Held ');
    await followed.shows('a', 'Held ');
    // The next pull is held until there is more.
    await appendDeltas(api, stream, 'back');
    await followed.shows('a', 'Held back');
    expect(client.requests.some((request) => request.includes('wait_ms='))).toBe(true);
    await finalize(api, stream);
    expect((await followed.settles()).messages.at(-1)?.text).toBe('Held back');
    expect(client.pullcord.connection.getView().status).not.toBe('live');
  });
});

describe('a token', () => {
  it('that is no longer good is asked for anew, once for each request', async () => {
    const good = shared.newToken();
    const { id } = await BranchClient.begin(shared.as(good), 'a');
    let asked = 0;
    const token = (): string => (asked++ % 2 === 0 ? 'expired' : good);
    const client = new LiveClient(shared.server, { token });
    await client.pullcord.context(id).refresh();
    expect(textsOf(client.pullcord.context(id).getView())).toEqual(['a']);
    // A context and its page, each refused once.
    expect(asked).toBe(4);
  });

  it('that is wrong is told, and nothing is shown', async () => {
    const { id } = await createContext(shared.newOwner());
    const followed = new LiveClient(shared.server, { token: 'wrong' }).follow(id);
    const view = await followed.sees('a failure', ({ status }) => status === 'failed');
    expect(view).toMatchObject({ problem: { code: 'unauthorized', status: 401 }, messages: [] });
  });
});

describe('a server that knows less than the client', () => {
  it('as after a restored backup, is believed: everything is pulled anew, once', async () => {
    const { api, client, followed, other } = await begin(pass, 'a', 'b');
    await followed.shows('a', 'b');
    const backup = body(await api.get<object>(`${other.path}/export?format=json`));
    await other.say('main', 'c');
    for (const title of ['x', 'y', 'z']) await api.patch(other.path, { title });
    await followed.sees('all of it', ({ metadata }) => metadata?.title === 'z');

    client.between = broken;
    await api.delete(`${other.path}?purge=true`);
    body(await api.post('/contexts/import?ids=same', JSON.stringify(backup)), 201);
    await followed.sees('nothing new', ({ problem }) => problem?.code === 'network_error');
    client.requests.length = 0;
    client.between = pass;
    await followed.shows('a', 'b');
    expect(followed.view.metadata?.title).toBeNull();
    await act(api, other.id, 'append_message', {
      role: 'user',
      payload: { kind: 'text', data: { content: 'd' } },
    });
    await followed.shows('a', 'b', 'd');
    expect(followed.view.messages.map(({ message }) => message)).toEqual(
      (await getPage(api, other.id)).messages,
    );
    expect(client.requests.filter((request) => request.includes('limit=50')).length).toBe(1);
  });
});
