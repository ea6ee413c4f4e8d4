// Protocol 3.1 and 3.5: which contexts a stream follows.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { afterEach, beforeAll, expect, it } from 'vitest';
import { appendText, beginStream, createContext, refused } from '../support/api.js';
import { SharedServer } from '../support/owners.js';
import { SseStream } from '../support/sse.js';
import { until } from '../support/until.js';

let shared: SharedServer;
beforeAll(async () => void (shared = await SharedServer.start()));

const opened: SseStream[] = [];
afterEach(() => opened.splice(0).forEach((stream) => stream.destroy()));

async function open(token: string, path: string): Promise<SseStream> {
  const stream = await SseStream.open(shared.server.url + path, { token });
  opened.push(stream);
  return stream;
}

const nobody = '01890a5d-ac96-774b-bcce-b302099a8057';

it('follows several contexts over one connection, and no others', async () => {
  const token = shared.newToken();
  const api = shared.as(token);
  const [a, b, c] = [await createContext(api), await createContext(api), await createContext(api)];
  const stream = await open(token, `/events?contexts=${b.id},${a.id},${b.id}`);
  expect(await stream.nextSignal()).toMatchObject({ type: 'snapshot', context_id: b.id });
  expect(await stream.nextSignal()).toMatchObject({ type: 'snapshot', context_id: a.id });
  for (const { id } of [c, a, c, b]) await appendText(api, id, 'x');
  await until(
    () => stream.signals.some(({ context_id, revision }) => context_id === b.id && revision === 3),
    {
      what: 'the last signal of the second context',
    },
  );
  const seen = stream.signals.slice(2).map(({ context_id }) => context_id);
  expect(seen).toEqual([a.id, a.id, a.id, b.id, b.id, b.id]);
  const ids = stream.events.map(({ id }) => id);
  expect(ids.every((id) => id !== undefined && !/^\d+$/.test(id))).toBe(true);
});

it('follows all contexts of an owner, those to come as well, and begins with those under way', async () => {
  const token = shared.newToken();
  const api = shared.as(token);
  const [rest, busy] = [await createContext(api), await createContext(api)];
  const message = await beginStream(api, busy.id);
  const stream = await open(token, '/events');
  expect(await stream.nextSignal()).toMatchObject({
    type: 'snapshot',
    context_id: busy.id,
    streaming: [{ message_id: message.split('/').at(-1), current_sequence: 0 }],
  });
  const fresh = await createContext(api);
  expect(await stream.nextSignal()).toMatchObject({
    type: 'context_updated',
    context_id: fresh.id,
    revision: 1,
    changed: ['created'],
  });
  await appendText(api, rest.id, 'x');
  expect(await stream.nextSignal('message_created')).toMatchObject({ context_id: rest.id });
});

it('refuses before the first byte what it cannot follow', async () => {
  const api = shared.newOwner();
  const { id } = await createContext(api);
  for (const path of [`/contexts/${nobody}/events`, `/events?contexts=${id},${nobody}`, '/contexts/x/events'])
    expect(refused(await api.get(path)), path).toBe('404 context_not_found');
  const many = Array.from({ length: 101 }, () => id).join();
  expect(refused(await api.get(`/events?contexts=${many}`))).toBe('400 invalid_request');
});

const hasCurl = (process.env.PATH ?? '').split(delimiter).some((folder) => existsSync(join(folder, 'curl')));

it.runIf(hasCurl)('comes through curl -N as it happens', async () => {
  const token = shared.newToken();
  const api = shared.as(token);
  const { id } = await createContext(api);
  const curl = spawn('curl', [
    '-sN',
    '-H',
    `authorization: Bearer ${token}`,
    `${shared.server.url}/contexts/${id}/events`,
  ]);
  let seen = '';
  curl.stdout.on('data', (bytes: Buffer) => (seen += bytes.toString()));
  const shows = (text: string) => until(() => seen.includes(text), { what: `curl to print ${text}` });
  try {
    await shows('"type":"snapshot"');
    await appendText(api, id, 'x');
    await shows('"type":"message_created"');
  } finally {
    curl.kill();
  }
});
