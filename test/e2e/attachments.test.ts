// Files from outside: sent as forms, kept by their bytes, given back whole or in part, to their owner alone.
import { createHash } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { body, refusal, refused } from '../support/api.js';
import { call, type Answer, type Caller } from '../support/http.js';
import { SharedServer } from '../support/owners.js';
import type { TestServer } from '../support/server.js';
import { formOf, pixel, rawForm, send, upload, type Attachment, type File } from '../support/upload.js';

let shared: SharedServer;
let server: TestServer;
beforeAll(async () => {
  shared = await SharedServer.start({ env: { PULLCORD_ATTACHMENT_MAX_BYTES: '20000' } });
  server = shared.server;
});

/** Every file in the folder of attachments. */
const filesOf = ({ folder }: TestServer): string[] =>
  readdirSync(join(folder, 'data', 'attachments'), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ name }) => name);

const sha256 = (bytes: string | Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

/** The bytes of an answer, which may be no text. */
async function download(
  token: string,
  id: string,
  headers: Readonly<Record<string, string>> = {},
): Promise<{ readonly status: number; readonly headers: Headers; readonly bytes: Buffer }> {
  const url = `${server.url}/attachments/${id}/content`;
  const answer = await fetch(url, { headers: { authorization: `Bearer ${token}`, ...headers } });
  return { status: answer.status, headers: answer.headers, bytes: Buffer.from(await answer.arrayBuffer()) };
}

describe('a file that is sent', () => {
  it('is kept by its bytes, and its facts are given back', async () => {
    const api = shared.newOwner();
    const answer = await send(api, { name: 'Einkauf für Ü.txt', bytes: 'Milk, Käse 🧀\n' });
    const attachment = body(answer, 201);
    expect(attachment).toEqual({
      id: attachment.id,
      name: 'Einkauf für Ü.txt',
      mime_type: 'text/plain',
      size_bytes: Buffer.byteLength('Milk, Käse 🧀\n'),
      sha256: sha256('Milk, Käse 🧀\n'),
      is_referenced: false,
      created_at: attachment.created_at,
    });
    expect(answer.headers.get('location')).toBe(`/attachments/${attachment.id}`);
    expect(body(await api.get(`/attachments/${attachment.id}`))).toEqual(attachment);
    expect(filesOf(server).filter((name) => name.startsWith(attachment.sha256))).toHaveLength(1);
  });

  it('is the same attachment when it is sent again, and another under another name', async () => {
    const api = shared.newOwner();
    const first = await upload(api, { bytes: 'The same.' });
    expect(body(await send(api, { bytes: 'The same.' }), 200)).toEqual(first);
    const other = await upload(api, { bytes: 'The same.', name: 'other.txt' });
    expect(other).toMatchObject({ name: 'other.txt', sha256: first.sha256 });
    expect(other.id).not.toBe(first.id);
    expect(filesOf(server).filter((name) => name.startsWith(first.sha256))).toHaveLength(1);
  });

  it('is its owner’s alone, however many have the same bytes', async () => {
    const [ada, bob] = [shared.newOwner(), shared.newOwner()];
    const hers = await upload(ada, { bytes: 'A secret.' });
    for (const path of [`/attachments/${hers.id}`, `/attachments/${hers.id}/content`])
      expect(refused(await bob.get(path))).toBe('404 attachment_not_found');
    expect(refused(await bob.delete(`/attachments/${hers.id}`))).toBe('404 attachment_not_found');
    expect(body(await bob.get<{ attachments: [] }>('/attachments')).attachments).toEqual([]);
    // That somebody has them shows nowhere: neither in the status nor in the id.
    const his = await upload(bob, { bytes: 'A secret.' });
    expect(his.id).not.toBe(hers.id);
    body(await bob.delete(`/attachments/${his.id}`), 204);
    expect(body(await ada.get(`/attachments/${hers.id}/content`))).toBe('A secret.');
  });

  it('is sent once for a key, also where the answer was lost', async () => {
    const api = shared.newOwner();
    const keyed = { headers: { 'idempotency-key': 'k' } };
    const first = body(await send(api, { bytes: 'Once.' }, keyed), 201);
    expect(body(await send(api, { bytes: 'Once.' }, keyed), 201)).toEqual(first);
    expect(refused(await send(api, { bytes: 'Twice.' }, keyed))).toBe('422 idempotency_key_reused');
    expect(filesOf(server).filter((name) => name.startsWith(sha256('Once.')))).toHaveLength(1);
    expect(filesOf(server).filter((name) => name.startsWith(sha256('Twice.')))).toHaveLength(0);
  });

  it('is one attachment when it is sent many times at once', async () => {
    const api = shared.newOwner();
    const answers = await Promise.all(Array.from({ length: 8 }, () => send(api, { bytes: 'At once.' })));
    expect(new Set(answers.map((answer) => answer.body.id)).size).toBe(1);
    expect(answers.map(({ status }) => status).sort()).toEqual([...Array<number>(7).fill(200), 201]);
    expect(filesOf(server).filter((name) => name.startsWith(sha256('At once.')))).toHaveLength(1);
  });
});

describe('the list', () => {
  it('has pages, the newest first', async () => {
    const api = shared.newOwner();
    const sent: string[] = [];
    for (let n = 0; n < 5; n++) sent.push((await upload(api, { bytes: `Number ${n}` })).id);
    const seen: string[] = [];
    let query = '?limit=2';
    for (;;) {
      const page = body(
        await api.get<{ attachments: Attachment[]; next_cursor: string | null }>(`/attachments${query}`),
      );
      seen.push(...page.attachments.map(({ id }) => id));
      if (page.next_cursor === null) break;
      query = `?limit=2&cursor=${page.next_cursor}`;
    }
    expect(seen).toEqual(sent.reverse());
    expect(refused(await api.get('/attachments?cursor=x'))).toBe('400 invalid_request');
  });
});

describe('the bytes', () => {
  let token: string;
  let api: Caller;
  let id: string;
  const digits = '0123456789';
  beforeAll(async () => {
    token = shared.newToken();
    api = shared.as(token);
    ({ id } = await upload(api, { bytes: digits }));
  });

  it.each([
    ['bytes=0-3', 206, '0123', 'bytes 0-3/10'],
    ['bytes=4-', 206, '456789', 'bytes 4-9/10'],
    ['bytes=-3', 206, '789', 'bytes 7-9/10'],
    ['bytes=-30', 206, digits, 'bytes 0-9/10'],
    ['bytes=8-99', 206, '89', 'bytes 8-9/10'],
    ['bytes=0-1,4-5', 200, digits, null],
    ['lines=0-1', 200, digits, null],
    ['bytes=5-2', 200, digits, null],
    ['bytes=-', 200, digits, null],
  ])('of the range %s are %i', async (range, status, text, contentRange) => {
    const { headers, ...answer } = await download(token, id, { range });
    expect({ status: answer.status, text: answer.bytes.toString() }).toEqual({ status, text });
    expect(headers.get('content-range')).toBe(contentRange);
    expect(headers.get('content-length')).toBe(String(text.length));
    expect(headers.get('accept-ranges')).toBe('bytes');
  });

  it.each(['bytes=10-', 'bytes=99-100', 'bytes=-0'])('of the range %s are not there', async (range) => {
    const answer = await api.get(`/attachments/${id}/content`, { headers: { range } });
    expect(refusal(answer)).toMatchObject({ code: 'range_not_satisfiable', status: 416, size_bytes: 10 });
    expect(answer.headers.get('content-range')).toBe('bytes */10');
  });

  it('are not sent again to somebody who has them, and whole to somebody who has others', async () => {
    const etag = (await download(token, id)).headers.get('etag') ?? '';
    const same = await download(token, id, { 'if-none-match': etag, range: 'bytes=0-1' });
    expect([same.status, same.bytes.length]).toEqual([304, 0]);
    const range = { range: 'bytes=0-1' };
    expect((await download(token, id, { ...range, 'if-range': etag })).status).toBe(206);
    expect((await download(token, id, { ...range, 'if-range': '"other"' })).status).toBe(200);
    expect((await download(token, id, { ...range, 'if-range': `W/${etag}` })).status).toBe(200);
  });

  it('are announced by HEAD, and not sent', async () => {
    const head = await call('HEAD', `${server.url}/attachments/${id}/content`, { token });
    expect([head.status, head.body]).toEqual([200, undefined]);
    expect(head.headers.get('content-length')).toBe('10');
  });

  it('are none of an empty file', async () => {
    const { id: empty } = await upload(api, { bytes: '', name: 'empty.txt' });
    const answer = await download(token, empty);
    expect([answer.status, answer.bytes.length]).toEqual([200, 0]);
    expect((await download(token, empty, { range: 'bytes=0-' })).status).toBe(416);
  });

  it('are the same that were sent, also of a file that comes in many pieces', async () => {
    const bytes = Buffer.from('A line.\n'.repeat(2_400));
    const large = await upload(api, { bytes, name: 'large.txt' });
    expect(sha256((await download(token, large.id)).bytes)).toBe(sha256(bytes));
  });

  it.each<[string, File, string, string]>([
    ['an image', { name: 'a.png', type: 'image/png', bytes: pixel }, 'image/png', 'inline'],
    [
      'a page',
      { name: 'a.html', type: 'text/html', bytes: '<script>alert(1)</script>' },
      'text/plain; charset=utf-8',
      'attachment',
    ],
    [
      'a drawing',
      {
        name: 'a.svg',
        type: 'image/svg+xml',
        bytes: '<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>',
      },
      'text/plain; charset=utf-8',
      'attachment',
    ],
    [
      'a script',
      { name: 'a.js', type: 'text/javascript', bytes: 'alert(1)' },
      'text/plain; charset=utf-8',
      'attachment',
    ],
    [
      'a document',
      { name: 'a.pdf', type: 'application/pdf', bytes: '%PDF-1.4\n%%EOF\n' },
      'application/pdf',
      'attachment',
    ],
  ])('of %s run in no browser', async (_, file, type, disposition) => {
    const sent = await upload(api, file);
    expect(sent.mime_type).toBe(file.type);
    const { headers } = await download(token, sent.id);
    expect(headers.get('content-type')).toBe(type);
    expect(headers.get('content-disposition')).toMatch(new RegExp(`^${disposition}; filename="a\\.\\w+"`));
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('content-security-policy')).toMatch(/default-src 'none'.*;sandbox$/);
    expect(headers.get('cache-control')).toMatch(/^private/);
  });

  it.each([
    ['quote".txt', `attachment; filename="quote_.txt"; filename*=UTF-8''quote%22.txt`],
    [
      "it's (1) 100%.txt",
      `attachment; filename="it's (1) 100_.txt"; filename*=UTF-8''it%27s%20%281%29%20100%25.txt`,
    ],
    ['Übung 🎈.txt', `attachment; filename="_bung __.txt"; filename*=UTF-8''%C3%9Cbung%20%F0%9F%8E%88.txt`],
    ['a;b=c.txt', `attachment; filename="a;b=c.txt"; filename*=UTF-8''a%3Bb%3Dc.txt`],
  ])('of %s are saved under that name', async (name, disposition) => {
    const escaped = name.replaceAll('"', '\\"');
    const sent = await upload(api, { name: escaped, bytes: `Of ${name}` });
    expect(sent.name).toBe(name);
    expect((await download(token, sent.id)).headers.get('content-disposition')).toBe(disposition);
  });
});

describe('what is not sent well', () => {
  const post = (form: ReturnType<typeof rawForm>): Promise<Answer<unknown>> => {
    const api = shared.as(token);
    return api.post('/attachments', form.body, form);
  };
  let token: string;
  beforeAll(() => void (token = shared.newToken()));

  it.each<[string, () => ReturnType<typeof rawForm>, string]>([
    [
      'JSON',
      () => ({ body: '{}', headers: { 'content-type': 'application/json' } }),
      '415 unsupported_media_type',
    ],
    [
      'the bare bytes',
      () => ({ body: pixel, headers: { 'content-type': 'image/png' } }),
      '415 unsupported_media_type',
    ],
    [
      'no boundary',
      () => ({ body: 'x', headers: { 'content-type': 'multipart/form-data' } }),
      '400 malformed_request',
    ],
    ['no form', () => rawForm('nothing of the sort'), '400 malformed_request'],
    ['half a form', () => rawForm((formOf({}).body as Buffer).subarray(0, 150)), '400 malformed_request'],
    ['an empty form', () => formOf(), '400 invalid_request'],
    ['another field', () => formOf({ field: 'document' }), '400 invalid_request'],
    ['two files', () => formOf({}, {}), '400 invalid_request'],
    ['a file beside another field', () => formOf({}, { field: 'title' }), '400 invalid_request'],
    ['no name', () => formOf({ name: '' }), '400 invalid_request'],
    ['a name of blanks', () => formOf({ name: '  ' }), '400 invalid_request'],
    ['a name that is too long', () => formOf({ name: 'ü'.repeat(128) }), '400 invalid_request'],
    ['a path', () => formOf({ name: '../../etc/passwd' }), '400 invalid_request'],
    ['a path of Windows', () => formOf({ name: 'C:\\\\Windows\\\\win.ini' }), '400 invalid_request'],
    ['an absolute path', () => formOf({ name: '/etc/passwd' }), '400 invalid_request'],
    ['a folder', () => formOf({ name: '..' }), '400 invalid_request'],
    ['a name with a NUL', () => formOf({ name: 'a.txt\0.png' }), '400 invalid_request'],
    ['a name that is turned around', () => formOf({ name: 'cod\u202Etxt.exe' }), '400 invalid_request'],
    [
      'a page that says it is an image',
      () => formOf({ name: 'a.png', type: 'image/png', bytes: '<html></html>' }),
      '422 attachment_refused',
    ],
    [
      'an image that says it is another',
      () => formOf({ name: 'a.jpg', type: 'image/jpeg', bytes: pixel }),
      '422 attachment_refused',
    ],
    [
      'an image that says it is text',
      () => formOf({ name: 'a.txt', type: 'text/plain', bytes: pixel }),
      '422 attachment_refused',
    ],
    [
      'an image under a name that says text',
      () => formOf({ name: 'a.txt', type: 'application/octet-stream', bytes: pixel }),
      '422 attachment_refused',
    ],
    [
      'a program that says it is a document',
      () => formOf({ name: 'a.pdf', type: 'application/pdf', bytes: program }),
      '422 attachment_refused',
    ],
    [
      'a program',
      () => formOf({ name: 'a', type: 'application/x-elf', bytes: program }),
      '415 unsupported_media_type',
    ],
    [
      'bytes of no type',
      () => formOf({ name: 'a', type: 'application/octet-stream', bytes: Buffer.from([1, 2, 3]) }),
      '415 unsupported_media_type',
    ],
    [
      'text that is not UTF-8',
      () => formOf({ bytes: Buffer.from('K\xe4se', 'latin1') }),
      '422 attachment_refused',
    ],
    ['text with a NUL', () => formOf({ bytes: 'a\0b' }), '422 attachment_refused'],
    ['a file that is too large', () => formOf({ bytes: 'x'.repeat(20_001) }), '413 body_too_large'],
    ['a file that is far too large', () => formOf({ bytes: 'x'.repeat(100_000) }), '413 body_too_large'],
  ])('%s is refused, and leaves nothing behind', async (_, form, expected) => {
    const before = filesOf(server);
    expect(refused(await post(form()))).toBe(expected);
    expect(filesOf(server)).toEqual(before);
    expect(body(await shared.as(token).get<{ attachments: [] }>('/attachments')).attachments).toEqual([]);
  });

  it('names what is wrong with a name', async () => {
    const problem = refusal(await post(formOf({ name: '../x' })));
    expect(problem.errors).toEqual([{ path: 'filename', message: 'must be a name, without a path' }]);
  });

  it('says what a mislabelled file is', async () => {
    const answer = await post(formOf({ name: 'a.png', type: 'image/png', bytes: '%PDF-1.4\n%%EOF\n' }));
    expect(refusal(answer).detail).toBe(
      'The file says that it is image/png, but its bytes are application/pdf.',
    );
  });

  it('a file without a token is refused unread', async () => {
    const form = formOf({});
    expect(refused(await call('POST', `${server.url}/attachments`, form))).toBe('401 unauthorized');
  });
});

const program = Buffer.concat([Buffer.from([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1, 0]), Buffer.alloc(120)]);

it('a file that is deleted is gone, with its bytes', async () => {
  const api = shared.newOwner();
  const { id, sha256: hash } = await upload(api, { bytes: 'Soon gone.' });
  body(await api.delete(`/attachments/${id}`), 204);
  for (const path of [`/attachments/${id}`, `/attachments/${id}/content`])
    expect(refused(await api.get(path))).toBe('404 attachment_not_found');
  expect(refused(await api.delete(`/attachments/${id}`))).toBe('404 attachment_not_found');
  expect(filesOf(server).filter((name) => name.startsWith(hash))).toEqual([]);
  const again = await upload(api, { bytes: 'Soon gone.' });
  expect(body(await api.get(`/attachments/${again.id}/content`))).toBe('Soon gone.');
});
