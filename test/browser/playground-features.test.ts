// What the playground has beside the conversation: search, export, the drawer.
import { readFileSync } from 'node:fs';
import type { Browser } from 'playwright-core';
import { beforeAll, expect, it } from 'vitest';
import { launchBrowser } from '../support/browser.js';
import { newProfile, openPlayground, type Playground } from '../support/playground.js';
import { startServer, type TestServer } from '../support/server.js';
import { until } from '../support/until.js';

let browser: Browser;
let server: TestServer;
beforeAll(async () => {
  [browser, server] = await Promise.all([launchBrowser(), startServer({ dialect: 'sqlite' })]);
});

async function begin(): Promise<Playground> {
  const playground = await openPlayground(await newProfile(browser), server);
  await playground.startConversation();
  return playground;
}

it('finds a message by its words, and goes to it', async () => {
  const playground = await begin();
  await playground.send('/echo The heron stands still');
  await playground.sees('Assistant', 'The heron stands still');
  const found = playground.contextId();
  await playground.startConversation();
  const search = playground.page.getByRole('searchbox', { name: 'Search messages' });
  await search.fill('heron');
  await search.press('Enter');
  await playground.page.getByRole('link').filter({ hasText: 'heron' }).first().click();
  await playground.sees('Assistant', 'The heron stands still');
  expect(playground.contextId()).toBe(found);
});

it('says that a found message is on another branch, and leaves that for the current one', async () => {
  const playground = await begin();
  const { page } = playground;
  await playground.send('/echo An osprey dives');
  await playground.sees('Assistant', 'An osprey dives');
  await playground.isIdle();
  const first = await playground.sees('You', 'An osprey dives');
  await first.hover();
  await first.getByRole('button', { name: 'Edit', exact: true }).click();
  await page.getByRole('textbox', { name: 'Edit message' }).fill('/echo A plover runs');
  await playground.button('Save').click();
  await playground.sees('Assistant', 'A plover runs');
  await playground.isIdle();
  const bar = page.getByText('You are looking at another branch.');
  expect(await bar.count()).toBe(0);

  const goToOther = async (): Promise<void> => {
    const search = page.getByRole('searchbox', { name: 'Search messages' });
    await search.fill('osprey');
    await page.getByRole('link').filter({ hasText: 'osprey' }).first().click();
    await playground.sees('Assistant', 'An osprey dives');
    await bar.waitFor();
  };
  await goToOther();
  await playground.button('Back to the current one').click();
  await playground.sees('Assistant', 'A plover runs');
  await bar.waitFor({ state: 'hidden' });
  expect(page.url()).not.toContain('branch=');

  // What is sent goes to the current one, and is seen there.
  await goToOther();
  await playground.send('/echo Said after the plover');
  await playground.sees('You', 'Said after the plover');
  await playground.sees('Assistant', 'Said after the plover');
  await playground.sees('Assistant', 'A plover runs');
  await bar.waitFor({ state: 'hidden' });
  await until(() => !page.url().includes('branch='), { what: 'an address without the other branch' });
  await playground.isIdle();

  await goToOther();
  await playground.button('Make it the current one').click();
  await bar.waitFor({ state: 'hidden' });
  await playground.sees('Assistant', 'An osprey dives');
  expect(await playground.message('Assistant', 'A plover runs').count()).toBe(0);
  playground.expectNoComplaints();
});

it('exports a conversation as a file', async () => {
  const playground = await begin();
  await playground.send('/echo To be kept');
  await playground.sees('Assistant', 'To be kept');
  await playground.isIdle();
  await playground.button('Export').first().click();
  const [download] = await Promise.all([
    playground.page.waitForEvent('download'),
    playground.page.getByText('Markdown').first().click(),
  ]);
  expect(readFileSync(await download.path(), 'utf8')).toContain('To be kept');
});

it('shows the signals and the pulls as they happen, cursor by cursor', async () => {
  const playground = await begin();
  await playground.button('Signals and pulls').first().click();
  const drawer = playground.page.getByRole('complementary', { name: 'Signals and pulls' });
  await drawer.waitFor();
  await playground.send('/words 30');
  await drawer.getByText('message_created').first().waitFor();
  await drawer
    .getByText(/revision/)
    .first()
    .waitFor();
  await drawer
    .getByText(/sequence/)
    .first()
    .waitFor();
  await playground.isIdle();
  playground.expectNoComplaints();
});
