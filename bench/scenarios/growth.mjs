// Does it stay quick when there is much of everything? Files are seeded with more and more of one thing, and each
// size is measured in turns with the smallest.
import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { httpSubject } from '../lib/http-subject.mjs';
import { takeTurns } from '../lib/rounds.mjs';
import { ratioLimitRow } from '../lib/rows.mjs';
import { Seeder } from '../lib/seed.mjs';
import { chunk } from '../lib/set-up.mjs';

export const title = 'growth';

const connections = 8;
const requestsPerConnection = 200;
/** Messages in a batch and chunks in a pull: what even the smallest size has. */
const few = 10;
const atMost = 1.3;

/** Each seeds `size` of its thing and answers the contexts that are asked about; they are alike in all sizes. */
const dimensions = [
  { name: 'contexts', sizes: { full: [1e2, 1e3, 1e4, 1e5, 1e6], quick: [1e2, 1e4] }, seed: manyContexts },
  {
    name: 'messages per context',
    sizes: { full: [10, 1e2, 1e3, 1e4, 1e5], quick: [10, 3e3] },
    seed: (seeder, size) => alike(seeder, { messages: size, chunks: 100 }),
  },
  {
    name: 'chunks per message',
    sizes: { full: [10, 1e2, 1e3, 1e4, 1e5, 1e6], quick: [10, 1e4] },
    seed: (seeder, size) => alike(seeder, { messages: few, chunks: size }),
  },
];

const asked = { messages: 20, chunks: 500 };
const askedCount = 50;

/** So many contexts, of which every nth is one that is asked about, and the others are there. */
function manyContexts(seeder, size) {
  const at = Date.now() - size * 10;
  const every = Math.max(2, Math.floor(size / askedCount));
  const targets = [];
  for (let n = 0; n < size; n++) {
    const isAsked = n % every === 0;
    const made = seeder.context({ at: at + n * 10, ...(isAsked ? asked : { messages: 1 }) });
    if (isAsked) targets.push({ ...made, chunks: asked.chunks });
  }
  return targets;
}

const alike = (seeder, { messages, chunks }) =>
  Array.from({ length: 4 }, (_, n) => ({
    ...seeder.context({ at: Date.now() - 1e6 + n, messages, chunks }),
    chunks,
  }));

/** What is measured in each size. Appends come last: they make the smallest size larger. */
const measures = [
  { name: 'metadata', request: ({ contextId }) => ({ path: `/contexts/${contextId}/metadata` }) },
  {
    name: 'batch',
    request: ({ contextId, messageIds }) => {
      const ids = Array.from({ length: few }, () => anyOf(messageIds));
      return { path: `/contexts/${contextId}/messages?ids=${ids.join()}` };
    },
  },
  {
    name: 'chunk pull',
    request: (target) => {
      const after = Math.floor(Math.random() * (target.chunks - few + 1));
      return { path: `${chunksPath(target)}?after=${after}&limit=${few}` };
    },
  },
  {
    name: 'append',
    request: (target) => ({ method: 'POST', path: chunksPath(target), body: { chunks: [chunk] } }),
  },
];

const anyOf = (items) => items[Math.floor(Math.random() * items.length)];
const chunksPath = ({ contextId, streamId }) =>
  `/contexts/${contextId}/messages/${streamId}/streaming-chunks`;

/** Shorter than elsewhere: there are many, and each server is warm after the first. */
const fullTiming = { rounds: 5, seconds: 0.5, warmUpUnits: 4_000, warmUpMaxSeconds: 3 };
const quickTiming = { rounds: 3, seconds: 0.2, warmUpUnits: 1_000, warmUpMaxSeconds: 1 };

export async function run(stage) {
  const load = stage.process('load/http-load.mjs');
  const empty = await emptyFolder(stage);
  const curves = [];
  for (const { name, sizes, seed } of dimensions) {
    const [smallest, ...larger] = stage.size(sizes.full, sizes.quick);
    const small = await serve(stage, empty, (seeder) => seed(seeder, smallest));
    const points = measures.map(() => [{ size: smallest, cost: 1 }]);
    for (const size of larger) {
      stage.say(`  ${size.toLocaleString('en')} ${name} …`);
      const large = await serve(stage, empty, (seeder) => seed(seeder, size));
      for (const [index, measure] of measures.entries()) {
        const cost = await compare(stage, load, measure, small, large);
        points[index].push({ size, ...cost });
      }
      await large.server.stop();
    }
    await small.server.stop();
    measures.forEach((measure, index) =>
      curves.push({ of: name, measure: measure.name, points: points[index] }),
    );
  }
  return { rows: curves.map(rowOf), curves };
}

/** A data folder with the schema and nothing in it. */
async function emptyFolder(stage) {
  const server = await stage.pullcord();
  await server.stopGently();
  return server.folder;
}

async function serve(stage, empty, seed) {
  const folder = stage.folder();
  cpSync(empty, folder, { recursive: true });
  const seeder = new Seeder(join(folder, 'data', 'pullcord.db'));
  const targets = seed(seeder);
  seeder.close();
  // Nobody is to tidy up the streams that nothing was appended to since they were seeded.
  // What is kept of earlier pulls would be all of the smallest file: it is reading that is to stay as quick.
  const env = { PULLCORD_EXTERNAL_STREAM_IDLE_MS: '86400000', PULLCORD_PULL_CACHE_BYTES: '0' };
  return { server: await stage.pullcord({ folder, env }), targets };
}

/** What a request costs in the large file, as a multiple of what it costs in the small one. */
async function compare(stage, load, measure, small, large) {
  const subjects = {
    small: await subjectOf(load, measure, small),
    large: await subjectOf(load, measure, large),
  };
  const results = await takeTurns({ timing: stage.size(fullTiming, quickTiming), subjects });
  await Promise.all(Object.values(subjects).map((subject) => subject.close()));
  const cost = Number(results.large.ratio.toPrecision(4));
  return { cost, rate: Math.round(results.large.rate), smallest_rate: Math.round(results.small.rate) };
}

function subjectOf(load, { request }, { server, targets }) {
  const scripts = Array.from({ length: connections }, () =>
    Array.from({ length: requestsPerConnection }, () => request(anyOf(targets))),
  );
  return httpSubject({ load, server, plan: { connections, scripts } });
}

/** The size that costs most. */
function rowOf({ of, measure, points }) {
  const worst = points.slice(1).reduce((a, b) => (b.cost > a.cost ? b : a));
  const [least, most] = [points[0].size, points.at(-1).size].map((size) => size.toLocaleString('en'));
  return ratioLimitRow({
    title: `growth: ${measure}, ${least} to ${most} ${of}`,
    unit: 'µs',
    value: (1e6 / worst.smallest_rate) * worst.cost,
    baseline: 1e6 / worst.smallest_rate,
    baselineName: `the same with ${least}`,
    atMost,
    details: { worst_at: worst.size },
  });
}
