// What the playground has beside the conversation: search, export, the drawer.
import { readFileSync } from 'node:fs';
import type { Browser } from 'playwright-core';
import { beforeAll, expect, it } from 'vitest';
import { launchBrowser } from '../support/browser.js';
import { newProfile, openPlayground, type Playground } from '../support/playground.js';
import { startServer, type TestServer } from '../support/server.js';

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
