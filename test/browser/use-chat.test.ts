// useChat of the AI SDK as it is, in a real browser, from another origin, on the library's transport.
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { build, type Plugin, type Rollup } from 'vite';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { launchBrowser } from '../support/browser.js';
import { exampleOf, root } from '../support/pages.js';
import { startServerOn } from '../support/context-client.js';
import { answer, FakeUpstream, type UpstreamCall } from '../support/fake-upstream.js';
import type { TestServer } from '../support/server.js';
import { StreamServer } from '../support/stream-server.js';
import { halting } from '../support/ui-chat.js';
import { until } from '../support/until.js';

let browser: Browser;
let upstream: FakeUpstream;
let origin: StreamServer;
let server: TestServer;
let chats = 0;
let page: Page;

beforeAll(async () => {
  const [script, launched] = await Promise.all([bundle(), launchBrowser()]);
  browser = launched;
  upstream = await FakeUpstream.start();
  origin = await StreamServer.listen((response, { url = '/' }) => {
    const isScript = url === '/page.js';
    response.setHeader('content-type', isScript ? 'text/javascript' : 'text/html');
    response.end(isScript ? script : '<!doctype html><body><script type="module" src="/page.js"></script>');
  });
  server = await startServerOn(
    upstream,
    { PULLCORD_DEFAULT_MODEL: 'openai/gpt-4o-mini', PULLCORD_CORS_ORIGINS: origin.url },
    'sqlite',
  );
});
beforeEach(async () => {
  page = await browser.newPage();
  await page.goto(`${origin.url}/?server=${encodeURIComponent(server.url)}&chat=chat-${chats++}`);
});
afterEach(() => page.close());
afterAll(async () => {
  await origin.close();
  await upstream.close();
});

/** The example of docs/guides/ai-sdk.md, use-conversation.ts, with the server that the page's address names. */
const guide: Plugin = {
  name: 'guide',
  enforce: 'pre',
  resolveId: (id) =>
    id === './use-conversation.js' ? join(root, 'test/browser/use-conversation.ts') : undefined,
  load: (id) =>
    id.endsWith('use-conversation.ts')
      ? exampleOf('use-conversation.ts').replace(
          "'http://127.0.0.1:3000'",
          "new URL(location.href).searchParams.get('server') ?? ''",
        )
      : undefined,
};

/** The page with all that it imports, as a bundler gives it to a browser. */
async function bundle(): Promise<string> {
  const output = await build({
    configFile: false,
    plugins: [guide],
    logLevel: 'error',
    mode: 'development',
    define: { 'process.env.NODE_ENV': '"development"' },
    build: {
      write: false,
      minify: false,
      target: 'es2022',
      modulePreload: { polyfill: false },
      rollupOptions: { input: fileURLToPath(new URL('chat-page.js', import.meta.url)) },
    },
  });
  const [chunk] = (output as Rollup.RollupOutput).output;
  return chunk.code;
}

const click = (name: string): Promise<void> => page.getByRole('button', { name }).click();

async function send(text: string): Promise<void> {
  await page.getByRole('textbox', { name: 'Message' }).fill(text);
  await click('Send');
}

/** What the page shows: each message, and how the chat stands. */
const look = async (): Promise<string[]> => [
  ...(await page.getByRole('article').allTextContents()),
  (await page.locator('output').textContent()) ?? '',
];

async function shows(...lines: readonly string[]): Promise<void> {
  const seen: { last?: readonly string[] } = {};
  const isSo = async (): Promise<boolean> => {
    seen.last = await look();
    return seen.last.join('\n') === lines.join('\n');
  };
  await until(isSo, { what: lines.join(' | ') }).catch((error: unknown) => {
    throw new Error(`${String(error)}; the page shows ${seen.last?.join(' | ')}`);
  });
}

/** An answer that halts after its first words, and the call to the model that gives it. */
function halt(): Promise<UpstreamCall> {
  upstream.enqueue(halting(['One ', 'two '], ['three.']));
  return upstream.call(upstream.calls.length);
}

it('streams, and after a reload in mid-answer goes on where the server is', async () => {
  const call = halt();
  await shows('ready');
  await send('Count.');
  await shows('Count.', 'One two ', 'streaming');
  await page.reload();
  await shows('Count.', 'One two ', 'streaming');
  (await call).release();
  await shows('Count.', 'One two three.', 'ready');
  await page.reload();
  await shows('Count.', 'One two three.', 'ready');
});

it('really stops, what it began and what the page before it began', async () => {
  for (const isReloaded of [false, true]) {
    const call = halt();
    await send('Count.');
    await until(async () => (await look()).at(-2) === 'One two ', { what: 'half of an answer' });
    if (isReloaded) await page.reload();
    await until(async () => (await look()).at(-1) === 'streaming', { what: 'the answer' });
    await click('Stop');
    expect(await (await call).closedByClient).toBe(true);
    await until(async () => (await look()).at(-1) === 'ready', { what: 'the end' });
  }
  await page.reload();
  await shows('Count.', 'One two ', 'Count.', 'One two ', 'ready');
});

it('asks before a tool is called, and goes on in the same message, also after a reload', async () => {
  const time = { id: 'call_1', name: 'current_time', arguments: ['{}'] };
  upstream.enqueue(
    answer(['Let me look.'], { calls: [time] }),
    answer(' It is late.'),
    answer('It is later.'),
  );
  await send('What time is it?');
  await shows('What time is it?', 'Let me look.[current_time approval-requested]Approve', 'ready');
  await page.reload();
  await shows('What time is it?', 'Let me look.[current_time approval-requested]Approve', 'ready');
  await click('Approve');
  await shows('What time is it?', 'Let me look.[current_time output-available] It is late.', 'ready');
  await click('Regenerate');
  await shows('What time is it?', 'It is later.', 'ready');
  await page.reload();
  await shows('What time is it?', 'It is later.', 'ready');
});
