// The pages of docs/quickstart.md, chat.tsx and use-chat.tsx, bundled as they stand there and used in a real browser.
import type { Browser, Page } from 'playwright-core';
import { afterEach, beforeAll, expect, it } from 'vitest';
import { body, createContext, getPage } from '../support/api.js';
import { launchBrowser } from '../support/browser.js';
import { bundle } from '../support/bundle.js';
import { caller } from '../support/http.js';
import { exampleOf } from '../support/pages.js';
import { startServer, type TestServer } from '../support/server.js';
import { until } from '../support/until.js';

const main = `
import { createRoot } from 'react-dom/client';
import { Chat } from './chat';
import { UseChat } from './use-chat';

const [, kind, id = ''] = location.hash.split('/');
createRoot(document.body).render(kind === 'chat' ? <Chat id={id} /> : <UseChat id={id} />);
`;

let browser: Browser;
let server: TestServer;
let script = '';
let page: Page;
beforeAll(async () => {
  server = await startServer({ dialect: 'sqlite' });
  browser = await launchBrowser();
  script = await bundle({
    'main.tsx': main,
    'chat.tsx': exampleOf('chat.tsx'),
    'use-chat.tsx': exampleOf('use-chat.tsx'),
  });
});
afterEach(() => page.context().close());

/** Opens one of the two at the server's own origin, as if the server gave it. */
async function open(kind: 'chat' | 'use-chat', id: string): Promise<void> {
  const tabs = await browser.newContext();
  const html =
    '<!doctype html><title>Quickstart</title><body><script type="module" src="quickstart.js"></script>';
  await tabs.route('**/quickstart', (route) => route.fulfill({ contentType: 'text/html', body: html }));
  await tabs.route('**/quickstart.js', (route) =>
    route.fulfill({ contentType: 'text/javascript', body: script }),
  );
  page = await tabs.newPage();
  await page.goto(`${server.url}/quickstart#/${kind}/${id}`);
}

const shows = (text: string): Promise<true> =>
  until(async () => (await page.innerText('main')).includes(text), { what: `a page with ${text}` });

async function say(text: string): Promise<void> {
  await page.getByRole('button', { name: 'Send' }).and(page.locator(':enabled')).waitFor();
  await page.getByLabel('Message').fill(text);
  await page.getByRole('button', { name: 'Send' }).click();
}

it('chat.tsx converses, stops an answer, and shows all of it in a second tab and after a reload', async () => {
  const { id } = await createContext(caller(server));
  await open('chat', id);
  await say('/echo Whole again.');
  await shows('assistant Whole again.');
  await say('/stall 2');
  await page.locator('p[aria-busy=true]').waitFor();
  await page.getByRole('button', { name: 'Stop' }).click();
  await page.locator('p[aria-busy=true]').waitFor({ state: 'detached' });
  const shown = await page.innerText('main');
  const second = await page.context().newPage();
  await second.goto(page.url());
  await page.reload();
  for (const tab of [page, second])
    await until(async () => (await tab.innerText('main')) === shown, { what: 'the same in both tabs' });
});

it('use-chat.tsx converses, has the whole answer after a reload while it comes, and stops one for good', async () => {
  await open('use-chat', crypto.randomUUID());
  await say('/echo By the SDK.');
  await shows('assistant By the SDK.');
  await say('/pace 10\n/words 100');
  await until(async () => (await page.locator('p').count()) === 4, { what: 'the answer to begin' });
  await page.reload();
  await until(
    async () => {
      const { status, text } = await lastAnswer();
      return status === 'complete' && (await page.locator('p').last().innerText()) === `assistant ${text}`;
    },
    { what: 'the whole answer' },
  );
  expect(await page.locator('p').count()).toBe(4);
  await say('/stall 2');
  await until(async () => (await page.locator('p').count()) === 6, { what: 'the answer to begin' });
  await page.getByRole('button', { name: 'Stop' }).click();
  await until(async () => (await lastAnswer()).status === 'cancelled', { what: 'an end of the run' });
});

/** The newest answer on the server. */
async function lastAnswer(): Promise<{ readonly status?: string; readonly text?: string }> {
  const api = caller(server);
  const [context] = body(await api.get<{ contexts: { id: string }[] }>('/contexts?limit=1')).contexts;
  const { messages } = await getPage(api, context?.id ?? '', '?limit=1');
  const last = messages.at(-1);
  return { status: last?.status, text: (last?.data as { readonly content?: string } | undefined)?.content };
}
