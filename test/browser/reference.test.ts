// The reference of the API at /docs: drawn by the server's own files, under the policy of its pages.
import { expect, it } from 'vitest';
import { launchBrowser } from '../support/browser.js';
import { tooWide } from '../support/page-checks.js';
import { startServer } from '../support/server.js';

it('is drawn from the server alone, and tries its calls on that server', async () => {
  const [browser, server] = await Promise.all([launchBrowser(), startServer({ dialect: 'sqlite' })]);
  const page = await browser.newPage({ viewport: { width: 360, height: 740 }, colorScheme: 'dark' });
  const complaints: string[] = [];
  const foreign: string[] = [];
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (line) => line.type() === 'error' && complaints.push(line.text()));
  page.on('request', (request) => {
    if (!request.url().startsWith(server.url) && !request.url().startsWith('data:'))
      foreign.push(request.url());
  });
  await page.goto(`${server.url}/docs#/welcome/getWelcome`);
  await page.getByRole('button', { name: 'Try it out' }).click();
  await page.getByRole('button', { name: 'Execute' }).click();
  await page
    .locator('.live-responses-table .microlight, .live-responses-table code')
    .filter({ hasText: 'pullcord' })
    .first()
    .waitFor();
  expect(await tooWide(page)).toEqual([]);
  expect({ complaints, foreign }).toEqual({ complaints: [], foreign: [] });
});
