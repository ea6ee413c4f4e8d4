// Who can use the playground, and on what: a narrow window, a keyboard alone, a reader of the page aloud.
import type { Browser, Page } from 'playwright-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { launchBrowser } from '../support/browser.js';
import { tooWide, unnamed } from '../support/page-checks.js';
import { newProfile, openPlayground, type Playground } from '../support/playground.js';
import { startServer, type TestServer } from '../support/server.js';
import { until } from '../support/until.js';

let browser: Browser;
let server: TestServer;
beforeAll(async () => {
  [browser, server] = await Promise.all([launchBrowser(), startServer({ dialect: 'sqlite' })]);
});

const phone = { viewport: { width: 360, height: 740 } };
const wideContent = [
  '/echo # A heading that is longer than the window is wide by far',
  `A word: ${'long'.repeat(60)}, an address: https://example.org/${'path/'.repeat(40)}`,
  '',
  '```ts',
  `const line = '${'x'.repeat(300)}';`,
  '```',
  '',
  `| ${Array.from({ length: 12 }, (_, n) => `column ${n}`).join(' | ')} |`,
  `| ${Array.from({ length: 12 }, () => '---').join(' | ')} |`,
  `| ${Array.from({ length: 12 }, (_, n) => `value ${n}`).join(' | ')} |`,
].join('\n');

describe('in a window of 360 pixels', () => {
  it('nothing is wider than the window, whatever an answer is made of', async () => {
    const playground = await openPlayground(await newProfile(browser, phone), server);
    await expectFits(playground, 'nothing open');
    await openList(playground);
    await expectFits(playground, 'the list');
    await playground.startConversation();
    await playground.send(wideContent);
    await playground.sees('Assistant', 'value 11');
    await expectFits(playground, 'a wide answer');
    await playground.button('Signals and pulls').first().click();
    await playground.page.getByRole('complementary', { name: 'Signals and pulls' }).waitFor();
    await expectFits(playground, 'the drawer');
  });
});

const expectFits = async ({ page }: Playground, at: string): Promise<void> =>
  expect(await tooWide(page), at).toEqual([]);

/** In a narrow window the list is behind a button. */
async function openList(playground: Playground): Promise<void> {
  const create = playground.button('New conversation').first();
  if (!(await create.isVisible())) await playground.button('Conversations').first().click();
  await create.waitFor();
}

/** Runs in the page: the name of what has the focus. */
const focusedName = `(document.activeElement.getAttribute('aria-label') ?? document.activeElement.textContent).trim()`;

/** Presses Tab until what has the focus has this name; fails when it comes by nothing new any more. */
async function tabTo(page: Page, name: string): Promise<void> {
  for (let presses = 0; presses < 60; presses++) {
    await page.keyboard.press('Tab');
    if ((await page.evaluate(focusedName)) === name) return;
  }
  throw new Error(`Tab does not come to ${name}.`);
}

it('is used with the keyboard alone: a conversation begun, a message sent, an answer stopped', async () => {
  const playground = await openPlayground(await newProfile(browser), server);
  const { page } = playground;
  await playground.button('New conversation').first().waitFor();
  await tabTo(page, 'New conversation');
  await page.keyboard.press('Enter');
  await playground.composer.waitFor();
  await until(async () => (await page.evaluate(focusedName)) === 'Message', {
    what: 'the focus in the composer',
  });
  await playground.isLive();
  await page.keyboard.type('/stall 3');
  await page.keyboard.press('Enter');
  await playground.button('Stop').waitFor();
  await tabTo(page, 'Stop');
  await page.keyboard.press('Enter');
  await playground.isIdle();
});

it('lists its shortcuts, and Escape closes what is open', async () => {
  const { page } = await openPlayground(await newProfile(browser), server);
  await page.getByRole('navigation', { name: 'Conversations' }).waitFor();
  await page.keyboard.press('?');
  const dialog = page.getByRole('dialog');
  await dialog.waitFor();
  await page.keyboard.press('Escape');
  await dialog.waitFor({ state: 'hidden' });
});

it('has a name for everything that can be pressed or filled in', async () => {
  const playground = await openPlayground(await newProfile(browser), server);
  await playground.button('New conversation').first().waitFor();
  expect(await unnamed(playground.page)).toEqual([]);
  await playground.startConversation();
  await playground.send('/reason\n/tool current_time {}\nTime');
  await playground.button('Approve').first().waitFor();
  await playground.button('Signals and pulls').first().click();
  expect(await unnamed(playground.page)).toEqual([]);
});

it('is drawn in the colours that the system prefers, until others are chosen, which outlast a reload', async () => {
  const ground = (page: Page): Promise<unknown> =>
    page.evaluate(`getComputedStyle(document.body).backgroundColor`);
  const [light, dark] = await Promise.all(
    (['light', 'dark'] as const).map(async (colorScheme) =>
      openPlayground(await newProfile(browser, { colorScheme }), server),
    ),
  );
  if (!light || !dark) throw new Error('two were opened');
  await Promise.all([light, dark].map((one) => one.button('New conversation').first().waitFor()));
  const preferred = await ground(light.page);
  expect(await ground(dark.page)).not.toBe(preferred);

  await dark.button('Theme: system').click();
  await dark.button('Theme: light').waitFor();
  expect(await ground(dark.page)).toBe(preferred);
  await dark.page.reload();
  await dark.button('Theme: light').waitFor();
  expect(await ground(dark.page)).toBe(preferred);
});
