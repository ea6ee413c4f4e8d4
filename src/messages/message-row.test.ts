import Sqlite from 'better-sqlite3';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { anyData, anyPayload } from '../../test/support/any-payload.js';
import { toTimestamp } from '../kernel/clock.js';
import type { BranchId, ContextId, MessageId } from '../kernel/ids.js';
import { messageKinds, type Message, type MessageMetadata } from './message-kinds.js';
import type { MessageEntity } from './message.entity.js';
import {
  messageColumns,
  readMessage,
  readText,
  smallTextColumns,
  textColumns,
  type TextRow,
} from './message-row.js';

let db: Sqlite.Database;
beforeAll(() => {
  db = new Sqlite(':memory:');
  // As in the migration: JavaScript's numbers become whole ones.
  db.exec(
    `CREATE TABLE messages (${messageColumns.replace(/depth|revision|created_at|final_sequence/g, '$& integer')})`,
  );
});
afterAll(() => db.close());

const metadata: MessageMetadata = {
  source: 'external',
  display_hint: { summary: '"a"\\\0\ud800\u2028😀', collapsed: false },
  client: { 'odd "name"\0': [1e300, -0.5, null, { '2': 'b', '1': 'a' }] },
};

const entity = (payload: { readonly kind: string; readonly data: unknown }): MessageEntity => ({
  context_id: '0199c9a2-7f3e-7a51-8c11-0d5a3c1e9b77' as ContextId,
  id: '0199c9a2-8a02-7d3e-b1f0-6a4c2e8d7f15' as MessageId,
  branch: 'main' as BranchId,
  depth: 3,
  parent_id: '0199c9a2-8a01-7d3e-b1f0-6a4c2e8d7f14' as MessageId,
  role: 'user',
  kind: payload.kind,
  status: 'complete',
  revision: 57,
  created_at: 1_769_860_800_123,
  final_sequence: null,
  finish_reason: null,
  metadata: JSON.stringify(metadata),
  data: JSON.stringify(payload.data),
});

/** The message in the order in which its fields are sent. */
const wireForm = (row: MessageEntity): object => ({
  id: row.id,
  context_id: row.context_id,
  branch: row.branch,
  parent_id: row.parent_id,
  depth: row.depth,
  role: row.role,
  kind: row.kind,
  data: JSON.parse(row.data) as unknown,
  status: row.status,
  metadata: JSON.parse(row.metadata) as unknown,
  revision: row.revision,
  created_at: toTimestamp(row.created_at),
});

/** The message as it is read after it was stored. */
function afterStoring(row: MessageEntity, columns = textColumns) {
  db.exec('DELETE FROM messages');
  const names = messageColumns.split(', ').map((name) => `@${name}`);
  db.prepare(`INSERT INTO messages (${messageColumns}) VALUES (${names.join()})`).run(row);
  return readText(db.prepare<[], TextRow>(`SELECT ${columns} FROM messages`).get() as TextRow);
}

function holdsEqual(row: MessageEntity): void {
  const { text, ...facts } = afterStoring(row);
  expect(text).toBe(JSON.stringify(wireForm(row)));
  expect(readMessage({ text: text ?? '' })).toEqual(wireForm(row) as Message);
  const { id, status, revision, data } = row;
  expect(facts).toEqual({ id, status, revision, bytes: Buffer.byteLength(data) });
}

it.each(messageKinds)('of the kind %s the text is what the object would be written as', (kind) => {
  for (const data of fc.sample<unknown>(anyData[kind], 20)) holdsEqual(entity({ kind, data }));
});

it('so is it of kinds that are not known, and with any text, number and name in it', () => {
  for (const payload of fc.sample(anyPayload, 40)) holdsEqual(entity(payload));
  const content = 'a\0b \ud83d and \ude00 "\\" \n\r\u2028\u2029 \ufeff\uffff שלום 👩‍👩‍👧‍👦';
  holdsEqual(entity({ kind: 'weather_card_2', data: { content, [content]: [-1e-7, 2 ** 53 - 1] } }));
});

it('so is it of the first message of all, which has none before it, and of one that streams', () => {
  const payload = { kind: 'text', data: { content: 'Hello.' } };
  holdsEqual({ ...entity(payload), parent_id: null, depth: 1 });
  holdsEqual({ ...entity(payload), status: 'streaming', final_sequence: 12, finish_reason: 'stop' });
});

it('leaves a large body out until it is asked for, but says how large it is', () => {
  const sized = (content: string) => entity({ kind: 'text', data: { content } });
  const fits = sized('a'.repeat(65_536 - '{"content":""}'.length));
  expect(afterStoring(fits, smallTextColumns)).toEqual(afterStoring(fits));
  // Half as many characters, but as many bytes and two more.
  const large = sized('é'.repeat(32_768 - 6));
  expect(afterStoring(large, smallTextColumns)).toEqual({ ...afterStoring(large), text: null });
  expect(afterStoring(large).bytes).toBe(65_538);
});
