// The pictures in docs/images are taken here: by `npm run screenshots` to be kept, and otherwise to see that they could be.
import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Browser, BrowserContextOptions } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createContext } from '../support/api.js';
import { launchBrowser } from '../support/browser.js';
import { ChatUpstream } from '../support/chat-upstream.js';
import { startServerOn } from '../support/context-client.js';
import { answer } from '../support/fake-upstream.js';
import { caller } from '../support/http.js';
import { callOf } from '../support/model-calls.js';
import { heldAnswer, newProfile, openPlayground, type Playground } from '../support/playground.js';
import {
  longAnswer,
  question,
  sampleAnswer,
  sampleTitles,
  thought,
  thoughtOfTime,
} from '../support/sample-conversation.js';
import type { TestServer } from '../support/server.js';

/** So that the pages that show them stay light. */
const largestPicture = 200_000;
const kept = fileURLToPath(new URL('../../docs/images/', import.meta.url));
const isKept = process.env['PULLCORD_SCREENSHOTS'] === 'keep';

let folder = kept;
let browser: Browser;
let upstream: ChatUpstream;
let server: TestServer;
beforeAll(async () => {
  if (!isKept) folder = mkdtempSync(join(tmpdir(), 'pullcord-pictures-'));
  mkdirSync(folder, { recursive: true });
  [browser, upstream] = await Promise.all([launchBrowser(), ChatUpstream.start()]);
  const env = { PULLCORD_DEFAULT_MODEL: 'openai/gpt-4o-mini' };
  server = await startServerOn(upstream, env, 'sqlite');
  for (const title of sampleTitles.slice(2).reverse()) await createContext(caller(server), { title });
});
afterAll(async () => {
  if (!isKept) rmSync(folder, { recursive: true, force: true });
  await upstream.close();
});

const usage = { prompt_tokens: 214, completion_tokens: 187 };
const taken: string[] = [];

async function picture({ page }: Pick<Playground, 'page'>, name: string): Promise<void> {
  const path = join(folder, `${name}.png`);
  await page.evaluate('document.fonts.ready');
  // What moves is shown where it comes to rest, and the caret not at all.
  await page.screenshot({ path, animations: 'disabled', caret: 'hide' });
  expect(statSync(path).size, name).toBeLessThan(largestPicture);
  taken.push(`${name}.png`);
}

const open = async (options: BrowserContextOptions, contextId?: string): Promise<Playground> =>
  openPlayground(await newProfile(browser, options), server, contextId);

let conversation = '';

it('of a conversation, light and on a phone', async () => {
  const { id } = await createContext(caller(server), { title: sampleTitles[0] });
  conversation = id;
  const light = await open({ colorScheme: 'light' }, id);
  upstream.enqueue(answer(sampleAnswer, { reasoning: [thought], usage }));
  await light.send(question);
  await light.sees('Assistant', 'lapses');
  await light.isIdle();
  await light.isLive();
  await picture(light, 'playground-light');

  const phone = await open({ colorScheme: 'light', viewport: { width: 360, height: 740 } }, id);
  await phone.sees('Assistant', 'lapses');
  await picture(phone, 'playground-narrow');
});

it('of an approval, dark and on a phone', async () => {
  const { id } = await createContext(caller(server), { title: sampleTitles[1] });
  const dark = await open({ colorScheme: 'dark' }, id);
  const calls = [callOf('call_a', 'current_time', { time_zone: 'Europe/Rome' })];
  upstream.enqueue(answer('Let me look at the clock there.', { reasoning: [thoughtOfTime], calls }));
  await dark.send('Would a train that leaves Rome at nine tonight still be caught?');
  await dark.button('Approve').first().waitFor();
  await dark.isLive();
  await picture(dark, 'playground-dark');

  const phone = await open({ colorScheme: 'dark', viewport: { width: 360, height: 740 } }, id);
  await phone.button('Approve').first().waitFor();
  await picture(phone, 'playground-narrow-dark');
});

it('of the signals and pulls, while an answer streams', async () => {
  const page = await open({ colorScheme: 'light', viewport: { width: 1400, height: 800 } }, conversation);
  await page.button('Signals and pulls').first().click();
  await page.page.getByRole('complementary', { name: 'Signals and pulls' }).waitFor();
  const [begin = '', end = ''] = longAnswer.split('- **Late?**');
  const words = begin.match(/\S+\s*/g) ?? [];
  const asked = upstream.enqueue(heldAnswer(words, `- **Late?**${end}`, { paceMs: 10 }));
  await page.send('And if a signal is lost on the way?');
  await page.sees('Assistant', 'nothing is asked');
  await page.page
    .getByText(/sequence/)
    .first()
    .waitFor();
  await picture(page, 'playground-signals');
  (await asked()).release();
  await page.isIdle();
});

it('of the reference, dark', async () => {
  const profile = await newProfile(browser, { colorScheme: 'dark' });
  const page = await profile.newPage();
  await page.goto(`${server.url}/docs`);
  await page.getByText('Commands to a context').waitFor();
  await picture({ page }, 'api-reference');
});

it('are all in docs/images', () => {
  expect(
    readdirSync(kept)
      .filter((name) => name.endsWith('.png'))
      .sort(),
  ).toEqual(taken.sort());
});
