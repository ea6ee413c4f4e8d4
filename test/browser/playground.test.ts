// The playground in a real browser, on the real server: what somebody does who chats.
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { ChatUpstream } from '../support/chat-upstream.js';
import { answer } from '../support/fake-upstream.js';
import { askTime } from '../support/model-calls.js';
import {
  heldAnswer,
  newProfile,
  openPlayground,
  showTheSame,
  startStand,
  type Playground,
} from '../support/playground.js';
import type { TestServer } from '../support/server.js';

let browser: Browser;
let upstream: ChatUpstream;
let server: TestServer;
beforeAll(async () => {
  ({ browser, upstream, server } = await startStand());
});
afterAll(() => upstream.close());

async function begin(): Promise<Playground> {
  const playground = await openPlayground(await newProfile(browser), server);
  await playground.startConversation();
  return playground;
}

it('sends with Enter, and shows the answer while it streams', async () => {
  const playground = await begin();
  const asked = upstream.enqueue(
    heldAnswer('A lease is **a pro', 'mise** that ends.\n\n- by itself\n- in time'),
  );
  await playground.send('What is a lease?');
  await playground.sees('You', 'What is a lease?');
  await playground.sees('Assistant', 'A lease is');
  expect(await playground.composer.inputValue()).toBe('');
  await playground.button('Stop').waitFor();
  (await asked()).release();
  const said = await playground.sees('Assistant', 'A lease is a promise that ends.');
  await playground.isIdle();
  expect(await said.locator('strong').innerText()).toBe('a promise');
  expect(await said.locator('li').allInnerTexts()).toEqual(['by itself', 'in time']);
  expect(await playground.articles.count()).toBe(2);
  playground.expectNoComplaints();
});

it('makes a line with Shift and Enter, and sends nothing empty', async () => {
  const playground = await begin();
  await playground.composer.press('Enter');
  await playground.composer.fill('one');
  await playground.composer.press('Shift+Enter');
  await playground.composer.pressSequentially('two');
  expect(await playground.composer.inputValue()).toBe('one\ntwo');
  await playground.composer.press('Enter');
  await playground.sees('Assistant', 'Hello.');
  expect(await playground.articles.count()).toBe(2);
});

it('is reloaded in the middle of an answer and loses nothing', async () => {
  const playground = await begin();
  const chats = upstream.chats.length;
  const asked = upstream.enqueue(heldAnswer('The first half, ', 'and the second.'));
  await playground.send('Tell me');
  await playground.sees('Assistant', 'The first half,');
  await playground.page.reload();
  await playground.sees('You', 'Tell me');
  await playground.sees('Assistant', 'The first half,');
  expect(await playground.message('Assistant', 'and the second').count()).toBe(0);
  (await asked()).release();
  await playground.sees('Assistant', 'The first half, and the second.');
  expect(await playground.articles.count()).toBe(2);
  // It was one answer all along: nobody asked the model again.
  expect(upstream.chats.length).toBe(chats + 1);
  playground.expectNoComplaints();
});

it('stops the answer and not just the page, also after a reload', async () => {
  const playground = await begin();
  for (const reloads of [false, true]) {
    const asked = upstream.enqueue(heldAnswer(`Going on and on, ${reloads}`, ' never said'));
    await playground.send('Talk');
    await playground.sees('Assistant', `Going on and on, ${reloads}`);
    if (reloads) await playground.page.reload();
    await playground.button('Stop').click();
    expect(await (await asked()).closedByClient).toBe(true);
    await playground.isIdle();
    await playground.sees('Assistant', `Going on and on, ${reloads}`);
  }
  await playground.send('Again');
  await playground.sees('Assistant', 'Hello.');
  expect(await playground.message('Assistant', 'never said').count()).toBe(0);
});

it('asks before a tool is called, calls it when that is approved, and not when it is denied', async () => {
  const playground = await begin();
  upstream.enqueue(answer('Let me look.', { calls: [askTime('call_a')] }), answer('It is noon.'));
  await playground.send('What time is it?');
  await playground.button('Approve').first().click();
  await playground.sees('Assistant', 'It is noon.');
  const call = playground.page.locator('details').filter({ hasText: 'current_time' }).first();
  await call.waitFor();

  const asked = upstream.enqueue(answer('Again.', { calls: [askTime('call_b')] }), answer('Then not.'));
  await playground.send('And now?');
  await playground.button('Deny').first().click();
  await asked();
  await playground.sees('Assistant', 'Then not.');
  await playground.isIdle();
  expect(await playground.button('Approve').count()).toBe(0);
});

it('edits a message into another branch, and goes to and fro between them', async () => {
  const playground = await begin();
  upstream.enqueue(answer('Answer about cats.'));
  await playground.send('Tell me of cats');
  const first = await playground.sees('You', 'Tell me of cats');
  await playground.sees('Assistant', 'Answer about cats.');
  await playground.isIdle();

  upstream.enqueue(answer('Answer about dogs.'));
  await first.hover();
  await first.getByRole('button', { name: 'Edit', exact: true }).click();
  await playground.page.getByRole('textbox', { name: 'Edit message' }).fill('Tell me of dogs');
  await playground.button('Save').click();
  const second = await playground.sees('You', 'Tell me of dogs');
  await playground.sees('Assistant', 'Answer about dogs.');
  await second.getByText('2 / 2').waitFor();
  expect(await playground.message('Assistant', 'cats').count()).toBe(0);

  await playground.button('Previous version').first().click();
  await playground.sees('Assistant', 'Answer about cats.');
  await (await playground.sees('You', 'Tell me of cats')).getByText('1 / 2').waitFor();
  expect(await playground.message('Assistant', 'dogs').count()).toBe(0);
  await playground.button('Next version').first().click();
  await playground.sees('Assistant', 'Answer about dogs.');
});

it('retries an answer beside the first, which stays', async () => {
  const playground = await begin();
  upstream.enqueue(answer('The first answer.'), answer('The other answer.'));
  await playground.send('Answer me');
  const first = await playground.sees('Assistant', 'The first answer.');
  await playground.isIdle();
  await first.hover();
  await playground.button('Retry').last().click();
  const other = await playground.sees('Assistant', 'The other answer.');
  await other.getByText('2 / 2').waitFor();
  await other.hover();
  await other.getByRole('button', { name: 'Previous version', exact: true }).click();
  await playground.sees('Assistant', 'The first answer.');
});

it('shows in every tab what is done in one', async () => {
  const profile = await newProfile(browser);
  const one = await openPlayground(profile, server);
  await one.startConversation();
  await one.send('Begin');
  await one.sees('Assistant', 'Hello.');
  const other = await openPlayground(profile, server, one.contextId());
  await other.sees('You', 'Begin');

  const asked = upstream.enqueue(heldAnswer('Both see this ', 'and this.'));
  await other.send('From the other');
  await one.sees('Assistant', 'Both see this');
  await other.sees('Assistant', 'Both see this');
  (await asked()).release();
  await one.sees('Assistant', 'Both see this and this.');
  await showTheSame(one, other);

  // Edited in one, followed in the other, without anybody having asked it to.
  upstream.enqueue(answer('On another branch.'));
  const message = await one.sees('You', 'From the other');
  await message.hover();
  await message.getByRole('button', { name: 'Edit', exact: true }).click();
  await one.page.getByRole('textbox', { name: 'Edit message' }).fill('Edited in one');
  await one.button('Save').click();
  await other.sees('Assistant', 'On another branch.');
  await other.sees('You', 'Edited in one');
  await one.isIdle();
  await other.isIdle();
  await showTheSame(one, other);
});

it('lists the conversations, and opens them', async () => {
  const playground = await begin();
  const first = playground.contextId();
  await playground.send('In the first');
  await playground.sees('Assistant', 'Hello.');
  await playground.startConversation();
  expect(playground.contextId()).not.toBe(first);
  await playground.articles.first().waitFor({ state: 'hidden' });
  await playground.page.goBack();
  await playground.sees('You', 'In the first');
  const list = playground.page.getByRole('navigation', { name: 'Conversations' });
  expect(await list.getByRole('link').count()).toBeGreaterThan(1);
});
