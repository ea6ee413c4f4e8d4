// Browsers as they are: their own EventSource, their reconnecting, their same-origin rules, the server's real headers.
import { readFileSync } from 'node:fs';
import type { Browser, Page } from 'playwright-core';
import { beforeAll, expect, it } from 'vitest';
import { launchBrowser } from '../support/browser.js';
import { caller, type Caller } from '../support/http.js';
import { startServer, type TestServer } from '../support/server.js';
import { StreamServer } from '../support/stream-server.js';
import { until } from '../support/until.js';

interface Signal {
  readonly type: string;
  readonly revision: number;
}

interface Message {
  readonly id: string;
  readonly kind: string;
  readonly status: string;
  readonly data: { readonly content: string };
}

/** What the page knows; see following-page.js. */
interface Look {
  /** How often the browser has opened the stream, and how often it lost it. */
  readonly opened: number;
  readonly failed: number;
  /** EventSource.readyState. */
  readonly state: number;
  readonly signals: readonly Signal[];
  readonly revision: number;
  readonly messages: readonly Message[];
  /** Joined from the chunks that were pulled. */
  readonly text: string;
}

const closed = 2;
const script = readFileSync(new URL('following-page.js', import.meta.url), 'utf8');

let browser: Browser;

beforeAll(async () => {
  browser = await launchBrowser();
});

const start = (env: Readonly<Record<string, string>> = {}): Promise<TestServer> =>
  startServer({
    dialect: 'sqlite',
    env: { PULLCORD_SSE_RETRY_MS: '50', PULLCORD_SCRIPTED_PACE_MS: '1', ...env },
  });

async function createContext(api: Caller): Promise<string> {
  const { body } = await api.post<{ id: string }>('/contexts');
  return body.id;
}

/** Opens an address, and lets a page there follow a context of the server at `base`. */
async function openPage(url: string, base: string, contextId: string): Promise<Page> {
  const page = await browser.newPage();
  await page.goto(url);
  await page.evaluate(script);
  await page.evaluate(`follow(${JSON.stringify(base)}, ${JSON.stringify(contextId)})`);
  return page;
}

const look = (page: Page): Promise<Look> => page.evaluate('page.look()');
const pullMessages = (page: Page): Promise<unknown> => page.evaluate('page.pullMessages()');
const pullChunks = (page: Page): Promise<unknown> => page.evaluate('page.pullChunks()');

/** Waits until the page has come so far. */
const sees = (page: Page, what: string, isSo: (seen: Look) => boolean): Promise<Look> =>
  until(
    async () => {
      const seen = await look(page);
      return isSo(seen) && seen;
    },
    { what: `the page to see ${what}` },
  );

const snapshots = ({ signals }: Look): Signal[] => signals.filter(({ type }) => type === 'snapshot');
const has = (type: string) => (seen: Look) => seen.signals.some((signal) => signal.type === type);

it('follows by signal and pull, and after a crash of the server reconnects by itself and is whole after one pull', async () => {
  const server = await start();
  const api = caller(server);
  const id = await createContext(api);
  const page = await openPage(server.url, '', id);
  const opened = await sees(page, 'a snapshot', has('snapshot'));
  expect(opened).toMatchObject({ opened: 1, failed: 0 });

  await api.post(`/contexts/${id}/actions/send_message`, {
    content: 'What is a lease?\n/words 60\n/stall 30',
  });
  const streaming = await sees(page, 'half of an answer', ({ text }) => text.length > 100);
  await pullMessages(page);
  const before = await look(page);
  expect(before.messages.map(({ kind, status }) => `${kind} ${status}`)).toEqual([
    'text complete',
    'streaming_response streaming',
  ]);

  await server.kill();
  await sees(page, 'that the server is gone', ({ failed }) => failed > 0);
  await server.restart({ PORT: new URL(server.url).port });
  const again = await sees(page, 'another snapshot', (seen) => snapshots(seen).length === 2);
  expect(again.opened).toBe(2);
  expect(snapshots(again).at(-1)?.revision).toBeGreaterThan(before.revision);

  await pullMessages(page);
  await pullChunks(page);
  const whole = await look(page);
  const answer = whole.messages.find(({ kind }) => kind === 'streaming_response');
  expect(answer).toMatchObject({ status: 'interrupted' });
  expect(whole.text).toBe(answer?.data.content);
  expect(whole.text.startsWith(streaming.text)).toBe(true);
  const { body } = await api.get<{ messages: Message[] }>(`/contexts/${id}/messages`);
  expect(whole.messages).toEqual(body.messages);

  // The stream that came back is a stream like the first.
  await api.post(`/contexts/${id}/actions/retry`);
  const known = whole.signals.length;
  await sees(page, 'another answer', ({ signals }) =>
    signals.slice(known).some(({ type }) => type === 'content_delta'),
  );
  await page.close();
});

it('lets in pages of the origins that the settings name, and no others', async () => {
  const origin = await StreamServer.listen((response) =>
    response.end('<!doctype html><title>Elsewhere</title>'),
  );
  const friendly = await start({ PULLCORD_CORS_ORIGINS: origin.url });
  const strict = await start();
  const invited = await openPage(origin.url, friendly.url, await createContext(caller(friendly)));
  await sees(invited, 'a snapshot', has('snapshot'));
  await pullMessages(invited);
  const uninvited = await openPage(origin.url, strict.url, await createContext(caller(strict)));
  const refused = await sees(uninvited, 'a refusal', ({ state }) => state === closed);
  expect(refused).toMatchObject({ opened: 0, signals: [] });
  await expect(pullMessages(uninvited)).rejects.toThrow('Failed to fetch');
  await Promise.all([invited.close(), uninvited.close()]);
  await origin.close();
});
