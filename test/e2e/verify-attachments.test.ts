// `pullcord verify` on attachments: silent whatever refers to them, a line where a row lost its other.
import { beforeAll, expect, it } from 'vitest';
import { act, body, createContext } from '../support/api.js';
import { copyOf, findingsIn } from '../support/copies.js';
import { caller } from '../support/http.js';
import { startServer, type TestServer } from '../support/server.js';
import { sql } from '../support/sql.js';
import { upload } from '../support/upload.js';

let server: TestServer;
const id = { kept: '', left: '', message: '' };
beforeAll(async () => {
  server = await startServer();
  const api = caller(server);
  id.kept = (await upload(api, { bytes: 'Kept.' })).id;
  id.left = (await upload(api, { bytes: 'Left.' })).id;
  const [context, other] = [await createContext(api), await createContext(api)];
  const reference = { kind: 'file_reference', data: { attachment_id: id.kept } };
  const refer = { role: 'user', payload: reference };
  ({ message_id: id.message } = await act(api, context.id, 'append_message', refer));
  await act(api, other.id, 'append_message', refer);
  // It can come back, and so can its message.
  body(await api.delete(`/contexts/${other.id}`), 204);
  await server.stop();
});

it.each<[string, () => string, () => readonly RegExp[]]>([
  ['nothing', () => `DELETE FROM attachments WHERE id = 'none'`, () => []],
  [
    'a lost file',
    () =>
      `DELETE FROM attachment_files WHERE size_bytes = 5 AND sha256 = (SELECT sha256 FROM attachments WHERE id = '${id.left}')`,
    () => [new RegExp(`attachment ${id.left}: there is no file`)],
  ],
  [
    'a lost attachment',
    () => `DELETE FROM attachments WHERE id = '${id.left}'`,
    () => [/attachment_files [0-9a-f]{64}: nobody has attached it/],
  ],
  [
    'a lost attachment that messages refer to',
    () => `DELETE FROM attachments WHERE id = '${id.kept}'`,
    () => [/nobody has attached it/, /its attachment is not there/, /its attachment is not there/],
  ],
  [
    'a reference too many',
    () => `INSERT INTO attachment_references VALUES ('x', 'y', '${id.left}')`,
    () => [
      /of message y: it is not there/,
      new RegExp(`attachment ${id.left}: whether messages refer to it`),
    ],
  ],
  [
    'a reference too few',
    () => `DELETE FROM attachment_references`,
    () => [new RegExp(`attachment ${id.kept}: whether messages refer to it`)],
  ],
])('finds %s', async (_, damage, expected) => {
  const copy = await copyOf(server);
  await sql(copy, damage());
  const found = await findingsIn(copy);
  await copy.remove();
  expect(found).toEqual(expected().map((line) => expect.stringMatching(line) as string));
});
