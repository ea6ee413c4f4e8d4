// Tabs as they are: several pages of one browser, real locks, real channels. One stream serves them all.
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterEach, beforeAll, expect, it } from 'vitest';
import { act, createContext } from '../support/api.js';
import { launchBrowser } from '../support/browser.js';
import { FaultProxy } from '../support/fault-proxy.js';
import { caller, type Caller } from '../support/http.js';
import { startServer, type TestServer } from '../support/server.js';
import { StreamServer } from '../support/stream-server.js';
import { until } from '../support/until.js';

interface Look {
  readonly status: string;
  readonly isShared: boolean;
  /** What the answers say that the page shows. */
  readonly texts: readonly string[];
}

const root = fileURLToPath(new URL('../..', import.meta.url));
const parser = 'node_modules/eventsource-parser/dist/index.js';
const html = `<!doctype html><script type="importmap">{"imports":{"eventsource-parser":"/${parser}"}}</script>`;

let browser: Browser;
let origin: StreamServer;
let server: TestServer;
let proxy: FaultProxy;
let tabs: BrowserContext;

beforeAll(async () => {
  browser = await launchBrowser();
  origin = await StreamServer.listen((response, { url = '/' }) => {
    response.setHeader('content-type', url === '/' ? 'text/html' : 'text/javascript');
    response.end(url === '/' ? html : readFileSync(root + url));
  });
  server = await startServer({
    dialect: 'sqlite',
    env: {
      PULLCORD_CORS_ORIGINS: origin.url,
      PULLCORD_TOKENS: 'ada:token-of-ada,bob:token-of-bob',
      PULLCORD_HEARTBEAT_MS: '100',
      PULLCORD_SSE_RETRY_MS: '20',
    },
  });
  return async () => {
    await origin.close();
  };
});

const begin = async (): Promise<Caller> => {
  proxy = await FaultProxy.listen(server);
  tabs = await browser.newContext();
  return caller(server, { token: 'token-of-ada' });
};

afterEach(async () => {
  await tabs.close();
  await proxy.close();
});

/** A tab in which somebody looks at a context. */
async function openTab(contextId: string, options: object = {}): Promise<Page> {
  const page = await tabs.newPage();
  await page.goto(origin.url);
  const all = { baseUrl: proxy.url, token: 'token-of-ada', maxRetryDelayMs: 50, ...options };
  await page.evaluate(`import('/client/dist/index.js').then(({ createPullcord }) => {
    globalThis.pullcord = createPullcord(${JSON.stringify(all)});
    globalThis.context = pullcord.context('${contextId}');
    context.subscribe(() => undefined);
  })`);
  return page;
}

const look = (page: Page): Promise<Look> =>
  page.evaluate(`({
    ...pullcord.connection.getView(),
    texts: context.getView().messages.filter(({ message }) => message.role === 'assistant').map(({ text }) => text),
  })`);

const sees = (page: Page, what: string, isSo: (seen: Look) => boolean): Promise<Look> =>
  until(
    async () => {
      const seen = await look(page);
      return isSo(seen) && seen;
    },
    { what: `the page to see ${what}` },
  );

const isLive = ({ status }: Look): boolean => status === 'live';
const leads = (seen: Look): boolean => isLive(seen) && !seen.isShared;
const follows = (seen: Look): boolean => isLive(seen) && seen.isShared;
const says = (text: string) => (seen: Look) => seen.texts.at(-1) === text;

const say = async (api: Caller, id: string, text: string): Promise<void> => {
  await act(api, id, 'send_message', { content: `/echo ${text}`, on_busy: 'queue' });
};

it('two tabs hear one stream; when the tab that has it closes, the other goes on', async () => {
  const api = await begin();
  const { id } = await createContext(api);
  const first = await openTab(id);
  await sees(first, 'that it leads', leads);
  const second = await openTab(id);
  await sees(second, 'that it follows', follows);
  await say(api, id, 'for both');
  await Promise.all([first, second].map((page) => sees(page, 'the answer', says('for both'))));
  expect([proxy.streamsAsked, proxy.streams]).toEqual([1, 1]);

  await first.close();
  await sees(second, 'that it leads', leads);
  await say(api, id, 'for one');
  await sees(second, 'the answer', says('for one'));
  await until(() => proxy.streams === 1, { what: 'the first stream to be closed' });
  expect(proxy.streamsAsked).toBe(2);
});

it('what was said while nothing got through is seen by every tab once it is back', async () => {
  const api = await begin();
  const { id } = await createContext(api);
  const pages = [await openTab(id), await openTab(id), await openTab(id)];
  for (const page of pages) await sees(page, 'the stream', isLive);
  proxy.rain({ requests: 1, streams: 0, signals: 0 });
  proxy.cut();
  await say(api, id, 'unheard');
  await until(
    async () => (await api.get<{ message_count: number }>(`/contexts/${id}`)).body.message_count === 2,
    {
      what: 'the answer',
    },
  );
  proxy.clearUp();
  await Promise.all(pages.map((page) => sees(page, 'the answer', says('unheard'))));
  await until(() => proxy.streams === 1, { what: 'one stream' });
});

it('users of one browser do not hear each other, and each has a stream', async () => {
  const api = await begin();
  const mine = await createContext(api);
  const yours = await createContext(caller(server, { token: 'token-of-bob' }));
  const ada = await openTab(mine.id);
  const bob = await openTab(yours.id, { token: 'token-of-bob' });
  await bob.evaluate('globalThis.heard = []; pullcord.activity((activity) => heard.push(activity))');
  for (const page of [ada, bob]) await sees(page, 'a stream of its own', leads);
  await say(api, mine.id, 'a secret');
  await sees(ada, 'the answer', says('a secret'));
  await say(caller(server, { token: 'token-of-bob' }), yours.id, 'hers');
  await sees(bob, 'the answer', says('hers'));
  expect(proxy.streams).toBe(2);
  expect(JSON.stringify(await bob.evaluate('heard'))).not.toContain(mine.id);
});

it('a tab that hangs with the stream in its hands loses it to another, and follows that when it wakes up', async () => {
  const api = await begin();
  const { id } = await createContext(api);
  // Silence of a ninth of it makes a tab ask whether its leader is there.
  const patience = { silenceLimitMs: 1_800 };
  const first = await openTab(id, patience);
  await sees(first, 'that it leads', leads);
  const second = await openTab(id, patience);
  await sees(second, 'that it follows', follows);
  const devtools = await tabs.newCDPSession(first);
  await devtools.send('Debugger.enable');
  await devtools.send('Debugger.pause');
  await sees(second, 'that it leads', leads);
  await say(api, id, 'to the living');
  await sees(second, 'the answer', says('to the living'));
  await devtools.send('Debugger.resume');
  await sees(first, 'that it follows', follows);
  await sees(first, 'the answer', says('to the living'));
  await until(() => proxy.streams === 1, { what: 'the first stream to be closed' });
});

it('a tab that was offline is whole again as soon as it is back', async () => {
  const api = await begin();
  const { id } = await createContext(api);
  const page = await openTab(id);
  await sees(page, 'the stream', isLive);
  await tabs.setOffline(true);
  await sees(page, 'that it is not live', ({ status }) => status !== 'live');
  await say(api, id, 'meanwhile');
  await tabs.setOffline(false);
  await sees(page, 'the stream', isLive);
  await sees(page, 'the answer', says('meanwhile'));
});
