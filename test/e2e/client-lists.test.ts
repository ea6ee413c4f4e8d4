// The client library's list of contexts, kept true by the same signals; and what React makes of the views.
import { createElement } from 'react';
import { renderToStaticMarkup } from 'react-dom/server';
import { beforeAll, expect, it } from 'vitest';
import type { ContextListView, LiveContextList } from '@pullcord/client';
import { deleteContext, listModels } from '@pullcord/client/api';
import { PullcordProvider, useConnection, useContextList, useContextView } from '@pullcord/client/react';
import { act, createContext } from '../support/api.js';
import { BranchClient } from '../support/branch-client.js';
import type { Caller } from '../support/http.js';
import { LiveClient } from '../support/live-client.js';
import { SharedServer } from '../support/owners.js';
import { until } from '../support/until.js';

let shared: SharedServer;
beforeAll(async () => {
  shared = await SharedServer.start();
});

function someone(pageSize = 50): { readonly client: LiveClient; readonly api: Caller } {
  const token = shared.newToken();
  return { client: new LiveClient(shared.server, { token, pageSize }), api: shared.as(token) };
}

const titles = ({ contexts }: ContextListView): string => contexts.map(({ title }) => title).join(' ');

const shows = (list: LiveContextList, expected: string): Promise<boolean> =>
  until(() => list.getView().status === 'ready' && titles(list.getView()) === expected, {
    what: `the list ${expected}`,
  });

it('follows contexts that are made, renamed, spoken in, archived and deleted', async () => {
  const { client, api } = someone();
  const list = client.pullcord.contexts();
  expect(client.pullcord.contexts({})).toBe(list);
  const archive = client.pullcord.contexts({ archived: true });
  list.subscribe(() => undefined);
  archive.subscribe(() => undefined);
  await shows(list, '');
  const one = await createContext(api, { title: 'one' });
  await shows(list, 'one');
  await createContext(api, { title: 'two' });
  await shows(list, 'two one');
  const [two] = list.getView().contexts;
  await act(api, one.id, 'append_message', {
    role: 'user',
    payload: { kind: 'text', data: { content: 'Hi' } },
  });
  await shows(list, 'one two');
  expect(list.getView().contexts[1]).toBe(two);
  await api.patch(`/contexts/${two?.id}`, { title: 'zwei' });
  await shows(list, 'zwei one');
  await act(api, one.id, 'archive');
  await Promise.all([shows(list, 'zwei'), shows(archive, 'one')]);
  await api.delete(`/contexts/${two?.id}`);
  await shows(list, '');
});

it('finds by words in the title, and brings a page more at a time', async () => {
  const { client, api } = someone(2);
  for (const title of ['cat', 'dog', 'catfish', 'caterpillar', 'cattle']) await createContext(api, { title });
  const list = client.pullcord.contexts({ q: 'cat' });
  list.subscribe(() => undefined);
  await shows(list, 'cattle caterpillar');
  expect(list.getView().hasMore).toBe(true);
  await list.loadMore();
  expect(titles(list.getView())).toBe('cattle caterpillar catfish cat');
  expect(list.getView().hasMore).toBe(false);
  await createContext(api, { title: 'cats' });
  await until(() => titles(list.getView()).startsWith('cats '), { what: 'the new one' });
  expect(titles(list.getView())).toBe('cats cattle caterpillar catfish');
});

it('tells why it could not be pulled, and goes on showing what it has', async () => {
  const { client, api } = someone();
  await createContext(api, { title: 'kept' });
  const list = client.pullcord.contexts();
  client.between = () => Promise.reject(new TypeError('no network'));
  list.subscribe(() => undefined);
  await until(() => list.getView().status === 'failed', { what: 'a failure' });
  client.between = (_, pass) => pass();
  await shows(list, 'kept');
  expect(list.getView().problem).toBeUndefined();
  client.between = () => Promise.reject(new TypeError('no network'));
  await expect(list.refresh()).rejects.toMatchObject({ problem: { code: 'network_error' } });
  expect(list.getView()).toMatchObject({ status: 'ready', problem: { code: 'network_error' } });
  expect(titles(list.getView())).toBe('kept');
});

it('is drawn by React, as are a context and the connection', async () => {
  const { client, api } = someone();
  const { id } = await BranchClient.begin(api, 'Hello');
  await api.patch(`/contexts/${id}`, { title: 'Drawn' });
  await Promise.all([client.pullcord.contexts().refresh(), client.pullcord.context(id).refresh()]);
  const Page = () => {
    const { contexts } = useContextList();
    const { messages } = useContextView(id);
    const { status } = useConnection();
    return [contexts[0]?.title, messages[0]?.text, status].join();
  };
  const page = createElement(Page);
  expect(renderToStaticMarkup(createElement(PullcordProvider, { pullcord: client.pullcord }, page))).toBe(
    'Drawn,Hello,idle',
  );
  expect(() => renderToStaticMarkup(page)).toThrow('There is no PullcordProvider above this component.');
});

it('makes any other call of the API, typed, with the same token', async () => {
  const { client } = someone();
  const { data } = await listModels({ client: client.pullcord.api });
  expect(data.data.map(({ id }) => id)).toContain('scripted/default');
  const context_id = '00000000-0000-7000-8000-000000000000';
  await expect(deleteContext({ client: client.pullcord.api, path: { context_id } })).rejects.toMatchObject({
    name: 'PullcordError',
    problem: { code: 'context_not_found', status: 404 },
  });
});
