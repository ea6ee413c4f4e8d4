// How long a piece of an answer takes from the model to a client: received, committed, signalled, pulled.
import { setTimeout as sleep } from 'node:timers/promises';
import { stageRuns } from '../lib/model-runs.mjs';
import { limitRow } from '../lib/rows.mjs';

export const title = 'latency';

const runs = 100;
/** 33 chunks a second, as a quick model writes. */
const paceMs = 30;

export async function run(stage) {
  const { pullcord, contextIds, begin } = await stageRuns(stage, { count: runs, paceMs });
  const followers = stage.process('load/followers.mjs');
  await followers.ask('follow', { url: pullcord.url, contextIds });
  await begin();
  await sleep(stage.size(5000, 2000));
  await Promise.all([followers.ask('forget'), pullcord.ask('watchLoop')]);
  const before = await pullcord.ask('usage');
  const seconds = stage.size(20, 5);
  await sleep(seconds * 1000);
  const { signalled, pulled, busy: loadBusy } = await followers.ask('report');
  const loop = await pullcord.ask('loopDelay');
  const after = await pullcord.ask('usage');
  await stage.profile(pullcord, title, (seconds) => sleep(seconds * 1000));
  const busy = (after.cpuSeconds - before.cpuSeconds) / seconds;
  return { rows: rowsOf({ signalled, pulled, loop, busy, loadBusy, perSecond: pulled.count / seconds }) };
}

const rowsOf = ({ signalled, pulled, loop, busy, loadBusy, perSecond }) => [
  limitRow({
    ...{ title: 'model to pull, median', unit: 'ms', value: pulled.p50Ms, atMost: 5 },
    details: {
      ...{ signalled_ms: signalled.p50Ms, chunks_per_s: perSecond },
      ...{ server_busy: busy, load_busy: loadBusy },
    },
  }),
  limitRow({
    ...{ title: 'model to pull, 99th percentile', unit: 'ms', value: pulled.p99Ms, atMost: 40 },
    details: { signalled_ms: signalled.p99Ms },
  }),
  limitRow({
    ...{ title: 'event loop, 99th percentile', unit: 'ms', value: loop.p99, atMost: 20 },
    details: { p50_ms: loop.p50, max_ms: loop.max },
  }),
];
