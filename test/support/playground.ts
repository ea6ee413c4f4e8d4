// The playground as somebody with a browser meets it: by the names of what is on the page, never by its insides.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Browser, BrowserContext, BrowserContextOptions, Locator, Page } from 'playwright-core';
import { expect, onTestFinished } from 'vitest';
import { launchBrowser } from './browser.js';
import { ChatUpstream } from './chat-upstream.js';
import { startServerOn } from './context-client.js';
import { partial, answer, hold, type AnswerOptions, type Plan } from './fake-upstream.js';
import type { TestServer } from './server.js';
import { until } from './until.js';

const failures = fileURLToPath(new URL('../../.tmp/browser-failures', import.meta.url));

/** Only ever ends a hang: pages wait between tries to connect, and machines may be slow. */
const longestWaitMs = 50_000;

/** What a page may complain of, and still be well: calls that a test made fail on purpose. */
const expectedWords = /Failed to load resource|net::ERR_/;

export interface PlaygroundStand {
  readonly browser: Browser;
  readonly upstream: ChatUpstream;
  readonly server: TestServer;
}

/** What a file of tests shares: a browser, and a server whose model says what a test has it say. */
export async function startStand(env: Readonly<Record<string, string>> = {}): Promise<PlaygroundStand> {
  const [browser, upstream] = await Promise.all([launchBrowser(), ChatUpstream.start()]);
  const settings = { PULLCORD_DEFAULT_MODEL: 'openai/gpt-4o-mini', ...env };
  return { browser, upstream, server: await startServerOn(upstream, settings, 'sqlite') };
}

/** A profile of its own: what one has kept, and how it is drawn. Tabs of one profile share what they keep. */
export async function newProfile(
  browser: Browser,
  options: BrowserContextOptions = {},
): Promise<BrowserContext> {
  const profile = await browser.newContext({ viewport: { width: 1280, height: 800 }, ...options });
  profile.setDefaultTimeout(longestWaitMs);
  onTestFinished(async ({ task }) => {
    if (task.result?.state === 'fail') await picture(profile, task.name);
    await profile.close();
  });
  return profile;
}

/** A picture of every tab, for whoever looks into the failure. */
async function picture(profile: BrowserContext, name: string): Promise<void> {
  mkdirSync(failures, { recursive: true });
  for (const [tab, page] of profile.pages().entries())
    await page.screenshot({
      path: join(failures, `${name.replaceAll(/\W+/g, '-').slice(0, 80)}-${tab}.png`),
    });
}

/** Opens the playground in a tab; with an id, that conversation. */
export async function openPlayground(
  profile: BrowserContext,
  server: { readonly url: string },
  contextId?: string,
): Promise<Playground> {
  const playground = new Playground(await profile.newPage());
  await playground.page.goto(`${server.url}/${contextId ? `#/contexts/${contextId}` : ''}`);
  return playground;
}

export class Playground {
  /** What the page threw, and what it wrote as an error: a policy that it broke is among it. */
  readonly complaints: string[] = [];
  readonly composer: Locator;
  readonly articles: Locator;

  constructor(readonly page: Page) {
    page.on('pageerror', (error) => this.complaints.push(error.stack ?? error.message));
    page.on('console', (line) => {
      if (line.type() === 'error' && !expectedWords.test(line.text())) this.complaints.push(line.text());
    });
    this.composer = page.getByRole('textbox', { name: 'Message', exact: true });
    this.articles = page.getByRole('article');
  }

  button(name: string): Locator {
    return this.page.getByRole('button', { name, exact: true });
  }

  /** The one message that says this; `of` is who says it. */
  message(of: 'You' | 'Assistant' | 'Tool', text: string): Locator {
    return this.page.getByRole('article', { name: of }).filter({ hasText: text });
  }

  async startConversation(): Promise<void> {
    const before = this.page.url();
    await this.button('New conversation').first().click();
    await this.page.waitForURL((url) => url.href !== before && url.hash.startsWith('#/contexts/'));
    await this.composer.waitFor();
  }

  async send(text: string): Promise<void> {
    await this.composer.fill(text);
    await this.composer.press('Enter');
  }

  async sees(of: 'You' | 'Assistant' | 'Tool', text: string): Promise<Locator> {
    const message = this.message(of, text);
    await message.last().waitFor();
    return message.last();
  }

  /** Waits for what the line about the connection says. */
  async isConnected(text: 'Live' | 'Reconnecting' | 'Offline'): Promise<void> {
    await this.page.getByRole('status').filter({ hasText: text }).first().waitFor();
  }

  isLive(): Promise<void> {
    return this.isConnected('Live');
  }

  /** Waits until nothing runs any more. */
  async isIdle(): Promise<void> {
    await this.button('Stop').waitFor({ state: 'hidden' });
  }

  /** The id in the address. */
  contextId(): string {
    return /#\/contexts\/([0-9a-f-]{36})/.exec(this.page.url())?.[1] ?? '';
  }

  /** What all messages say, in the order of the page, without the words of their buttons. */
  async texts(): Promise<readonly string[]> {
    return (await this.articles.allInnerTexts()).map((text) => text.replaceAll(/\s+/g, ' ').trim());
  }

  expectNoComplaints(): void {
    expect(this.complaints).toEqual([]);
  }
}

/** Waits until both tabs show the same. */
export async function showTheSame(one: Playground, other: Playground): Promise<void> {
  await until(async () => JSON.stringify(await one.texts()) === JSON.stringify(await other.texts()), {
    what: 'two tabs that show the same',
  });
}

/** An answer that stops in the middle until the test lets it go on. */
export const heldAnswer = (
  begin: string | readonly string[],
  rest: string,
  options: AnswerOptions = {},
): Plan => {
  const end = answer(rest, options);
  return { ...end, pieces: [...(partial(begin).pieces ?? []), hold, ...(end.pieces ?? []).slice(1)] };
};
