// What a browser is shown at the server's address: who gets a page and who JSON, caching, and what the pages may do.
import { beforeAll, expect, it } from 'vitest';
import { refused } from '../support/api.js';
import { call, type Answer } from '../support/http.js';
import { sendRaw } from '../support/raw-http.js';
import { startServer, type TestServer } from '../support/server.js';

const browserAccept = 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8';
const asBrowser = { headers: { accept: browserAccept } };

let server: TestServer;
/** With tokens, CORS and nothing to show. */
let bare: TestServer;
beforeAll(async () => {
  [server, bare] = await Promise.all([
    startServer({ env: { PULLCORD_TOKENS: 'ada:ada-token', PULLCORD_CORS_ORIGINS: 'https://chat.example' } }),
    startServer({ env: { PULLCORD_PLAYGROUND: 'false', PULLCORD_API_REFERENCE: 'false' } }),
  ]);
});

const get = (path: string, headers: Readonly<Record<string, string>> = {}): Promise<Answer<unknown>> =>
  call('GET', server.url + path, { headers });
const typeOf = ({ headers }: Answer<unknown>): string | null => headers.get('content-type');

/** The addresses of what a page loads, as its browser would make them. */
async function loadedBy(path: string): Promise<readonly string[]> {
  const { body } = await get(path, { accept: browserAccept });
  const links = [...String(body).matchAll(/(?:src|href)="([^"]+\.(?:js|css|svg|png|ico))"/g)];
  return links.map(([, link = '']) => new URL(link, server.url + path).pathname);
}

it('shows the playground to browsers, and welcomes programs in JSON, at the same address', async () => {
  const page = await get('/', { accept: browserAccept });
  expect([page.status, typeOf(page)]).toEqual([200, 'text/html; charset=utf-8']);
  expect(page.body).toContain('<div id="root">');
  for (const accept of ['*/*', 'application/json', 'application/json, text/html']) {
    const welcome = await get('/', { accept });
    expect([welcome.status, typeOf(welcome)]).toEqual([200, 'application/json; charset=utf-8']);
    expect(welcome.body).toMatchObject({ name: 'pullcord' });
    expect(welcome.headers.get('vary')).toContain('Accept');
  }
  expect(page.headers.get('vary')?.split(', ')).toEqual(
    expect.arrayContaining(['Origin', 'Accept', 'Accept-Encoding']),
  );
});

it('needs no token for a page, and one for everything that the page calls', async () => {
  for (const path of ['/', '/docs', ...(await loadedBy('/')), ...(await loadedBy('/docs'))])
    expect((await get(path, { accept: browserAccept })).status, path).toBe(200);
  expect(refused(await get('/contexts', { accept: browserAccept }))).toBe('401 unauthorized');
});

it('lets a browser keep for ever what has its content in its name, and ask again for the rest', async () => {
  const assets = (await loadedBy('/')).filter((path) => path.startsWith('/assets/'));
  expect(assets.length).toBeGreaterThan(0);
  for (const path of assets)
    expect((await get(path)).headers.get('cache-control'), path).toBe('public, max-age=31536000, immutable');
  for (const path of ['/', '/docs', ...(await loadedBy('/docs'))]) {
    const first = await get(path, { accept: browserAccept });
    expect(first.headers.get('cache-control'), path).toBe('no-cache');
    const etag = first.headers.get('etag') ?? '';
    const again = await get(path, { accept: browserAccept, 'if-none-match': etag });
    expect([again.status, again.body, again.headers.get('etag')], path).toEqual([304, undefined, etag]);
    const other = await get(path, { accept: browserAccept, 'if-none-match': 'W/"other"' });
    expect(other.status, path).toBe(200);
  }
});

it('sends the same, smaller, to those who take gzip', async () => {
  const head = ['GET /docs/start.js HTTP/1.1', 'Host: localhost', 'Connection: close'];
  const plain = await fetch(`${server.url}/docs/start.js`, { headers: { 'accept-encoding': 'identity' } });
  expect(plain.headers.get('content-encoding')).toBeNull();
  const zipped = await sendRaw(server, [...head, 'Accept-Encoding: gzip']);
  expect([zipped.headers.get('content-encoding'), zipped.headers.get('vary')]).toEqual([
    'gzip',
    'Origin, Accept-Encoding',
  ]);
  // fetch unpacks by itself, so what it gives is what was packed.
  const unpacked = await fetch(`${server.url}/docs/start.js`, { headers: { 'accept-encoding': 'gzip' } });
  expect(await unpacked.text()).toBe(await plain.text());
  const length = (response: Response): number => Number(response.headers.get('content-length'));
  expect(length(unpacked)).toBeLessThan(length(plain));
});

it('lets pages run the server’s own scripts and call the server, and nothing else', async () => {
  for (const path of ['/', '/docs']) {
    const { headers, body } = await get(path, { accept: browserAccept });
    const policy = headers.get('content-security-policy') ?? '';
    const rules = new Map(policy.split(';').map((rule) => [rule.split(' ')[0], rule]));
    expect(rules.get('default-src')).toBe("default-src 'none'");
    expect(rules.get('script-src')).toBe("script-src 'self'");
    expect(rules.get('connect-src')).toBe("connect-src 'self'");
    expect(rules.get('frame-ancestors')).toBe("frame-ancestors 'none'");
    expect(policy).not.toMatch(/unsafe|\*/);
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    // Nothing that the policy would have to make an exception for, and nothing of another machine.
    expect(body).not.toMatch(/<script(?![^>]*\ssrc=)|<style|\sstyle=|\son\w+=|https?:\/\//);
  }
  expect((await get('/contexts')).headers.get('content-security-policy')).not.toContain('script-src');
});

it('answers HEAD and refuses other methods as everywhere, and finds no other file', async () => {
  const [head, page] = [
    await call('HEAD', `${server.url}/docs`),
    await get('/docs', { 'accept-encoding': 'identity' }),
  ];
  expect([head.status, head.body]).toEqual([200, undefined]);
  expect(head.headers.get('etag')).toBe(page.headers.get('etag'));
  for (const path of ['/', '/docs', '/docs/start.js']) {
    const post = await call('POST', server.url + path, { token: 'ada-token' });
    expect(refused(post), path).toBe('405 method_not_allowed');
    expect(post.headers.get('allow')).toBe('GET, HEAD');
  }
  for (const path of [
    '/index.html',
    '/.pullcord-sources',
    '/docs/index.html',
    '/docs/swagger-ui.js',
    '/docs/..%2findex.html',
    '/assets/..%2f..%2f..%2fpackage.json',
    '/assets/%2e%2e/%2e%2e/vite.config.ts',
    '/assets',
    '/assets/',
  ]) {
    const answer = await sendRaw(server, [`GET ${path} HTTP/1.1`, 'Host: x', 'Connection: close']);
    expect(answer.status, path).toBe(404);
    expect(answer.headers.get('content-type'), path).toBe('application/problem+json; charset=utf-8');
  }
});

it('shows nothing that is turned off, and says so at the start', async () => {
  const welcome = await call('GET', `${bare.url}/`, asBrowser);
  expect([welcome.status, typeOf(welcome)]).toEqual([200, 'application/json; charset=utf-8']);
  for (const path of ['/docs', '/docs/start.js', ...(await loadedBy('/'))])
    expect((await call('GET', bare.url + path)).status, path).toBe(404);
  expect(bare.stderr).not.toMatch(/playground|\/docs/);
  expect(server.stderr).toContain(`${server.url}/docs`);
  expect(server.stderr).toMatch(/the playground/);
});
