// What a model, or whoever wrote what it has read, can make the page do: show text.
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { ChatUpstream } from '../support/chat-upstream.js';
import { answer } from '../support/fake-upstream.js';
import { callOf } from '../support/model-calls.js';
import { markdownAttacks } from '../support/markdown-attacks.js';
import { newProfile, openPlayground, startStand, type Playground } from '../support/playground.js';
import type { TestServer } from '../support/server.js';

let browser: Browser;
let upstream: ChatUpstream;
let server: TestServer;
beforeAll(async () => {
  ({ browser, upstream, server } = await startStand());
});
afterAll(() => upstream.close());

interface Watched {
  readonly playground: Playground;
  /** Where the page has asked for anything that is not the server's. */
  readonly foreign: string[];
  readonly dialogs: string[];
}

async function watch(): Promise<Watched> {
  const playground = await openPlayground(await newProfile(browser), server);
  const foreign: string[] = [];
  const dialogs: string[] = [];
  playground.page.on('request', (request) => {
    if (!/^(data|blob):/.test(request.url()) && !request.url().startsWith(server.url))
      foreign.push(request.url());
  });
  playground.page.on('dialog', (dialog) => {
    dialogs.push(dialog.message());
    void dialog.dismiss();
  });
  await playground.startConversation();
  return { playground, foreign, dialogs };
}

/** What is in the page's messages that could do more than be read. Runs in the page. */
const harmful = (page: Page): Promise<readonly string[]> =>
  page.evaluate(`(() => {
    const found = [];
    for (const element of document.querySelectorAll('article *')) {
      const name = element.localName;
      if (/^(script|iframe|object|embed|form|style|link|base|meta|math|animate)$/.test(name)) found.push(name);
      for (const { name: attribute, value } of element.attributes) {
        if (/^on/.test(attribute) || attribute === 'srcdoc' || attribute === 'style') found.push(name + ' ' + attribute);
        if (/^(href|src|action|formaction|xlink:href)$/.test(attribute) &&
            !/^(https?:|mailto:|#|blob:|data:image\\/)/.test(value)) found.push(name + ' ' + attribute + '=' + value);
      }
      if (name === 'a' && !element.relList.contains('noopener')) found.push('a without noopener');
    }
    if ('attacked' in globalThis) found.push('attacked');
    return found;
  })()`);

it('runs nothing of what a model writes, while it streams and after', async () => {
  const { playground, foreign, dialogs } = await watch();
  const { page } = playground;
  for (const [number, attack] of markdownAttacks.entries()) {
    // In pieces that end anywhere: what is half a tag now is a whole one with the next chunk.
    const pieces = `${attack}\n\nend of ${number}`.match(/[\s\S]{1,7}/g) ?? [];
    upstream.enqueue(answer(pieces));
    await playground.send(`Attack ${number}`);
    await playground.sees('Assistant', `end of ${number}`);
    await playground.isIdle();
  }
  expect(await harmful(page)).toEqual([]);
  expect({ foreign, dialogs }).toEqual({ foreign: [], dialogs: [] });
  expect(new URL(page.url()).origin).toBe(server.url);
  await playground.composer.waitFor();
}, 180_000);

it('shows as text what the user, a tool call and a title have of it', async () => {
  const { playground, foreign } = await watch();
  const attack = '<img src=x onerror="attacked = 1"><script>attacked = 1</script>';
  const calls = [callOf('call_a', 'current_time', { time_zone: attack })];
  upstream.enqueue(answer('', { calls, reasoning: [attack] }), answer('Done.'));
  await playground.send(attack);
  await playground.sees('You', attack);
  await playground.button('Deny').first().click();
  await playground.sees('Assistant', 'Done.');
  for (const summary of await playground.page.locator('article summary').all()) await summary.click();
  expect(await harmful(playground.page)).toEqual([]);
  expect(foreign).toEqual([]);
});
