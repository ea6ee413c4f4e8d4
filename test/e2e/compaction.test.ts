// Chunks of a final message are packed into fewer rows, and nobody who pulls them can tell.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { appendDeltas, beginStream, createContext, finalize, pullChunks } from '../support/api.js';
import { caller, type Caller } from '../support/http.js';
import { outsideOf, type Outsider } from '../support/open-storage.js';
import { startServer, type TestServer } from '../support/server.js';
import { until } from '../support/until.js';

const count = 1100;
const deltas = Array.from({ length: count }, (_, place) => `${place} \u0000 \ud83d ✓ `);

let server: TestServer;
let api: Caller;
let outside: Outsider & { close(): Promise<void> };
let context: string;
let stream: string;
let before: unknown;

beforeAll(async () => {
  server = await startServer({ env: { PULLCORD_COMPACT_AFTER_MS: '0' } });
  api = caller(server);
  outside = outsideOf(server);
  context = (await createContext(api)).id;
  stream = await beginStream(api, context);
  for (let from = 0; from < count; from += 500)
    await appendDeltas(api, stream, ...deltas.slice(from, from + 500));
  before = await all();
  await finalize(api, stream);
  await until(packed, { what: 'the chunks to be packed' });
});
afterAll(() => outside.close());

const rowsIn = async (table: string): Promise<number> =>
  Number((await outside.look<{ n: number }>(`SELECT count(*) AS n FROM ${table}`))[0]?.n);

const packed = async (): Promise<boolean> =>
  (await rowsIn('compactions')) === 0 && (await rowsIn('chunks')) === 0;

/** Every chunk, pulled page after page. */
async function all(): Promise<unknown[]> {
  const found: unknown[] = [];
  for (let more = true; more;) {
    const page = await pullChunks(api, stream, `?after=${found.length}&limit=300`);
    found.push(...page.chunks);
    more = page.has_more;
  }
  return found;
}

describe('the chunks of a final message', () => {
  it('take a fraction of the rows', async () => {
    expect(await rowsIn('chunk_blocks')).toBe(Math.ceil(count / 256));
  });

  it('are pulled exactly as before', async () => {
    expect(await all()).toEqual(before);
  });

  it('are found from any sequence on, also in the middle of a block and at its ends', async () => {
    for (const after of [0, 1, 254, 255, 256, 257, 511, 512, 1023, 1024, count - 1, count]) {
      const page = await pullChunks(api, stream, `?after=${after}&limit=3`);
      const expected = deltas.slice(after, after + 3);
      expect(page.chunks.map(({ sequence, delta }) => ({ sequence, delta }))).toEqual(
        expected.map((delta, place) => ({ sequence: after + place + 1, delta })),
      );
      expect(page).toMatchObject({
        current_sequence: count,
        has_more: after + 3 < count,
        status: 'complete',
      });
    }
  });

  it('go with their context', async () => {
    const { status } = await api.delete(`/contexts/${context}?purge=true`);
    expect(status).toBe(204);
    expect(await rowsIn('chunk_blocks')).toBe(0);
  });
});
