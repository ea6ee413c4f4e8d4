// Attachments past their limits, archives that nobody should unpack, and what is left where an upload does not end well.
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, utimesSync, writeFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { beforeAll, describe, expect, it } from 'vitest';
import { ZipFile } from 'yazl';
import { body, refusal, refused } from '../support/api.js';
import { caller } from '../support/http.js';
import { SharedServer } from '../support/owners.js';
import { startServer, type TestServer } from '../support/server.js';
import { until } from '../support/until.js';
import { formOf, pixel, rawForm, send, upload } from '../support/upload.js';

type Entries = Readonly<Record<string, Buffer>>;

function zipOf(entries: Entries, compress = true): Promise<Buffer> {
  const zip = new ZipFile();
  for (const [name, bytes] of Object.entries(entries)) zip.addBuffer(bytes, name, { compress });
  zip.end();
  return buffer(zip.outputStream);
}

/** The archive with another name of the same length in it, which no honest program would write. */
function renamed(zip: Buffer, name: string, evil: string): Buffer {
  const copy = Buffer.from(zip);
  for (let at = copy.indexOf(name); at >= 0; at = copy.indexOf(name)) copy.write(evil, at, 'latin1');
  return copy;
}

const filesIn = (server: TestServer, folder = ''): string[] => {
  const path = join(server.folder, 'data', 'attachments', folder);
  if (!existsSync(path)) return [];
  const entries = readdirSync(path, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map(({ name }) => name);
};

describe('an archive', () => {
  let shared: SharedServer;
  beforeAll(async () => {
    shared = await SharedServer.start({
      env: {
        PULLCORD_ARCHIVE_MAX_BYTES: '2000000',
        PULLCORD_ARCHIVE_MAX_RATIO: '50',
        PULLCORD_ARCHIVE_MAX_ENTRIES: '10',
      },
    });
  });
  const plain = { 'a.txt': Buffer.from('A'), 'folder/b.txt': Buffer.from('B') };

  it('is taken and given back as it is', async () => {
    const api = shared.newOwner();
    const bytes = await zipOf(plain);
    const sent = await upload(api, { name: 'a.zip', type: 'application/x-zip-compressed', bytes });
    expect(sent).toMatchObject({ mime_type: 'application/zip', size_bytes: bytes.length });
  });

  it.each<[string, () => Promise<Buffer> | Buffer, RegExp]>([
    ['a bomb by its ratio', () => zipOf({ 'zeros.bin': Buffer.alloc(1_900_000) }), /50 times its size/],
    [
      'a bomb by its size',
      () => zipOf({ 'a.bin': Buffer.alloc(1_100_000), 'b.bin': Buffer.alloc(1_100_000) }, false),
      /more than 2000000 bytes/,
    ],
    [
      'a bomb by its number of files',
      () => zipOf(Object.fromEntries(Array.from({ length: 11 }, (_, n) => [`${n}.txt`, Buffer.from('x')]))),
      /more than 10 files/,
    ],
    ['a bomb in a bomb', async () => zipOf({ 'inner.zip': await zipOf(plain) }), /another archive/],
    [
      'a path out of its folder',
      async () => renamed(await zipOf({ 'xx/evil.txt': Buffer.from('x') }), 'xx/evil', '../evil'),
      /names files outside/,
    ],
    [
      'an absolute path',
      async () => renamed(await zipOf({ 'x/evil.txt': Buffer.from('x') }), 'x/evil', '//evil'),
      /names files outside/,
    ],
    ['no directory', async () => (await zipOf(plain)).subarray(0, -40), /broken/],
  ])('with %s is refused, and not kept', async (_, make, why) => {
    const api = shared.newOwner();
    const before = filesIn(shared.server);
    const answer = await send(api, { name: 'a.zip', type: 'application/zip', bytes: await make() });
    expect(refusal(answer)).toMatchObject({ status: 422, code: 'attachment_refused' });
    expect(refusal(answer).detail).toMatch(why);
    expect(filesIn(shared.server)).toEqual(before);
  });
});

describe('an owner', () => {
  let shared: SharedServer;
  beforeAll(async () => {
    shared = await SharedServer.start({
      env: { PULLCORD_ATTACHMENTS_PER_OWNER: '3', PULLCORD_ATTACHMENTS_OWNER_BYTES: '1000' },
    });
  });

  it('has so many attachments and no more, but may send one again', async () => {
    const api = shared.newOwner();
    for (const text of ['One', 'Two', 'Three']) await upload(api, { bytes: text });
    expect(refused(await send(api, { bytes: 'Four' }))).toBe('413 limit_exceeded');
    const three = body(await send(api, { bytes: 'Three' }), 200);
    body(await api.delete(`/attachments/${three.id}`), 204);
    await upload(api, { bytes: 'Four' });
    await upload(shared.newOwner(), { bytes: 'Somebody else’s' });
  });

  it('has so many bytes and no more', async () => {
    const api = shared.newOwner();
    await upload(api, { bytes: 'x'.repeat(900) });
    expect(refused(await send(api, { bytes: 'y'.repeat(101) }))).toBe('413 limit_exceeded');
    await upload(api, { bytes: 'z'.repeat(100) });
    expect(filesIn(shared.server, 'incoming')).toEqual([]);
  });

  it('has only the types that the server takes', async () => {
    const only = caller(await startServer({ env: { PULLCORD_ATTACHMENT_TYPES: 'image/png' } }));
    await upload(only, { name: 'a.png', type: 'image/png', bytes: pixel });
    expect(refused(await send(only, {}))).toBe('415 unsupported_media_type');
  });
});

/** An upload that has begun and does not end, on a connection of its own. */
function beginUpload(server: TestServer): Socket {
  const whole = formOf({ bytes: 'x'.repeat(100_000), name: 'slow.txt' });
  const socket = connect(Number(new URL(server.url).port), '127.0.0.1');
  socket.on('error', () => undefined);
  const bytes = Buffer.from(whole.body as Uint8Array);
  const head = [
    'POST /attachments HTTP/1.1',
    'Host: localhost',
    `Content-Type: ${whole.headers['content-type']}`,
    `Content-Length: ${bytes.length}`,
  ];
  socket.write(`${head.join('\r\n')}\r\n\r\n`);
  socket.write(bytes.subarray(0, 50_000));
  return socket;
}

describe('an upload', () => {
  it('is refused while as many as may be are under way, and not any more when they have gone', async () => {
    const server = await startServer({ env: { PULLCORD_MAX_UPLOADS: '1' } });
    const api = caller(server);
    const socket = beginUpload(server);
    await until(() => filesIn(server, 'incoming').length > 0, { what: 'the upload to be under way' });
    const answer = await send(api, {});
    expect(refused(answer)).toBe('429 too_many_requests');
    expect(answer.headers.get('retry-after')).toBeTruthy();
    socket.destroy();
    await until(async () => (await send(api, {})).status < 300, { what: 'room for another upload' });
    expect(filesIn(server, 'incoming')).toEqual([]);
    expect(filesIn(server)).toHaveLength(1);
  });

  it('that takes too long is ended, and leaves nothing behind', async () => {
    const server = await startServer({
      env: { PULLCORD_REQUEST_TIMEOUT_MS: '1000', PULLCORD_HEADERS_TIMEOUT_MS: '1000' },
    });
    const socket = beginUpload(server);
    let text = '';
    socket.setEncoding('utf8').on('data', (piece: string) => (text += piece));
    await once(socket, 'close');
    expect(text).toMatch(/^HTTP\/1\.1 408 /);
    await until(() => filesIn(server).length === 0, { what: 'the file to go' });
    expect(body(await caller(server).get<{ attachments: [] }>('/attachments')).attachments).toEqual([]);
    expect(server.logs.filter(({ level }) => level === 'error')).toEqual([]);
  });

  it('to a folder that cannot be written is refused for now', async () => {
    const server = await startServer();
    mkdirSync(join(server.folder, 'data'), { recursive: true });
    writeFileSync(join(server.folder, 'data', 'attachments'), 'in the way');
    const api = caller(server);
    expect(refused(await send(api, {}))).toBe('503 storage_unavailable');
    expect(body(await api.get<{ attachments: [] }>('/attachments')).attachments).toEqual([]);
  });

  it('of what somebody else removes at the same moment keeps its bytes', async () => {
    const shared = await SharedServer.start();
    const [ada, bob] = [shared.newOwner(), shared.newOwner()];
    for (let round = 0; round < 15; round++) {
      const bytes = `Round ${round}`;
      const his = await upload(bob, { bytes });
      const [hers] = await Promise.all([upload(ada, { bytes }), bob.delete(`/attachments/${his.id}`)]);
      expect(body(await ada.get(`/attachments/${hers.id}/content`))).toBe(bytes);
      body(await ada.delete(`/attachments/${hers.id}`), 204);
    }
    expect(filesIn(shared.server)).toEqual([]);
  });

  it('of a broken form, many times, leaves no upload counted', async () => {
    const server = await startServer({ env: { PULLCORD_MAX_UPLOADS: '1' } });
    const api = caller(server);
    for (let n = 0; n < 5; n++) {
      const { body: bytes, headers } = rawForm('no form');
      expect(refused(await api.post('/attachments', bytes, { headers }))).toBe('400 malformed_request');
    }
    await upload(api);
  });
});

it('files of nobody are removed at the start, but for those that may still be on their way', async () => {
  const server = await startServer();
  const api = caller(server);
  const kept = await upload(api, { bytes: 'Kept.' });
  const folder = join(server.folder, 'data', 'attachments');
  const [keptName = ''] = filesIn(server);
  mkdirSync(join(folder, 'ff'), { recursive: true });
  const old = ['incoming/old', `ff/${'f'.repeat(64)}-old`, `${kept.sha256.slice(0, 2)}/${kept.sha256}-other`];
  const young = ['incoming/young', `ff/${'f'.repeat(64)}-young`];
  for (const name of [...old, ...young]) writeFileSync(join(folder, name), 'x');
  const longAgo = new Date('2020-01-01');
  for (const name of [...old, `${kept.sha256.slice(0, 2)}/${keptName}`])
    utimesSync(join(folder, name), longAgo, longAgo);
  await server.restart();
  await until(() => old.every((name) => !existsSync(join(folder, name))), { what: 'the old files to go' });
  expect(filesIn(server)).toHaveLength(3);
  expect(body(await api.get(`/attachments/${kept.id}/content`))).toBe('Kept.');
});
