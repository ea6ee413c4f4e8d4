// A context without a title gets one after its first turn: beside the turns, from a model that may be a cheap one.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { body, createContext } from '../support/api.js';
import { ContextClient, startServerOn } from '../support/context-client.js';
import { answer, FakeUpstream, hold, refusal, type Plan } from '../support/fake-upstream.js';
import { caller } from '../support/http.js';
import { startServer, type TestServer } from '../support/server.js';
import { sql } from '../support/sql.js';
import { until } from '../support/until.js';

let upstream: FakeUpstream;
let server: TestServer;
let title: Plan;
let titlesAsked = 0;

beforeAll(async () => {
  upstream = await FakeUpstream.start();
  upstream.on(({ body: { model } }) => {
    if (model !== 'cheap') return answer('A promise that lapses.');
    titlesAsked += 1;
    return title;
  });
  server = await startServerOn(upstream, {
    PULLCORD_AUTO_TITLES: 'true',
    PULLCORD_TITLE_MODEL: 'openai/cheap',
  });
});
afterAll(() => upstream.close());
const made = answer('Leases explained');
const held: Plan = { ...made, pieces: [hold, ...(made.pieces ?? [])] };

beforeEach(() => {
  title = made;
  titlesAsked = 0;
});

/** The next call that asks for a title. */
const titleCall = (from = upstream.calls.length) =>
  until(() => upstream.calls.slice(from).find(({ request }) => request.body.model === 'cheap'), {
    what: 'a call for a title',
  });

const titled = (context: ContextClient): Promise<string> =>
  until(async () => (await context.whole()).title, { what: 'a title' });

const titleRuns = (context: ContextClient): Promise<{ status: string }[]> =>
  sql(server, `SELECT status FROM runs WHERE context_id = '${context.id}' AND kind = 'title'`);

const endedTitleRun = (context: ContextClient): Promise<string | undefined> =>
  until(
    async () => {
      const [run] = await titleRuns(context);
      return run && run.status !== 'accepted' && run.status !== 'running' ? run.status : undefined;
    },
    { what: 'the end of the title run' },
  );

const patchTitle = async (context: ContextClient, text: string | null): Promise<void> =>
  void body(await caller(server).patch(`/contexts/${context.id}`, { title: text }));

describe('the first turn', () => {
  it('is followed by a title, from the model that is set for titles', async () => {
    const call = upstream.calls.length;
    const context = await ContextClient.begin(server);
    await context.exchange(`What is a lease? ${'Tell me all. '.repeat(1000)}`);

    expect(await titled(context)).toBe('Leases explained');
    const { request } = await titleCall(call);
    expect(request.body.tools).toBeUndefined();
    const shown = JSON.stringify(request.body.messages);
    expect(shown).toContain('A promise that lapses.');
    // What a message is about is at its beginning.
    expect(shown.length).toBeLessThan(4000);
  });

  it('is the only one: later turns make none, nor does the turn keep anybody waiting', async () => {
    title = held;
    const call = upstream.calls.length;
    const context = await ContextClient.begin(server);
    await context.exchange('What is a lease?');
    const asked = await titleCall(call);
    await context.exchange('And a lock?');

    expect((await context.whole()).title).toBeNull();
    asked.release();
    expect(await titled(context)).toBe('Leases explained');
    await context.exchange('And a latch?');
    expect(await titleRuns(context)).toHaveLength(1);
    expect(titlesAsked).toBe(1);
  });

  it('is followed by none where the context has a title', async () => {
    const { id } = await createContext(caller(server), { title: 'Mine', config: { model: 'openai/main' } });
    const context = await ContextClient.begin(server);
    await patchTitle(context, 'Mine too');
    await context.exchange('What is a lease?');

    expect(await titleRuns(context)).toEqual([]);
    expect((await context.whole()).title).toBe('Mine too');
    expect(body(await caller(server).get<{ title: string }>(`/contexts/${id}`)).title).toBe('Mine');
  });

  it('is followed by none where the title was removed by hand', async () => {
    const context = await ContextClient.begin(server);
    await patchTitle(context, 'Mine');
    await patchTitle(context, null);
    await context.exchange('What is a lease?');

    expect(await titleRuns(context)).toEqual([]);
  });

  it('that fails is followed by none; the first that does not is', async () => {
    upstream.enqueue(refusal(400, 'No.'));
    const context = await ContextClient.begin(server);
    await context.exchange('What is a lease?');
    expect(await context.state()).toMatchObject({ type: 'error' });
    expect(await titleRuns(context)).toEqual([]);
    await context.act('retry');

    expect(await titled(context)).toBe('Leases explained');
  });
});

describe('a title set by hand', () => {
  it('stays when it was set while one was made', async () => {
    title = held;
    const call = upstream.calls.length;
    const context = await ContextClient.begin(server);
    await context.exchange('What is a lease?');
    const asked = await titleCall(call);
    await patchTitle(context, 'Mine');
    asked.release();

    expect(await endedTitleRun(context)).toBe('completed');
    expect((await context.whole()).title).toBe('Mine');
  });

  it('gives way to one that is asked for after that, and a removed one as well', async () => {
    const context = await ContextClient.begin(server);
    await patchTitle(context, 'Mine');
    await context.exchange('What is a lease?');
    await context.act('generate_title');
    const isMade = async () => (await context.whole()).title === 'Leases explained';
    await until(isMade, { what: 'the title' });
    await patchTitle(context, null);
    await context.act('generate_title');

    expect(await titled(context)).toBe('Leases explained');
  });

  it('stays when it was set after one had been asked for', async () => {
    title = held;
    const call = upstream.calls.length;
    const context = await ContextClient.begin(server);
    await patchTitle(context, 'Mine');
    await context.exchange('What is a lease?');
    await context.act('generate_title');
    const asked = await titleCall(call);
    await patchTitle(context, 'Mine after all');
    asked.release();

    expect(await endedTitleRun(context)).toBe('completed');
    expect((await context.whole()).title).toBe('Mine after all');
  });
});

it.each(['PULLCORD_TITLE_MODEL', 'PULLCORD_COMPRESSION_MODEL'])(
  'does not begin with a %s that does not exist',
  async (setting) => {
    await expect(startServer({ env: { [setting]: 'nobody/nothing' } })).rejects.toThrow(
      `${setting} is "nobody/nothing", but there is only`,
    );
  },
);
