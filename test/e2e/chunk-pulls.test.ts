import { beforeAll, expect, it } from 'vitest';
import {
  act,
  appendDeltas,
  appendText,
  beginStream,
  body,
  createContext,
  finalize,
  pullChunks,
  refusal,
  refused,
  type ChunkPage,
} from '../support/api.js';
import type { Answer, Caller } from '../support/http.js';
import { SharedServer } from '../support/owners.js';
import { until } from '../support/until.js';

const nobody = '00000000-0000-7000-8000-000000000000';

let shared: SharedServer;
// One pull at a time can be held: whether one is can be asked with another.
beforeAll(async () => void (shared = await SharedServer.start({ env: { PULLCORD_LONG_POLL_MAX: '1' } })));

async function streamOf(count: number) {
  const api = shared.newOwner();
  const { id } = await createContext(api);
  const stream = await beginStream(api, id);
  const deltas = Array.from({ length: count }, (_, n) => `${n + 1} `);
  for (let from = 0; from < count; from += 1000)
    await appendDeltas(api, stream, ...deltas.slice(from, from + 1000));
  return { api, id, stream };
}

it('gives what comes after a sequence, and says how far the stream has got', async () => {
  const { api, id, stream } = await streamOf(5);
  const all = await pullChunks(api, stream);
  expect(all).toEqual({
    context_id: id,
    message_id: stream.split('/').at(-1),
    chunks: ['1 ', '2 ', '3 ', '4 ', '5 '].map((delta, n) => ({
      sequence: n + 1,
      kind: 'text',
      delta,
      created_at: expect.stringMatching(/^\d{4}-.*T.*\.\d{3}Z$/) as string,
    })),
    current_sequence: 5,
    has_more: false,
    status: 'streaming',
    finish_reason: null,
  });
  const cases: readonly [query: string, sequences: readonly number[], hasMore: boolean][] = [
    ['after=0', [1, 2, 3, 4, 5], false],
    ['after=3', [4, 5], false],
    ['after=5', [], false],
    ['limit=2', [1, 2], true],
    ['after=2&limit=2', [3, 4], true],
    ['after=2&limit=3', [3, 4, 5], false],
    ['after=4&limit=1', [5], false],
    ['from_sequence=3', [4, 5], false],
    ['from_sequence=3&after=3&limit=1', [4], true],
    ['after=3&wait_ms=30000', [4, 5], false],
  ];
  for (const [query, sequences, hasMore] of cases) {
    const page = await pullChunks(api, stream, `?${query}`);
    expect(
      page.chunks.map(({ sequence }) => sequence),
      query,
    ).toEqual(sequences);
    expect(page, query).toMatchObject({ current_sequence: 5, has_more: hasMore });
  }
  expect(refused(await api.get(`${stream}/streaming-chunks?after=1&from_sequence=2`))).toBe(
    '400 invalid_request',
  );
});

it('walks a long stream in pages, during it and after it, each chunk once', async () => {
  const { api, stream } = await streamOf(1203);
  const walk = async (limit: string) => {
    const walked: number[] = [];
    for (let hasMore = true; hasMore;) {
      const page = await pullChunks(api, stream, `?after=${walked.length}${limit}`);
      walked.push(...page.chunks.map(({ sequence }) => sequence));
      hasMore = page.has_more;
    }
    return walked;
  };
  const numbers = Array.from({ length: 1203 }, (_, n) => n + 1);
  expect((await pullChunks(api, stream)).chunks).toHaveLength(500);
  expect((await pullChunks(api, stream, '?limit=1000')).chunks).toHaveLength(1000);
  for (const limit of ['', '&limit=100', '&limit=1000']) expect(await walk(limit)).toEqual(numbers);
  await finalize(api, stream);
  for (const limit of ['', '&limit=257']) expect(await walk(limit)).toEqual(numbers);
});

it('refuses a cursor that the stream has not reached, and says where that is', async () => {
  const { api, stream } = await streamOf(2);
  const ahead = { status: 422, code: 'cursor_ahead', current_sequence: 2 };
  for (const query of [
    'after=3',
    'from_sequence=3',
    `after=${Number.MAX_SAFE_INTEGER}`,
    'after=3&wait_ms=30000',
  ])
    expect(refusal(await api.get(`${stream}/streaming-chunks?${query}`)), query).toMatchObject(ahead);
  await finalize(api, stream);
  expect(refusal(await api.get(`${stream}/streaming-chunks?after=3`))).toMatchObject(ahead);
});

it('finds no chunks in a message that was never streamed', async () => {
  const api = shared.newOwner();
  const { id } = await createContext(api);
  const { message_id } = await appendText(api, id, 'Whole');
  const page = await pullChunks(api, `/contexts/${id}/messages/${message_id}`, '?wait_ms=30000');
  expect(page).toMatchObject({ chunks: [], current_sequence: 0, has_more: false, status: 'complete' });
});

/** Begins a pull that is held; resolves, with the answer still to come, once the server holds it. */
async function held(api: Caller, stream: string, abort?: AbortSignal) {
  const { current_sequence: after } = await pullChunks(api, stream);
  const path = `${stream}/streaming-chunks?after=${after}&wait_ms=30000`;
  for (;;) {
    let answered: Answer<ChunkPage> | undefined;
    const answer = api.get<ChunkPage>(path, { abort }).then((it) => (answered = it));
    answer.catch(() => undefined);
    const isHeld = await until(async () => (answered ? 'no' : (await isTaken(api, path)) && 'yes'), {
      what: 'the pull to be held',
    });
    // What asks may itself have been in the way.
    if (isHeld === 'yes' && answered === undefined) return { answer };
  }
}

const isTaken = async (api: Caller, path: string): Promise<boolean> => {
  const { status, headers } = await api.get(path.replace('wait_ms=30000', 'wait_ms=1'));
  if (status === 429) expect(Number(headers.get('retry-after'))).toBeGreaterThan(0);
  return status === 429;
};

const wakes: readonly [
  what: string,
  status: string,
  wake: (api: Caller, stream: string) => Promise<unknown>,
][] = [
  ['is appended', 'streaming', (api, stream) => appendDeltas(api, stream, 'new')],
  ['ends it', 'complete', (api, stream) => finalize(api, stream)],
  ['cancels it', 'cancelled', (api, stream) => act(api, stream.split('/')[2] ?? '', 'cancel')],
];

it.each(wakes)('holds a pull until something %s', async (_, status, wake) => {
  const { api, stream } = await streamOf(2);
  const began = Date.now();
  const { answer } = await held(api, stream);
  await wake(api, stream);
  const page = body(await answer);
  expect(page.status).toBe(status);
  expect(page.chunks.map(({ delta }) => delta)).toEqual(status === 'streaming' ? ['new'] : []);
  // Woken, and not simply at the end of its patience.
  expect(Date.now() - began).toBeLessThan(29_000);
});

it('lets a pull go, empty, when its time is over', async () => {
  const { api, stream } = await streamOf(1);
  const page = await pullChunks(api, stream, '?after=1&wait_ms=50');
  expect(page).toMatchObject({ chunks: [], current_sequence: 1, status: 'streaming' });
});

it('lets a pull go when its context is deleted', async () => {
  const { api, id, stream } = await streamOf(1);
  const began = Date.now();
  const { answer } = await held(api, stream);
  await api.delete(`/contexts/${id}`);
  expect(refused(await answer)).toBe('404 context_not_found');
  expect(Date.now() - began).toBeLessThan(29_000);
});

it('holds nothing for a client that has gone', async () => {
  const { api, stream } = await streamOf(1);
  const gone = new AbortController();
  const { answer } = await held(api, stream, gone.signal);
  gone.abort();
  await expect(answer).rejects.toThrow();
  const path = `${stream}/streaming-chunks?after=1&wait_ms=30000`;
  // Sooner than the pull would have ended by itself.
  await until(async () => !(await isTaken(api, path)), {
    what: 'the place of the client that has gone',
    deadlineMs: 20_000,
  });
});

it('answers reads of a context that is being deleted with what there was, or that it is gone', async () => {
  for (let round = 0; round < 5; round++) {
    const { api, id, stream } = await streamOf(600);
    await finalize(api, stream);
    const readUntilGone = async (path: string): Promise<string> => {
      for (;;) {
        const answer = await api.get(path);
        if (answer.status !== 200) return refused(answer);
      }
    };
    const chunks = Array.from({ length: 8 }, (_, n) =>
      readUntilGone(`${stream}/streaming-chunks?after=${n}`),
    );
    const others = ['', '/messages', '/metadata', '/state'].map((path) =>
      readUntilGone(`/contexts/${id}${path}`),
    );
    body(await api.delete(`/contexts/${id}`), 204);
    expect(new Set(await Promise.all(chunks))).toEqual(new Set(['404 context_not_found']));
    for (const end of await Promise.all(others)) expect(end).toMatch(/^404 (context|branch)_not_found$/);
  }
});

it('says which of the two is not there: the context, or a message in it', async () => {
  const { api, id, stream } = await streamOf(1);
  const other = await createContext(api);
  const { id: hidden } = await streamOf(1);
  const message = stream.split('/').at(-1) ?? '';
  const pull = async (context: string, of: string): Promise<string> =>
    refused(await api.get(`/contexts/${context}/messages/${of}/streaming-chunks?wait_ms=1000`));
  expect(await pull(id, nobody)).toBe('404 message_not_found');
  expect(await pull(other.id, message)).toBe('404 message_not_found');
  expect(await pull(hidden, message)).toBe('404 context_not_found');
  expect(await pull(nobody, message)).toBe('404 context_not_found');
  expect(await pull(nobody, nobody)).toBe('404 context_not_found');
});

it('gives the same range again, also of a final message, and nothing of it to others or after its end', async () => {
  const { api, id, stream } = await streamOf(5);
  const path = `${stream}/streaming-chunks?after=1&limit=3`;
  const first = body(await api.get<ChunkPage>(path));
  expect(first.chunks).toHaveLength(3);
  expect(body(await api.get<ChunkPage>(path))).toEqual(first);
  expect(refused(await shared.newOwner().get(path))).toBe('404 context_not_found');
  await finalize(api, stream);
  expect(body(await api.get<ChunkPage>(path)).chunks).toEqual(first.chunks);
  await api.delete(`/contexts/${id}`);
  expect(refused(await api.get(path))).toBe('404 context_not_found');
});
