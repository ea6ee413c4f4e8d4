// A full house for a minute: does it keep up, and does it stay as it is?
import Sqlite from 'better-sqlite3';
import { setTimeout as sleep } from 'node:timers/promises';
import { stageRuns } from '../lib/model-runs.mjs';
import { median } from '../lib/rounds.mjs';
import { limitRow } from '../lib/rows.mjs';

export const title = 'sustained';

const paceMs = 10;

export async function run(stage) {
  const count = stage.size(200, 50);
  const { upstream, pullcord, begin } = await stageRuns(stage, { count, paceMs });
  const db = new Sqlite(pullcord.databaseFile, { readonly: true });
  const committed = db.prepare(`SELECT coalesce(sum(sequence), 0) AS n FROM open_streams`);
  await begin();
  await sleep(stage.size(5000, 2000));
  await pullcord.ask('watchLoop');
  const before = await pullcord.ask('usage');
  const first = committed.get().n;
  const samples = [];
  const seconds = stage.size(60, 6);
  for (const began = performance.now(); performance.now() < began + seconds * 1000;) {
    await sleep(stage.size(1000, 250));
    // Due first, committed second: what is committed in between is never more than was due.
    const due = await upstream.ask('due');
    const { rss } = await pullcord.ask('usage');
    samples.push({ behind: Math.max(0, due - committed.get().n), rss });
  }
  const after = await pullcord.ask('usage');
  const loop = await pullcord.ask('loopDelay');
  const perSecond = (committed.get().n - first) / seconds;
  await stage.profile(pullcord, title, (seconds) => sleep(seconds * 1000));
  db.close();
  const busy = (after.cpuSeconds - before.cpuSeconds) / seconds;
  return { rows: rowsOf({ samples, count, perSecond, loop, busy }) };
}

function rowsOf({ samples, count, perSecond, loop, busy }) {
  const third = Math.ceil(samples.length / 3);
  const [begin, middle, end] = [0, 1, 2].map((n) => samples.slice(n * third, (n + 1) * third));
  const behind = (part) => median(part.map((sample) => sample.behind));
  const rss = (part) => median(part.map((sample) => sample.rss));
  const wanted = count * (1000 / paceMs);
  return [
    limitRow({
      ...{ title: `${count} runs × 100 chunks/s: growth of the backlog`, unit: 'chunks' },
      value: Math.max(0, behind(end) - behind(begin)),
      // A twentieth of a second's chunks is what one moment differs from another.
      atMost: wanted / 20,
      details: {
        ...{ chunks_per_s: perSecond, wanted_per_s: wanted, backlog: behind(end) },
        ...{ loop_p99_ms: loop.p99, server_busy: busy },
      },
    }),
    limitRow({
      ...{ title: `${count} runs × 100 chunks/s: growth of memory`, unit: '×' },
      value: rss(end) / rss(middle),
      atMost: 1.1,
      details: { rss_mb: rss(end) / 2 ** 20 },
    }),
  ];
}
