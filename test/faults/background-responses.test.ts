// A response in the background outlives the server's death: what was said is kept, and so is the number of each event.
import OpenAI from 'openai';
import type { ResponseStreamEvent } from 'openai/resources/responses/responses';
import { describe, expect, it } from 'vitest';
import { findingsIn } from '../support/copies.js';
import type { Dialect } from '../support/databases.js';
import { answer, FakeUpstream, hold, partial } from '../support/fake-upstream.js';
import { patience } from '../support/scale.js';
import { startServer, type TestServer } from '../support/server.js';
import { until } from '../support/until.js';

const grounds: readonly Dialect[] = ['sqlite', 'postgres'];

async function start(dialect: Dialect): Promise<{ upstream: FakeUpstream; server: TestServer }> {
  const upstream = await FakeUpstream.start();
  const env = { OPENAI_BASE_URL: upstream.url, PULLCORD_RUN_LEASE_MS: '500' };
  return { upstream, server: await startServer({ dialect, env }) };
}

/** A client of wherever the server listens by now. */
const clientOf = ({ url }: TestServer): OpenAI =>
  new OpenAI({ baseURL: `${url}/v1`, apiKey: 'any', maxRetries: 0 });
const begin = (server: TestServer) =>
  clientOf(server).responses.create({ model: 'openai/fake-1', input: 'Hi', background: true });

/** The events after the one of this number, up to the first that is `enough`. */
async function follow(
  server: TestServer,
  id: string,
  starting_after: number | undefined,
  isEnough: (event: ResponseStreamEvent) => boolean = () => false,
): Promise<ResponseStreamEvent[]> {
  const events: ResponseStreamEvent[] = [];
  const stream = await clientOf(server).responses.retrieve(id, { stream: true, starting_after });
  for await (const event of stream) {
    events.push(event);
    if (isEnough(event)) break;
  }
  return events;
}

const isText = ({ type }: ResponseStreamEvent): boolean => type === 'response.output_text.delta';
const textOf = (events: readonly ResponseStreamEvent[]): string =>
  events.map((event) => (event.type === 'response.output_text.delta' ? event.delta : '')).join('');

describe.each(grounds)('kill -9 on %s', { timeout: 4 * patience }, (dialect) => {
  it('in the middle of an answer leaves what was said, and its end says that it was interrupted', async () => {
    const { upstream, server } = await start(dialect);
    upstream.enqueue(partial(['Hel', 'lo ', 'the'], hold));
    const { id } = await begin(server);
    const textNow = async () => (await clientOf(server).responses.retrieve(id)).output_text;
    await until(async () => (await textNow()) === 'Hello the', { what: 'the text' });
    const known = await follow(server, id, undefined, isText);

    await server.kill();
    await server.restart();
    const rest = await follow(server, id, known.at(-1)?.sequence_number);
    const all = [...known, ...rest];
    expect(all.map((event) => event.sequence_number)).toEqual(all.map((_, n) => n));
    expect(textOf(all)).toBe('Hello the');
    expect(all.at(-1)).toMatchObject({
      type: 'response.failed',
      response: { status: 'failed', error: { code: 'server_error' } },
    });
    expect(await follow(server, id, undefined)).toEqual(all);
    expect(upstream.calls).toHaveLength(1);
    expect(await findingsIn(server)).toEqual([]);
  });

  it('before the first word has the model asked again, for the same response', async () => {
    const { upstream, server } = await start(dialect);
    upstream.enqueue(partial([], hold), answer(['Hel', 'lo.']));
    const { id } = await begin(server);
    await upstream.call(0);

    await server.kill();
    await server.restart();
    const events = await follow(server, id, 1);
    expect(events[0]?.sequence_number).toBe(2);
    expect(textOf(events)).toBe('Hello.');
    expect(events.at(-1)?.type).toBe('response.completed');
  });

  it('after the answer changes nothing of it', async () => {
    const { upstream, server } = await start(dialect);
    upstream.enqueue(answer(['Hel', 'lo.'], { calls: [{ id: 'a', name: 'clock', arguments: ['{', '}'] }] }));
    const { id } = await begin(server);
    const before = await follow(server, id, undefined);

    await server.kill();
    await server.restart();
    expect(await follow(server, id, undefined)).toEqual(before);
    expect(await follow(server, id, 5)).toEqual(before.slice(6));
  });
});
