// What bounds an external stream: silence, size, and the end of the server, which is not the end of the producer.
import { expect, it } from 'vitest';
import {
  appendDeltas,
  beginStream,
  createContext,
  finalize,
  getMessage,
  getMetadata,
  pullChunks,
  reaches,
  refusal,
} from '../support/api.js';
import { caller } from '../support/http.js';
import { startServer } from '../support/server.js';
import { sql } from '../support/sql.js';
import { until } from '../support/until.js';

const streamOn = async (env: Record<string, string>) => {
  const server = await startServer({ env });
  const api = caller(server);
  const { id } = await createContext(api);
  const stream = await beginStream(api, id);
  return { server, api, id, stream, messageId: stream.split('/').at(-1) ?? '' };
};

it('ends a stream whose producer has gone silent, with what it sent', async () => {
  const { api, id, stream, messageId } = await streamOn({
    PULLCORD_EXTERNAL_STREAM_IDLE_MS: '300',
    PULLCORD_RUN_LEASE_MS: '600',
  });
  const chunks = [{ delta: 'Hel' }];
  await api.post(`${stream}/streaming-chunks`, { chunks });
  const { state } = await reaches(api, id, 'error');
  expect(state).toMatchObject({ code: 'interrupted', retryable: true });
  const { status, data } = await getMessage(api, id, messageId);
  expect(status).toBe('interrupted');
  expect((await pullChunks(api, stream)).chunks.map(({ delta }) => delta).join('')).toBe(
    (data as { content: string }).content,
  );
  expect(refusal(await api.post(`${stream}/streaming-chunks`, { chunks }))).toMatchObject({
    code: 'stream_closed',
  });
});

it('does not take the time that the server was down for silence', async () => {
  const { server, stream, messageId } = await streamOn({ PULLCORD_RUN_LEASE_MS: '300' });
  const other = await beginStream(caller(server), (await createContext(caller(server))).id);
  await appendDeltas(caller(server), stream, 'one');
  await server.kill();
  const anHour = 3_600_000;
  await sql(server, `UPDATE open_streams SET appended_at = appended_at + ${anHour}`);
  await sql(
    server,
    `UPDATE open_streams SET appended_at = appended_at - ${2 * anHour} WHERE message_id = '${messageId}'`,
  );
  await server.start();
  // It has looked for silent ones once it has put right what is dated in the future.
  const isLookedAt = async (): Promise<boolean> => {
    const rows = await sql<{ appended_at: number }>(server, `SELECT appended_at FROM open_streams`);
    expect(rows).toHaveLength(2);
    return rows.every(({ appended_at }) => Number(appended_at) <= Date.now());
  };
  await until(isLookedAt, { what: 'silent producers to be looked for' });
  expect(await appendDeltas(caller(server), stream, 'two')).toBe(2);
  expect(await appendDeltas(caller(server), other, 'one')).toBe(1);
});

it('takes a thousand chunks at once, each up to a million characters, and no more', async () => {
  const { api, stream } = await streamOn({ PULLCORD_BODY_LIMIT_BYTES: '8388608' });
  const append = (deltas: readonly string[]) =>
    api.post(`${stream}/streaming-chunks`, { chunks: deltas.map((delta) => ({ delta })) });
  const wrong: readonly [string, readonly string[], string][] = [
    ['1001 chunks', Array<string>(1001).fill('x'), 'chunks'],
    ['no chunk', [], 'chunks'],
    ['an empty delta', ['x', ''], 'chunks.1.delta'],
    ['a million and one characters', ['x'.repeat(1_000_001)], 'chunks.0.delta'],
  ];
  for (const [what, deltas, path] of wrong)
    expect(refusal(await append(deltas)), what).toMatchObject({ status: 400, errors: [{ path }] });
  expect((await pullChunks(api, stream)).current_sequence).toBe(0);
  expect(await appendDeltas(api, stream, ...Array<string>(1000).fill('x'))).toBe(1000);
  // Characters are code points: this one is four bytes, and two units of UTF-16.
  expect(await appendDeltas(api, stream, '👍'.repeat(1_000_000))).toBe(1001);
});

it('keeps no more bytes of an answer than it is set to, and says so', async () => {
  const { api, id, stream, messageId } = await streamOn({ PULLCORD_MAX_ANSWER_BYTES: '10' });
  expect(await appendDeltas(api, stream, '12345', 'é')).toBe(2);
  const over = { status: 413, code: 'limit_exceeded' };
  const append = (...deltas: string[]) =>
    api.post(`${stream}/streaming-chunks`, { chunks: deltas.map((delta) => ({ delta })) });
  expect(refusal(await append('1234'))).toMatchObject(over);
  expect(refusal(await append('éé'))).toMatchObject(over);
  expect(refusal(await append('12', '34'))).toMatchObject(over);
  expect(await appendDeltas(api, stream, '890')).toBe(3);
  expect(refusal(await append('x'))).toMatchObject(over);
  await finalize(api, stream, 'length');
  expect((await getMessage(api, id, messageId)).data).toMatchObject({
    content: '12345é890',
    final_sequence: 3,
  });
});

it('goes on where it was when the server was killed in the middle of it', async () => {
  const { server, api, id, stream, messageId } = await streamOn({});
  await appendDeltas(api, stream, 'Hel');
  await server.restart();
  expect(await getMetadata(api, id)).toMatchObject({
    state: { type: 'streaming_response', message_id: messageId },
    streaming: [{ message_id: messageId, current_sequence: 1 }],
  });
  const next = { chunks: [{ delta: 'lo' }], expected_sequence: 1 };
  expect((await api.post(`${stream}/streaming-chunks`, next)).status).toBe(200);
  await finalize(api, stream);
  expect((await getMessage(api, id, messageId)).data).toMatchObject({ content: 'Hello' });
});
