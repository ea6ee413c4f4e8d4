import { fastify, type FastifyInstance } from 'fastify';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseFields } from '../http/fields.js';
import { appendSchema } from './append-schema.js';
import { AppendChunks, maxChunksPerAppend, maxDelta, maxToolCallId } from './dto/append-chunks.js';

const chunk = { delta: 'Hel' };
const accepted: Readonly<Record<string, unknown>> = {
  'one chunk': { chunks: [chunk] },
  'as many chunks as there may be': { chunks: Array.from({ length: maxChunksPerAppend }, () => chunk) },
  'a sequence of 0': { chunks: [chunk], expected_sequence: 0 },
  'every kind': {
    chunks: [
      { kind: 'text', delta: 'a' },
      { kind: 'reasoning', delta: 'b' },
      { kind: 'tool_arguments', delta: '{', tool_call_id: 'x'.repeat(maxToolCallId) },
    ],
  },
  'the longest delta, NUL and half a pair in it': { chunks: [{ delta: '\0\ud83d'.padEnd(maxDelta, 'x') }] },
};
const refused: Readonly<Record<string, unknown>> = {
  nothing: {},
  'no chunk': { chunks: [] },
  'a chunk too many': { chunks: Array.from({ length: maxChunksPerAppend + 1 }, () => chunk) },
  'chunks that are no list': { chunks: chunk },
  'a chunk that is none': { chunks: ['Hel'] },
  'null for a chunk': { chunks: [null] },
  'a chunk without a delta': { chunks: [{ kind: 'text' }] },
  'an empty delta': { chunks: [{ delta: '' }] },
  'a delta that is too long': { chunks: [{ delta: 'x'.repeat(maxDelta + 1) }] },
  'a number for a delta': { chunks: [{ delta: 1 }] },
  'another kind': { chunks: [{ kind: 'image', delta: 'a' }] },
  'an empty call id': { chunks: [{ delta: 'a', tool_call_id: '' }] },
  'a call id that is too long': { chunks: [{ delta: 'a', tool_call_id: 'x'.repeat(maxToolCallId + 1) }] },
  'an unknown field': { chunks: [chunk], sequence: 1 },
  'an unknown field of a chunk': { chunks: [{ ...chunk, text: 'a' }] },
  'a negative sequence': { chunks: [chunk], expected_sequence: -1 },
  'half a sequence': { chunks: [chunk], expected_sequence: 0.5 },
  'a sequence past what a number can hold': { chunks: [chunk], expected_sequence: 2 ** 53 },
  'a text for a sequence': { chunks: [chunk], expected_sequence: '1' },
  'null for a sequence': { chunks: [chunk], expected_sequence: null },
};

describe('the compiled schema of an append', () => {
  let server: FastifyInstance;
  beforeAll(() => {
    // With the options that the server has.
    server = fastify({
      bodyLimit: 10_000_000,
      ajv: { customOptions: { coerceTypes: false, removeAdditional: false } },
    });
    server.post('/', { schema: { body: appendSchema } }, () => 'ok');
  });
  afterAll(() => server.close());

  const compiledTakes = async (body: unknown): Promise<boolean> =>
    (await server.inject({ method: 'POST', url: '/', payload: body as object })).statusCode === 200;

  const classTakes = (body: unknown): boolean => {
    try {
      return parseFields(AppendChunks, body) instanceof AppendChunks;
    } catch {
      return false;
    }
  };

  it.each(Object.entries(accepted))('takes %s, as the class that OpenAPI shows does', async (_, body) => {
    expect([await compiledTakes(body), classTakes(body)]).toEqual([true, true]);
  });

  it.each(Object.entries(refused))('refuses %s, as the class that OpenAPI shows does', async (_, body) => {
    expect([await compiledTakes(body), classTakes(body)]).toEqual([false, false]);
  });

  it('refuses arguments of a tool without their call', async () => {
    expect(await compiledTakes({ chunks: [{ kind: 'tool_arguments', delta: '{' }] })).toBe(false);
  });
});
