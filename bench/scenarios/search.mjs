// Search through many messages, one after the other: how long one takes, and how much of that is the number of messages.
import { setTimeout as sleep } from 'node:timers/promises';
import { join } from 'node:path';
import { httpSubject } from '../lib/http-subject.mjs';
import { takeTurns } from '../lib/rounds.mjs';
import { limitRow, ratioLimitRow } from '../lib/rows.mjs';
import { Seeder } from '../lib/seed.mjs';
import { get } from '../lib/set-up.mjs';

export const title = 'search';

const messagesPerContext = 100;
const wordsPerMessage = 40;
const vocabulary = Array.from({ length: 20_000 }, (_, n) => `w${n.toString(36)}`);
const requests = 300;

/** Longer than elsewhere: a search takes milliseconds, and the slowest of twenty are to be seen. */
const fullTiming = { rounds: 5, seconds: 3, warmUpUnits: 500, warmUpMaxSeconds: 5 };
const quickTiming = { rounds: 3, seconds: 1, warmUpUnits: 200, warmUpMaxSeconds: 2 };

export async function run(stage) {
  const load = stage.process('load/http-load.mjs');
  const sizes = { small: stage.size(10_000, 4_000), large: stage.size(100_000, 20_000) };
  const servers = {};
  for (const [name, size] of Object.entries(sizes)) servers[name] = await serve(stage, size);
  const raw = stage.process('baselines/full-text.mjs');
  await raw.ask('open', {
    databaseFile: servers.large.databaseFile,
    matches: asked().map(({ match }) => match),
  });
  const subjects = {
    large: await subjectOf(load, servers.large),
    small: await subjectOf(load, servers.small),
    raw: async (seconds) => raw.ask('run', { seconds }),
  };
  const results = await takeTurns({ timing: stage.size(fullTiming, quickTiming), subjects });
  await stage.profile(servers.large, title, subjects.large);
  return { rows: rowsOf(sizes, results) };
}

function rowsOf(sizes, { large, small, raw }) {
  const [few, many] = [sizes.small, sizes.large].map((size) => size.toLocaleString('en'));
  return [
    limitRow({
      ...{ title: `search of ${many} messages, 95th percentile`, unit: 'ms', value: large.p95Ms, atMost: 50 },
      ...{ baseline: raw.p95Ms, baselineName: 'FTS5 alone, by rank' },
      details: { p50_ms: large.p50Ms, p99_ms: large.p99Ms, cpu_us: large.cpuUs, baseline_p50_ms: raw.p50Ms },
    }),
    ratioLimitRow({
      ...{ title: `growth: search, ${few} to ${many} messages`, unit: 'ms', value: 1000 / large.rate },
      ...{ baseline: 1000 / small.rate, baselineName: `the same with ${few}`, atMost: 3, details: {} },
    }),
  ];
}

/** A server that has indexed so many messages by itself. */
async function serve(stage, size) {
  const empty = await stage.pullcord();
  await empty.stopGently();
  const seeder = new Seeder(join(empty.folder, 'data', 'pullcord.db'));
  const contexts = size / messagesPerContext;
  for (let n = 0; n < contexts; n++)
    seeder.backlog(
      seeder.context({
        at: Date.now() - size * 10 + n * messagesPerContext,
        messages: messagesPerContext,
        contentOf: (index) => content(n * messagesPerContext + index),
      }),
    );
  seeder.close();
  stage.say(`  ${size.toLocaleString('en')} messages to be indexed …`);
  const server = await stage.pullcord({ folder: empty.folder });
  while (!(await get(server.url, '/search?limit=1')).body.is_complete) await sleep(100);
  return server;
}

/** Few words are frequent and many are rare, as in any language. */
const anyWord = () => vocabulary[Math.floor(Math.random() ** 3 * vocabulary.length)];

/** Every other message has `often`, every thousandth `seldom`. */
function content(index) {
  const words = Array.from({ length: wordsPerMessage }, anyWord);
  if (index % 2 === 0) words.push('often');
  if (index % 1000 === 0) words.push('seldom');
  return words.join(' ');
}

/** What is looked for, and the same in the language of FTS5. */
function asked() {
  return Array.from({ length: requests }, (_, n) => {
    const [one, other] = [anyWord(), anyWord()];
    const kinds = [
      { q: 'often', match: 'often' },
      { q: 'seldom', match: 'seldom' },
      { q: `often ${one}`, match: `often AND ${one}` },
      { q: one, match: one },
      { q: `"${one} ${other}"`, match: `"${one} ${other}"` },
      { q: `often -${one}`, match: `often NOT ${one}` },
      { q: 'seld*', match: 'seld*' },
    ];
    return kinds[n % kinds.length];
  });
}

function subjectOf(load, server) {
  const script = asked().map(({ q }) => ({ path: `/search?q=${encodeURIComponent(q)}` }));
  return httpSubject({ load, server, plan: { connections: 1, scripts: [script] } });
}
