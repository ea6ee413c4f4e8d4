// Where http_fetch goes, and all the places where it does not. The names are resolved by a table; the server is real, and
// counts who comes.
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { isIP, type AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  addressesNotAllowed,
  redirectsNotAllowed,
  urlsNotAllowed,
} from '../../../test/support/fetch-attacks.js';
import { endOf, toolsOf, type CallTool } from '../../../test/support/tool-calls.js';
import type { Resolve } from '../http/guarded-agent.js';

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

let server: Server;
let port: number;
let asked: string[] = [];
const answers: Record<string, Answer> = {
  '/': (_, response) => response.setHeader('content-type', 'text/plain; charset=utf-8').end('hello'),
  '/latin': (_, response) =>
    response.setHeader('content-type', 'text/plain; charset="ISO-8859-1"').end(Buffer.from([0xe5])),
  '/picture': (_, response) => response.setHeader('content-type', 'image/png').end('x'),
  '/circle': (_, response) => response.writeHead(307, { location: '/circle' }).end(),
  '/missing': (_, response) => response.writeHead(404, { 'content-type': 'text/plain' }).end('not here'),
  '/large': (_, response) => response.end('y'.repeat(100_000)),
  '/bomb': (_, response) =>
    response.setHeader('content-encoding', 'gzip').end(gzipSync(Buffer.alloc(10_000_000))),
  '/headers': (_, response) => response.setHeader('x-large', 'z'.repeat(50_000)).end('never'),
  '/endless': (_, response) => {
    const more = (): void => {
      while (response.write('endless '.repeat(1000)));
      response.once('drain', more);
    };
    more();
  },
  '/slow': (_, response) => void response.write('a'),
  '/silent': () => undefined,
  '/broken': (_, response) => {
    response.writeHead(200, { 'content-length': '1000' }).write('half');
    setImmediate(() => response.destroy());
  },
};

beforeAll(async () => {
  server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://localhost');
    asked.push(`${request.headers.host} ${url.pathname}`);
    const to = url.searchParams.get('to');
    const answer = answers[url.pathname];
    if (to !== null) response.writeHead(302, { location: to }).end();
    else if (answer) answer(request, response);
    else response.end('?');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  port = (server.address() as AddressInfo).port;
});
beforeEach(() => void (asked = []));
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

/** The addresses of names, as whoever owns them says; each time that one is asked for, the next of its lists. */
const zone: Readonly<Record<string, readonly (readonly string[])[]>> = {
  'docs.test': [['127.0.0.1']],
  'sub.docs.test': [['127.0.0.1']],
  'other.test': [['127.0.0.1']],
  localhost: [['127.0.0.1', '::1']],
  'loopback.test': [['127.0.0.1']],
  'zero.test': [['0.0.0.0']],
  'ten.test': [['10.1.2.3']],
  'metadata.test': [['169.254.169.254']],
  'azure.test': [['168.63.129.16']],
  'six.test': [['::1']],
  'mapped.test': [['::ffff:127.0.0.1']],
  'nat64.test': [['64:ff9b::7f00:1']],
  'unique.test': [['fd00::1']],
  'link.test': [['fe80::1']],
  'mixed.test': [['93.184.216.34', '127.0.0.1']],
  'nowhere.test': [[]],
  'odd.test': [['not an address']],
  'rebinding.test': [['127.0.0.1'], ['127.0.0.2']],
};
const timesAsked = new Map<string, number>();
const resolve: Resolve = (name) => {
  const lists = zone[name];
  if (!lists) return Promise.reject(Object.assign(new Error('no such name'), { code: 'ENOTFOUND' }));
  const times = timesAsked.get(name) ?? 0;
  timesAsked.set(name, times + 1);
  const list = lists[Math.min(times, lists.length - 1)] ?? [];
  return Promise.resolve(list.map((address) => ({ address, family: isIP(address) })));
};

const fetching = (env: Readonly<Record<string, string>>): CallTool => toolsOf({ env, ports: { resolve } });
/** The one server is a private one that the operator lists, for the names docs.test and what is below *.docs.test. */
const set = (more: Readonly<Record<string, string>> = {}): CallTool =>
  fetching({
    PULLCORD_HTTP_FETCH_HOSTS: `docs.test:${port},*.docs.test:${port}`,
    PULLCORD_HTTP_FETCH_PRIVATE: `127.0.0.1:${port}`,
    ...more,
  });

describe('a page', () => {
  const get = (path: string, more = {}): ReturnType<CallTool> =>
    set(more)('http_fetch', { url: `http://docs.test:${port}${path}` });

  it('is had from a host that is allowed, at a private address that the operator lists', async () => {
    expect((await get('/')).result).toEqual({
      url: `http://docs.test:${port}/`,
      status: 200,
      content_type: 'text/plain',
      content: 'hello',
    });
    expect(asked).toEqual([`docs.test:${port} /`]);
  });

  it('is read in its charset', async () => {
    expect((await get('/latin')).result).toMatchObject({ content: 'å' });
  });

  it('is followed through redirects to allowed hosts, up to a limit', async () => {
    const on = `http://sub.docs.test:${port}/`;
    expect((await get(`/?to=${on}`)).result).toMatchObject({ url: on, content: 'hello' });
    expect(endOf(await get(`/?to=${on}`, { PULLCORD_HTTP_FETCH_REDIRECTS: '0' }))).toBe('too_many_redirects');
    asked = [];
    expect(endOf(await get('/circle', { PULLCORD_HTTP_FETCH_REDIRECTS: '3' }))).toBe('too_many_redirects');
    expect(asked).toHaveLength(4);
  });

  it('that is an error is a failure with what it says', async () => {
    expect(await get('/missing')).toMatchObject({
      execution_status: 'failed',
      result: { status: 404, content: 'not here' },
    });
  });

  it.each([
    ['/large', 'y'],
    ['/endless', 'endless '],
  ])('%s is cut where it is too long', async (path, beginning) => {
    const { result } = await get(path, { PULLCORD_HTTP_FETCH_BYTES: '5000' });
    expect(result).toMatchObject({
      content: beginning.repeat(5000).slice(0, 5000),
      note: 'The rest of the page was left out.',
    });
  });

  it('is cut to what a result may be', async () => {
    const { result } = await get('/large', { PULLCORD_TOOL_RESULT_BYTES: '20000' });
    expect(Buffer.byteLength(JSON.stringify(result))).toBeLessThanOrEqual(20_000);
  });

  it.each([
    ['/picture', 'not_text'],
    ['/bomb', 'encoding_not_supported'],
    ['/headers', 'fetch_failed'],
    ['/broken', 'fetch_failed'],
  ])('%s fails: %s', async (path, code) => {
    expect(endOf(await get(path))).toBe(code);
  });

  it.each(['/slow', '/silent'])('%s fails at the time limit', async (path) => {
    expect((await get(path, { PULLCORD_TOOL_TIMEOUT_MS: '100' })).execution_status).toBe('timeout');
  });

  it('is given up when the turn is cancelled', async () => {
    const cancel = new AbortController();
    const got = set()('http_fetch', { url: `http://docs.test:${port}/silent` }, cancel.signal);
    server.once('request', () => cancel.abort());
    expect((await got).execution_status).toBe('cancelled');
  });
});

describe('a host that nobody allowed', () => {
  it.each([...urlsNotAllowed, 'http://*.docs.test:PORT/', 'http://.docs.test:PORT/'])(
    '%s is refused, and nobody is asked',
    async (url) => {
      const place = url.replaceAll('PORT', String(port));
      const end = endOf(await set()('http_fetch', { url: place }));
      expect(end).toMatch(/^(url_not_allowed|fetch_failed)$/);
      expect(asked).toEqual([]);
    },
  );

  it.each(redirectsNotAllowed)('is not reached by a redirect to %s either', async (to) => {
    const place = encodeURIComponent(to.replaceAll('PORT', String(port)));
    const outcome = await set()('http_fetch', { url: `http://docs.test:${port}/way?to=${place}` });
    expect(endOf(outcome)).toBe('url_not_allowed');
    expect(asked).toEqual([`docs.test:${port} /way`]);
  });

  it('is not reached through spellings of what is allowed; they are that host', async () => {
    for (const spelt of ['DOCS.TEST', 'd%6Fcs.test', 'ｄocs.test', 'docs。test'])
      expect(endOf(await set()('http_fetch', { url: `HTTP://${spelt}:${port}/` }))).toBe('success');
    expect(new Set(asked)).toEqual(new Set([`docs.test:${port} /`]));
  });
});

describe('an address that is not public, where every host is allowed', () => {
  const anywhere = (): CallTool =>
    fetching({ PULLCORD_HTTP_FETCH_HOSTS: `*,*:${port},*:8080`, PULLCORD_TOOL_TIMEOUT_MS: '10000' });
  const names = [
    'loopback',
    'zero',
    'ten',
    'metadata',
    'azure',
    'six',
    'mapped',
    'nat64',
    'unique',
    'link',
    'mixed',
  ];
  const hosts = [
    ...addressesNotAllowed,
    ...[...names, 'nowhere', 'odd', 'not-there'].map((name) => `${name}.test`),
  ];

  it.each(hosts)('%s is not connected to', async (host) => {
    // Names may also lead nowhere; to an address, nothing is tried.
    const ends = host.endsWith('.test')
      ? /^(address_not_allowed|fetch_failed)$/
      : /^(address|url)_not_allowed$/;
    for (const at of ['', `:${port}`, ':8080']) {
      const outcome = await anywhere()('http_fetch', { url: `http://${host}${at}/` });
      expect(endOf(outcome)).toMatch(ends);
      expect(outcome.result).toBeNull();
    }
    expect(asked).toEqual([]);
  });

  it('is not reached over https either', async () => {
    for (const host of ['127.0.0.1', 'loopback.test', '[::1]'])
      expect(endOf(await anywhere()('http_fetch', { url: `https://${host}:${port}/` }))).toBe(
        'address_not_allowed',
      );
    expect(asked).toEqual([]);
  });
});

describe('an exception for a private address', () => {
  it('is for its port alone', async () => {
    const call = set({ PULLCORD_HTTP_FETCH_PRIVATE: '127.0.0.1:1' });
    expect(endOf(await call('http_fetch', { url: `http://docs.test:${port}/` }))).toBe('address_not_allowed');
    expect(asked).toEqual([]);
  });

  it('does not allow the host', async () => {
    expect(endOf(await set()('http_fetch', { url: `http://127.0.0.1:${port}/` }))).toBe('url_not_allowed');
  });

  it('holds for every spelling of the address', async () => {
    const call = set({
      PULLCORD_HTTP_FETCH_HOSTS: `[::ffff:127.0.0.1]:${port}`,
      PULLCORD_HTTP_FETCH_PRIVATE: `[::ffff:7f00:1]:${port}`,
    });
    expect(endOf(await call('http_fetch', { url: `http://[::ffff:127.0.0.1]:${port}/` }))).toBe('success');
  });

  it('does not help a name that moves to another address between two looks', async () => {
    const call = set({ PULLCORD_HTTP_FETCH_HOSTS: `rebinding.test:${port}` });
    const url = `http://rebinding.test:${port}/`;
    const outcome = await call('http_fetch', { url: `${url}?to=${url}` });
    expect(endOf(outcome)).toBe('address_not_allowed');
    expect(asked).toHaveLength(1);
  });
});

it('is not there while no host is allowed', async () => {
  expect(endOf(await toolsOf({})('http_fetch', { url: 'http://docs.test/' }))).toBe('tool_not_found');
});
