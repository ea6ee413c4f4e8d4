import { Buffer } from 'node:buffer';
import { expect, it } from 'vitest';
import type { PackedFile } from './unzip.js';
import { valuesOf } from './values-in.js';

const file = (name: string, value: unknown): PackedFile => ({
  name,
  bytes: Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)),
});

it('joins a folder when it is asked for, and none before', async () => {
  const values = await valuesOf([
    file('a/context.json', { format: 'a' }),
    file('a/messages_pool/2.json', { revision: 2 }),
    file('a/messages_pool/1.json', { revision: 1 }),
    file('b/context.json', 'no JSON'),
  ]);
  expect(values).toHaveLength(2);
  expect(values[0]).toEqual({ format: 'a', messages: [{ revision: 1 }, { revision: 2 }] });
  expect(values[0]).not.toBe(values[0]);
  expect(() => values[1]).toThrow('not valid JSON');
});

it('reads a message for one folder only, however deep they are in each other', async () => {
  const values = await valuesOf([
    file('context.json', {}),
    file('messages_pool/context.json', {}),
    file('messages_pool/messages_pool/1.json', { revision: 1 }),
    file('messages_pool/notes/2.json', { revision: 2 }),
    file('other_messages_pool/3.json', { revision: 3 }),
  ]);
  expect(values[0]).toEqual({ messages: [{}, { revision: 2 }] });
  expect(values[1]).toEqual({ messages: [{ revision: 1 }] });
});
