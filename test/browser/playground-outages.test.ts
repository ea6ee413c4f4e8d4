// The playground while things are gone: the server, the network, the right to see anything.
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { ChatUpstream } from '../support/chat-upstream.js';
import { heldAnswer, newProfile, openPlayground, startStand } from '../support/playground.js';
import { startServer, type TestServer } from '../support/server.js';

let browser: Browser;
let upstream: ChatUpstream;
let server: TestServer;
beforeAll(async () => {
  ({ browser, upstream, server } = await startStand({ PULLCORD_SSE_RETRY_MS: '50' }));
});
afterAll(() => upstream.close());

it('recovers by itself when the server was killed in the middle of an answer and is back', async () => {
  const playground = await openPlayground(await newProfile(browser), server);
  await playground.startConversation();
  upstream.enqueue(heldAnswer('Said before the crash', ' and never after'));
  await playground.isLive();
  await playground.send('Speak');
  await playground.sees('Assistant', 'Said before the crash');
  const { port } = new URL(server.url);
  await server.kill();
  await playground.isConnected('Reconnecting');
  // What was there is still shown.
  await playground.sees('Assistant', 'Said before the crash');
  await server.restart({ PORT: port });
  await playground.isLive();
  await playground.isIdle();
  await playground.sees('Assistant', 'Said before the crash');
  await playground.send('Are you there?');
  await playground.sees('Assistant', 'Hello.');
  expect(await playground.message('You', 'Speak').count()).toBe(1);
}, 120_000);

it('sends what was written while the server was away, once it is back, and once only', async () => {
  const playground = await openPlayground(await newProfile(browser), server);
  await playground.startConversation();
  await playground.isLive();
  const { port } = new URL(server.url);
  await server.kill();
  await playground.isConnected('Reconnecting');
  await playground.send('Written in the dark');
  await playground.sees('You', 'Written in the dark');
  await server.restart({ PORT: port });
  await playground.sees('Assistant', 'Hello.');
  expect(await playground.message('You', 'Written in the dark').count()).toBe(1);
}, 120_000);

it('is whole again when the network is back', async () => {
  const profile = await newProfile(browser);
  const playground = await openPlayground(profile, server);
  await playground.startConversation();
  const asked = upstream.enqueue(heldAnswer('Heard before, ', 'said while nobody heard.'));
  await playground.send('Speak on');
  await playground.sees('Assistant', 'Heard before,');
  await profile.setOffline(true);
  await playground.isConnected('Offline');
  (await asked()).release();
  await profile.setOffline(false);
  await playground.sees('Assistant', 'Heard before, said while nobody heard.');
  await playground.isLive();
  await playground.isIdle();
});

it('asks for a token where one is needed, again when it is wrong, and not after a reload', async () => {
  const guarded = await startServer({ dialect: 'sqlite', env: { PULLCORD_TOKENS: 'ada:ada-token' } });
  const playground = await openPlayground(await newProfile(browser), guarded);
  const field = playground.page.getByLabel('Token', { exact: true });
  await field.fill('wrong');
  await field.press('Enter');
  await playground.page.getByText('was not accepted').waitFor();
  await field.fill('ada-token');
  await field.press('Enter');
  await playground.startConversation();
  await playground.send('/echo Who goes there');
  await playground.sees('Assistant', 'Who goes there');
  await playground.page.reload();
  await playground.sees('Assistant', 'Who goes there');
  expect(await field.count()).toBe(0);
  // Nowhere in the address, where it would be seen and kept.
  expect(playground.page.url()).not.toContain('ada-token');
});

it('connects when the token that it had is given again, once the server takes it', async () => {
  const playground = await openPlayground(await newProfile(browser), server);
  const { page } = playground;
  let isTaken = false;
  await page.route(
    ({ pathname }) => /^\/(events|contexts|models)/.test(pathname),
    (route) =>
      isTaken
        ? route.continue()
        : route.fulfill({
            status: 401,
            contentType: 'application/problem+json',
            body: JSON.stringify({
              type: '/problems/unauthorized',
              title: 'Who is it?',
              status: 401,
              code: 'unauthorized',
              detail: 'A token is needed.',
            }),
          }),
  );
  await page.reload();
  const field = page.getByLabel('Token', { exact: true });
  await field.fill('ada-token');
  await field.press('Enter');
  await page.getByText('was not accepted').waitFor();
  await field.fill('ada-token');
  isTaken = true;
  // The page tries by itself too, every half minute: should it be faster for once, there is nothing left to press.
  field.press('Enter').catch(() => undefined);
  await field.waitFor({ state: 'hidden', timeout: 20_000 });
  await playground.isLive();
  await playground.startConversation();
  await playground.send('Let in at last');
  await playground.sees('Assistant', 'Hello.');
});
