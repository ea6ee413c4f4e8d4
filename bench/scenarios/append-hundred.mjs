// A producer that gathers before it sends: the storage is nearly all of the work.
import { httpSubject } from '../lib/http-subject.mjs';
import { takeTurns } from '../lib/rounds.mjs';
import { ratioRow } from '../lib/rows.mjs';
import { beginStream, chunk } from '../lib/set-up.mjs';
import { tableOf } from '../lib/seed.mjs';

export const title = 'append 100 chunks';

const connections = 32;
const perRequest = 100;

export async function run(stage) {
  const load = stage.process('load/http-load.mjs');
  const pullcord = await stage.pullcord();
  const streams = await Promise.all(Array.from({ length: connections }, () => beginStream(pullcord.url)));
  const body = { chunks: Array.from({ length: perRequest }, () => chunk) };
  const scripts = streams.map(({ chunksPath }) => [{ method: 'POST', path: chunksPath, body }]);
  const ours = await httpSubject({
    ...{ load, server: pullcord, per: perRequest },
    plan: { connections, scripts },
  });
  const messageIds = streams.map(({ messageId }) => messageId);
  const { pullcord: subject, sqlite } = await takeTurns({
    timing: stage.timing,
    subjects: { pullcord: ours, sqlite: await rawSqlite(stage, pullcord, messageIds) },
  });
  await stage.profile(pullcord, title, ours);
  return {
    rows: [
      ratioRow({
        ...{ title: 'append 100 chunks', unit: 'chunks/s', subject, atLeast: 0.5 },
        ...{ baseline: sqlite, baselineName: 'better-sqlite3, 100 rows a COMMIT' },
      }),
    ],
  };
}

/** The rows that Pullcord writes, in the table that Pullcord has, 100 to a COMMIT. */
async function rawSqlite(stage, pullcord, messageIds) {
  const raw = stage.process('baselines/sqlite.mjs');
  const row = {
    kind: 'text',
    tool_call_id: null,
    delta: JSON.stringify(chunk.delta),
    created_at: Date.now(),
  };
  const rows = Array.from({ length: perRequest }, () => row);
  const ddl = tableOf(pullcord.databaseFile, 'chunks');
  await raw.ask('open', { folder: stage.folder(), ddl, messageIds, rows });
  return async (seconds) => {
    const run = await raw.ask('run', { seconds });
    return { rate: (run.requests * perRequest) / run.seconds };
  };
}
