// Clients that do anything at any time, behind a network that does anything at any time, on a server that is killed now and
// then. In the meantime nobody is shown anything that is not so; and in the end everybody is shown the same: the truth.
import { createPullcord, type LiveContext, type Pullcord } from '@pullcord/client';
import { afterEach, beforeAll, expect, it } from 'vitest';
import { act, appendText, createContext, getContext } from '../support/api.js';
import type { MessageOf } from '../support/context-client.js';
import { Person } from '../support/convergence/person.js';
import { StreamProducer } from '../support/convergence/producer.js';
import { differenceOf, pullTruth } from '../support/convergence/truth.js';
import { Witness, type SeenTexts } from '../support/convergence/witness.js';
import type { Dialect } from '../support/databases.js';
import { FaultProxy, requestFaults, type Weather } from '../support/fault-proxy.js';
import { caller, type Caller } from '../support/http.js';
import { expectClean } from '../support/pullcord.js';
import { Random } from '../support/random.js';
import { note, patience, sized } from '../support/scale.js';
import { startServer, type TestServer } from '../support/server.js';
import { until } from '../support/until.js';
import { allMessages } from '../support/whole-pulls.js';

interface Ground {
  readonly dialect: Dialect;
  readonly rounds: number;
  readonly clients: number;
  readonly contexts: number;
  /** What each client does in a round, with one kill of the server in it. */
  readonly deeds: number;
}

const full = { clients: 6, contexts: 3, deeds: 30 };
const grounds: readonly Ground[] = [
  { dialect: 'sqlite', ...sized({ rounds: 1, clients: 3, contexts: 2, deeds: 9 }, { ...full, rounds: 12 }) },
  ...sized<readonly Ground[]>([], [{ ...full, dialect: 'postgres', rounds: 6 }]),
];

const weather: Weather = { requests: 0.15, streams: 0.04, signals: 0.2 };
const settings = {
  PULLCORD_SCRIPTED_PACE_MS: '2',
  PULLCORD_RUN_LEASE_MS: '500',
  PULLCORD_HEARTBEAT_MS: '100',
  PULLCORD_SSE_RETRY_MS: '20',
  // What a producer began in the moment of a kill, and never heard of.
  PULLCORD_EXTERNAL_STREAM_IDLE_MS: '5000',
};

class Client {
  readonly witnesses: readonly Witness[];
  readonly contexts: readonly LiveContext[];
  readonly person: Person;
  private readonly pullcord: Pullcord;

  constructor(name: string, url: string, ids: readonly string[], texts: SeenTexts, seed: number) {
    this.pullcord = createPullcord({
      baseUrl: url,
      pageSize: 2 + (seed % 9),
      maxRetryDelayMs: 40,
      requestTimeoutMs: 5_000,
      silenceLimitMs: 2_000,
    });
    this.contexts = ids.map((id) => this.pullcord.context(id));
    this.witnesses = ids.map((id) => new Witness(`${name} in ${id}`, texts));
    this.contexts.forEach((context, at) => context.subscribe((view) => this.witnesses[at]?.see(view)));
    this.person = new Person(name, this.contexts, new Random(seed));
  }

  get wrongs(): readonly string[] {
    return this.witnesses.flatMap(({ wrongs }) => wrongs);
  }

  close(): void {
    this.pullcord.close();
  }
}

const open: { close(): void | Promise<void> }[] = [];
afterEach(async () => {
  for (const each of open.splice(0).reverse()) await each.close();
});

let shared: TestServer;
beforeAll(async () => {
  shared = await startServer({ dialect: 'sqlite' });
});

/** Kills the server in the middle of what the clients do. */
async function killAmidst(server: TestServer, clients: readonly Client[], after: number): Promise<void> {
  const deeds = (): number =>
    clients.reduce((sum, { person }) => sum + person.done + person.refused + person.unanswered, 0);
  const killAt = deeds() + after;
  await until(() => deeds() >= killAt, { what: `${after} deeds`, deadlineMs: patience });
  await server.restart();
}

/** Waits until nothing more will happen by itself, deciding what waits for a decision. */
async function comeToRest(api: Caller, id: string): Promise<void> {
  const atRest = async (): Promise<boolean> => {
    const { state } = await getContext(api, id);
    if (state.type === 'awaiting_user' && state.reason === 'tool_approval') {
      const approvals = state.pending.map(({ tool_call_id }) => ({ tool_call_id, decision: 'approve' }));
      await act(api, id, 'approve_tools', { approvals });
      return false;
    }
    return ['initial', 'awaiting_user', 'error'].includes(state.type);
  };
  await until(atRest, { what: `context ${id} to come to rest`, deadlineMs: 60_000 });
}

/** Fails unless every client shows in the end what the server has. */
async function expectConverged(
  api: Caller,
  ids: readonly string[],
  clients: readonly Client[],
): Promise<void> {
  for (const [at, id] of ids.entries()) {
    const truth = await pullTruth(api, id);
    for (const { contexts } of clients) {
      const difference = (): string | undefined => {
        const view = contexts[at]?.getView();
        return view && differenceOf(view, truth);
      };
      await until(() => !difference(), { what: 'a client to see the truth' }).catch((error: unknown) => {
        throw new Error(`${difference()}`, { cause: error });
      });
    }
  }
}

/** What was acknowledged is there once; what was not, once or never. */
async function expectNothingLost(
  api: Caller,
  ids: readonly string[],
  clients: readonly Client[],
): Promise<number> {
  const contents: string[] = [];
  for (const id of ids)
    for (const { role, data } of await allMessages(api, id))
      if (role === 'user' && 'content' in data) contents.push(String(data.content));
  const said = clients.flatMap(({ person }) => person.said);
  for (const { mark, isAcknowledged } of said) {
    const times = contents.filter((content) => content.startsWith(mark)).length;
    expect(isAcknowledged ? [1] : [0, 1], mark).toContain(times);
  }
  return said.filter(({ isAcknowledged }) => isAcknowledged).length;
}

/** Every text that anybody was shown is the beginning of what the message says in the end. */
async function expectPrefixes(
  api: Caller,
  ids: readonly string[],
  texts: SeenTexts,
  producer: StreamProducer,
) {
  for (const id of ids)
    for (const message of await allMessages(api, id)) {
      if (message.kind !== 'streaming_response') continue;
      const { content, reasoning = '' } = (message as MessageOf<'streaming_response'>).data;
      expect(content.startsWith(texts.get(`text of ${message.id}`) ?? ''), message.id).toBe(true);
      expect(reasoning.startsWith(texts.get(`reasoning of ${message.id}`) ?? ''), message.id).toBe(true);
      const produced = producer.streams.get(`/contexts/${id}/messages/${message.id}`) ?? '';
      expect(content.startsWith(produced), message.id).toBe(true);
    }
}

const losses = requestFaults.filter((fault) => fault !== 'delayed');

it.each(losses)('a message that meets %s twice on its way is said once', async (fault) => {
  const api = caller(shared);
  const proxy = await FaultProxy.listen(shared);
  open.push(proxy);
  const pullcord = createPullcord({ baseUrl: proxy.url, maxRetryDelayMs: 20, requestTimeoutMs: 5_000 });
  open.push(pullcord);
  const context = await pullcord.createContext();
  proxy.plan(fault, fault);
  const accepted = await context.send('Once.');
  expect(proxy.faults).toEqual(new Map([[fault, 2]]));
  const users = (await allMessages(api, context.id)).filter(({ role }) => role === 'user');
  expect(users.map(({ id }) => id)).toEqual([accepted.message_id]);
});

it.each(grounds)(
  '$clients clients in $contexts contexts on $dialect converge, whatever the network does, $rounds times',
  async ({ dialect, rounds, clients: count, contexts, deeds }) => {
    const server = await startServer({ dialect, env: settings });
    const api = caller(server);
    const proxy = await FaultProxy.listen(server, 7);
    open.push(proxy);
    const config = { tool_policy: { type: 'manual' } };
    const ids = await Promise.all(
      Array.from({ length: contexts }, async () => (await createContext(api, { config })).id),
    );
    const texts: SeenTexts = new Map();
    const clients = Array.from(
      { length: count },
      (_, n) => new Client(`client-${n}`, proxy.url, ids, texts, n + 1),
    );
    open.push(...clients);
    const producer = new StreamProducer(api, ids, new Random(99));
    let acknowledged = 0;
    for (let round = 0; round < rounds; round++) {
      proxy.rain(weather);
      await Promise.all([
        ...clients.map(({ person }) => person.act(deeds)),
        producer.produce(deeds),
        killAmidst(server, clients, Math.ceil((count * deeds) / 2)),
      ]);
      await producer.endAll();
      for (const id of ids) await comeToRest(api, id);
      // The last thing that happens nobody is told of: only who pulls when its stream begins can know it.
      proxy.deafen();
      for (const id of ids) await appendText(api, id, 'unheard');
      proxy.clearUp();
      await expectConverged(api, ids, clients);
      acknowledged = await expectNothingLost(api, ids, clients);
      await expectPrefixes(api, ids, texts, producer);
      expect(clients.flatMap(({ wrongs }) => wrongs)).toEqual([]);
    }
    await expectClean(server);
    expect(proxy.faultCount).toBeGreaterThan(0);
    const people = clients.map(({ person }) => person);
    const sum = (of: (person: Person) => number): number => people.reduce((all, one) => all + of(one), 0);
    const views = clients.flatMap(({ witnesses }) => witnesses).reduce((all, one) => all + one.views, 0);
    note(
      `convergence on ${dialect}: ${rounds} rounds and kills, ${proxy.faultCount} faults in ${proxy.requests} requests, ` +
        `${sum(({ done }) => done)} commands done, ${sum(({ refused }) => refused)} refused, ` +
        `${sum(({ unanswered }) => unanswered)} unanswered, ${acknowledged} messages acknowledged and none lost or ` +
        `doubled, ${views} views, ${texts.size} texts, 0 divergences; ${JSON.stringify(Object.fromEntries(proxy.faults))}`,
    );
  },
  // A command may be tried eight times on a network that swallows it.
  sized(300_000, patience),
);
