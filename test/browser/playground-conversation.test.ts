// The open conversation, as somebody reads and writes in it.
import type { Browser, Locator, Route } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { act, appendText, createContext } from '../support/api.js';
import type { ChatUpstream } from '../support/chat-upstream.js';
import { answer } from '../support/fake-upstream.js';
import { caller, type Caller } from '../support/http.js';
import { callOf } from '../support/model-calls.js';
import {
  heldAnswer,
  newProfile,
  openPlayground,
  startStand,
  type Playground,
} from '../support/playground.js';
import type { TestServer } from '../support/server.js';
import { until } from '../support/until.js';
import { pixel } from '../support/upload.js';

let browser: Browser;
let upstream: ChatUpstream;
let server: TestServer;
let api: Caller;
beforeAll(async () => {
  ({ browser, upstream, server } = await startStand());
  api = caller(server);
});
afterAll(() => upstream.close());

const open = async (contextId: string): Promise<Playground> =>
  openPlayground(
    await newProfile(browser, { permissions: ['clipboard-read', 'clipboard-write'] }),
    server,
    contextId,
  );

async function begin(): Promise<Playground> {
  const { id } = await createContext(api);
  const playground = await open(id);
  await playground.composer.waitFor();
  return playground;
}

const logOf = ({ page }: Playground): Locator => page.getByRole('log', { name: 'Messages' });
/** What an expression about the log comes to, in the page. */
const inLog = <Value>({ page }: Playground, expression: string): Promise<Value> =>
  page.evaluate<Value>(`((log) => ${expression})(document.querySelector('[role="log"]'))`);
const showsEnd = (playground: Playground): Promise<boolean> =>
  inLog(playground, 'log.scrollHeight - log.clientHeight - log.scrollTop < 2');
const topOf = async (element: Locator): Promise<number> => (await element.boundingBox())?.y ?? NaN;
const lines = (count: number, word: string): string =>
  Array.from({ length: count }, (_, index) => `${word} ${index}`).join('\n\n');

const files = [
  { name: 'pixel.png', mimeType: 'image/png', buffer: pixel },
  { name: 'notes.md', mimeType: 'text/markdown', buffer: Buffer.from('Buy milk.\n') },
];

it('keeps the end in sight while an answer comes, until the reader scrolls up', async () => {
  const playground = await begin();
  const log = logOf(playground);
  upstream.enqueue(heldAnswer(lines(60, 'early'), lines(60, 'late')));
  await playground.send('A long one');
  await playground.sees('Assistant', 'early 59');
  await until(() => showsEnd(playground), { what: 'the end in sight' });

  await inLog(playground, 'log.scrollTop -= 600');
  await playground.button('Newest').waitFor();
  const place = await topOf(log.getByText('early 30'));
  upstream.chats.at(-1)?.release();
  await playground.sees('Assistant', 'late 59');
  await playground.isIdle();
  expect(Math.abs((await topOf(log.getByText('early 30'))) - place)).toBeLessThan(2);

  await playground.button('Newest').click();
  await until(() => showsEnd(playground), { what: 'the end in sight again' });
  await playground.button('Newest').waitFor({ state: 'hidden' });
  playground.expectNoComplaints();
});

it('brings older messages as they are come near, and keeps what is read in its place', async () => {
  const { id } = await createContext(api);
  for (let number = 0; number < 120; number += 1) await appendText(api, id, `Message ${number}.`);
  const playground = await open(id);
  const log = logOf(playground);
  await playground.sees('You', 'Message 119.');
  await until(() => showsEnd(playground), { what: 'the end in sight' });
  const { id: oldest, top } = await inLog<{ readonly id: string; readonly top: number }>(
    playground,
    `{
      log.scrollTop = 0;
      const first = log.querySelector('article');
      return { id: first.dataset.message, top: first.getBoundingClientRect().top };
    }`,
  );
  await playground.sees('You', 'Message 20.');
  const article = playground.page.locator(`[data-message="${oldest}"]`);
  expect(Math.abs((await topOf(article)) - top)).toBeLessThan(2);

  await until(
    async () => {
      await inLog(playground, '(log.scrollTop = 0)');
      return (await playground.message('You', 'Message 0.').count()) > 0;
    },
    { what: 'the first message' },
  );
  await playground.button('Load older messages').waitFor({ state: 'hidden' });
  expect(await log.getByRole('article').count()).toBe(120);
  playground.expectNoComplaints();
});

it('decides about several calls at once, and tells the model why one is not made', async () => {
  const playground = await begin();
  const calls = [callOf('call_a', 'current_time', {}), callOf('call_b', 'current_time', {})];
  upstream.enqueue(answer('', { calls }), answer('Both done.'));
  await playground.send('Two calls');
  await playground.button('Allow all 2').click();
  await playground.sees('Assistant', 'Both done.');

  upstream.enqueue(answer('', { calls: [callOf('call_c', 'current_time', {})] }), answer('As you like.'));
  await playground.send('One more');
  await playground.page.getByLabel('Reason for denying').fill('Guess it instead');
  await playground.button('Deny').click();
  await playground.sees('Assistant', 'As you like.');
  expect(JSON.stringify(upstream.chats.at(-1)?.request.body)).toContain('Guess it instead');
  await playground.sees('Tool', 'not made');
  playground.expectNoComplaints();
});

it('lines up what is written during an answer, or interrupts the answer for it', async () => {
  const playground = await begin();
  upstream.enqueue(heldAnswer('First begins', ' and ends.'), answer('Second.'));
  await playground.send('One');
  await playground.sees('Assistant', 'First begins');
  await playground.send('Two');
  await playground.sees('You', 'Waiting for its turn');
  upstream.chats.at(-1)?.release();
  await playground.sees('Assistant', 'First begins and ends.');
  await playground.sees('Assistant', 'Second.');
  await playground.isIdle();

  upstream.enqueue(heldAnswer('Third begins', ' and never ends.'), answer('Fourth.'));
  await playground.send('Three');
  await playground.sees('Assistant', 'Third begins');
  await playground.page
    .getByRole('combobox', { name: 'While the answer is under way' })
    .selectOption('Interrupt it');
  await playground.send('Four');
  await playground.sees('Assistant', 'Fourth.');
  await playground.sees('Assistant', 'Stopped here.');
  expect(await playground.message('Assistant', 'and never ends').count()).toBe(0);
  playground.expectNoComplaints();
});

it('sends an image and a text along with the words about them', async () => {
  const playground = await begin();
  upstream.enqueue(answer('I see a pixel.'));
  await playground.page.locator('input[type="file"][multiple]').setInputFiles(files);
  const chosen = playground.page.getByRole('list', { name: 'Attachments' });
  await chosen.getByText('notes.md').waitFor();
  await until(async () => (await chosen.getByText('Sending…').count()) === 0, { what: 'both to be sent' });
  await playground.send('What is this?');
  await playground.sees('Assistant', 'I see a pixel.');
  await playground.sees('You', 'notes.md');
  await until(() => playground.page.evaluate('document.querySelector("article img")?.naturalWidth === 1'), {
    what: 'the image',
  });
  expect(await chosen.count()).toBe(0);
  playground.expectNoComplaints();
});

const refusedWith = (detail: string): Parameters<Route['fulfill']>[0] => ({
  status: 422,
  contentType: 'application/problem+json',
  body: JSON.stringify({
    type: '/problems/unprocessable',
    title: 'No',
    status: 422,
    code: 'unprocessable',
    detail,
  }),
});

it('keeps the words and the files that are not there yet when a file is refused', async () => {
  const playground = await begin();
  const { page } = playground;
  await page.locator('input[type="file"][multiple]').setInputFiles(files);
  const chosen = page.getByRole('list', { name: 'Attachments' });
  await chosen.getByText('notes.md').waitFor();
  await until(async () => (await chosen.getByText('Sending…').count()) === 0, { what: 'both to be sent' });
  // The first is taken, the second is not.
  let appended = 0;
  await page.route('**/actions/append_message', (route) =>
    (appended += 1) === 1 ? route.continue() : route.fulfill(refusedWith('Not this one.')),
  );
  await playground.send('What is this?');
  await page.getByRole('alert').getByText('Not this one.').waitFor();
  expect(await playground.composer.inputValue()).toBe('What is this?');
  expect(await chosen.getByRole('listitem').allInnerTexts()).toEqual(['notes.md']);
  expect(await playground.message('You', 'What is this?').count()).toBe(0);

  await page.unrouteAll();
  upstream.enqueue(answer('A pixel, and milk.'));
  await playground.button('Send').click();
  await playground.sees('Assistant', 'A pixel, and milk.');
  expect(await playground.composer.inputValue()).toBe('');
  expect(await chosen.count()).toBe(0);
  // The image, the text, the question: each once.
  expect(await page.getByRole('article', { name: 'You' }).count()).toBe(3);
  playground.expectNoComplaints();
});

it('has in the field again what was on its way when the page was reloaded, unless it has arrived', async () => {
  const playground = await begin();
  const { page } = playground;
  let isPassedOn = false;
  // The server's answer never comes back, whether it was asked or not.
  await page.route('**/actions/send_message', async (route) => {
    if (isPassedOn) await route.fetch();
  });
  await playground.send('Not there yet');
  await playground.sees('You', 'Sending…');
  await page.reload();
  await playground.composer.waitFor();
  expect(await playground.composer.inputValue()).toBe('Not there yet');
  expect(await playground.articles.count()).toBe(0);

  isPassedOn = true;
  await playground.composer.press('Enter');
  await playground.sees('Assistant', 'Hello.');
  await page.reload();
  await playground.sees('Assistant', 'Hello.');
  expect(await playground.composer.inputValue()).toBe('');
  expect(await playground.message('You', 'Not there yet').count()).toBe(1);
  await page.unrouteAll({ behavior: 'ignoreErrors' });
});

it('stops what is under way and not what waits behind it, however often Stop is pressed', async () => {
  const playground = await begin();
  upstream.enqueue(heldAnswer('First begins', ' and never ends.'), answer('The second was answered.'));
  await playground.send('One');
  await playground.sees('Assistant', 'First begins');
  await playground.send('Two');
  await playground.sees('You', 'Waiting for its turn');
  const cancelled: unknown[] = [];
  playground.page.on('request', (request) => {
    if (request.url().endsWith('/actions/cancel')) cancelled.push(request.postDataJSON());
  });
  await playground.button('Stop').dblclick();
  await playground.sees('Assistant', 'The second was answered.');
  await playground.isIdle();
  expect(cancelled).toEqual([{ run_id: expect.stringMatching(/./) as string }]);
  playground.expectNoComplaints();
});

it('keeps what could not be sent, with the reason, until it is sent or discarded', async () => {
  const playground = await begin();
  await playground.page.route('**/actions/send_message', (route) => route.fulfill(refusedWith('Not today.')));
  await playground.send('Keep this');
  await playground.send('Not this');
  await playground.page.getByText('Not sent: Not today.').nth(1).waitFor();
  await playground.page.unrouteAll();
  await playground.button('Discard').nth(1).click();
  await playground.message('You', 'Not this').waitFor({ state: 'hidden' });

  upstream.enqueue(answer('Got it.'));
  await playground.button('Send again').click();
  await playground.sees('Assistant', 'Got it.');
  expect(await playground.message('You', 'Keep this').count()).toBe(1);
  expect(await playground.page.getByText('Not sent').count()).toBe(0);
});

it('remembers over a reload what was begun to be written, and copies code as it is', async () => {
  const playground = await begin();
  upstream.enqueue(answer('Run this:\n\n```sh\nnpm start && echo "<b>"\n```\n'));
  await playground.send('How?');
  await playground.button('Copy code').click();
  await playground.button('Copied').waitFor();
  expect(await playground.page.evaluate('navigator.clipboard.readText()')).toBe('npm start && echo "<b>"');

  await playground.composer.fill('Half a sent');
  await playground.page.reload();
  await playground.sees('Assistant', 'Run this:');
  expect(await playground.composer.inputValue()).toBe('Half a sent');
  playground.expectNoComplaints();
});

it('shows a kind that it does not know by what the message says of itself', async () => {
  const { id } = await createContext(api);
  await act(api, id, 'append_message', {
    role: 'assistant',
    payload: { kind: 'hologram', data: { beam: '<img src=x onerror=alert(1)>' } },
  });
  const playground = await open(id);
  const article = playground.page.getByRole('article', { name: 'Assistant' });
  await article.getByText('hologram').click();
  await article.getByText('<img src=x onerror=alert(1)>').waitFor();
  expect(await article.getByRole('img').count()).toBe(0);
  playground.expectNoComplaints();
});
