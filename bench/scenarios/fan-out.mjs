// One signal to many subscribers, and what a subscriber costs that only waits.
import { takeTurns } from '../lib/rounds.mjs';
import { ratioLimitRow, ratioRow } from '../lib/rows.mjs';
import { rowOf, tableOf } from '../lib/seed.mjs';
import { createContext, post } from '../lib/set-up.mjs';
import { readSignals } from '../lib/read-signals.mjs';

export const title = 'fan-out';

const nodeArgs = ['--expose-gc'];

export async function run(stage) {
  const subscribers = stage.process('load/subscribers.mjs');
  const pullcord = await stage.pullcord({ nodeArgs });
  const contextId = await createContext(pullcord.url);
  const script = ['archive', 'restore'].map((name) => ({
    ...{ path: `/contexts/${contextId}/actions/${name}`, body: {} },
  }));
  const raw = await rawServer(stage, pullcord, contextId, script);
  const crowds = [pullcord, raw].map((server) => new Crowd(subscribers, server, contextId, script));
  const rows = [];
  // The largest first, while both processes are still as they started: then their memory is compared.
  for (const count of stage.size([5000, 1000, 100, 1], [1000, 100, 1])) {
    const [ours, theirs] = await Promise.all(crowds.map((crowd) => crowd.gather(count)));
    if (rows.length === 0) rows.push(memoryRow(count, ours, theirs));
    rows.push(await signalRow(stage, count, crowds));
    for (const crowd of crowds) await crowd.leave();
  }
  return { rows: rows.reverse() };
}

async function signalRow(stage, count, [ours, theirs]) {
  const title = `1 signal to ${count.toLocaleString('en')} subscriber${count === 1 ? '' : 's'}`;
  const results = await takeTurns({
    timing: stage.timing,
    subjects: { ours: (seconds) => ours.signal(seconds), theirs: (seconds) => theirs.signal(seconds) },
  });
  await stage.profile(ours.server, title, (seconds) => ours.signal(seconds));
  return ratioRow({
    ...{ title, unit: 'deliveries/s', subject: results.ours, atLeast: 0.8 },
    ...{ baseline: results.theirs, baselineName: 'node:http SSE after a durable row' },
  });
}

const memoryRow = (count, ours, theirs) =>
  ratioLimitRow({
    title: `memory of one of ${count.toLocaleString('en')} idle subscribers`,
    unit: 'KB',
    value: ours.rss,
    baseline: theirs.rss,
    baselineName: 'node:http SSE',
    atMost: 1.5,
    details: { heap_kb: ours.heapUsed, baseline_heap_kb: theirs.heapUsed },
  });

/** The subscribers of one server. */
class Crowd {
  #sent = 0;

  constructor(subscribers, server, contextId, script) {
    Object.assign(this, { subscribers, server, contextId, script, name: server.url });
  }

  /** Answers what each of them costs, in KB. */
  async gather(count) {
    const before = await this.server.ask('memoryInUse');
    const path = `/contexts/${this.contextId}/events`;
    await this.subscribers.ask('open', { name: this.name, url: this.server.url, path, count });
    this.count = count;
    const after = await this.server.ask('memoryInUse');
    const each = (field) => (after[field] - before[field]) / 1024 / count;
    return { rss: each('rss'), heapUsed: each('heapUsed') };
  }

  leave() {
    return this.subscribers.ask('close', { name: this.name });
  }

  async signal(seconds) {
    const { name, script } = this;
    const before = await this.server.ask('usage');
    const run = await this.subscribers.ask('run', { name, seconds, script, position: this.#sent });
    const after = await this.server.ask('usage');
    this.#sent += run.signals;
    const deliveries = run.signals * this.count;
    return {
      rate: deliveries / run.seconds,
      cpuUs: ((after.cpuSeconds - before.cpuSeconds) / deliveries) * 1e6,
      loadBusy: run.busy,
    };
  }
}

/** The baseline, with the bytes that Pullcord sends and the row that it writes. */
async function rawServer(stage, pullcord, contextId, script) {
  const { path, body } = script[0];
  const [snapshot, ...frames] = await readSignals(
    `${pullcord.url}/contexts/${contextId}/events`,
    3,
    async () => {
      for (const request of script) await post(pullcord.url, request.path, request.body);
    },
  );
  const answer = (await post(pullcord.url, path, body)).text;
  await post(pullcord.url, script[1].path, body);
  const database = {
    folder: stage.folder(),
    ddl: tableOf(pullcord.databaseFile, 'contexts'),
    row: rowOf(pullcord.databaseFile, 'contexts', contextId),
  };
  return stage.baseline('sse', { snapshot, frames, answer, database }, { nodeArgs });
}
