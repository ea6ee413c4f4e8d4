// What a signal makes a client do: pull the chunks after its cursor, or the messages that it was told of. Twice each:
// what others pull too, which the server has at hand, and what nobody has asked for lately, which it has to read.
import { join } from 'node:path';
import { httpSubject } from '../lib/http-subject.mjs';
import { takeTurns } from '../lib/rounds.mjs';
import { ratioRow } from '../lib/rows.mjs';
import { Seeder } from '../lib/seed.mjs';
import { beginStream, chunk, createContext, get, paragraph, post, textMessage } from '../lib/set-up.mjs';

export const title = 'pulls';

const connections = 16;
const batchSize = 50;
const limit = 200;
const messagesPerContext = 2_500;
const chunksPerMessage = 10_000;

export async function run(stage) {
  const load = stage.process('load/http-load.mjs');
  const fresh = await stage.pullcord();
  const full = await seeded(stage);
  const scenarios = [
    { server: fresh, ...(await sameChunks(fresh.url)) },
    { server: full, ...otherChunks(full) },
    { server: fresh, ...(await sameMessages(fresh.url)) },
    { server: full, ...otherMessages(full) },
  ];
  const rows = [];
  for (const scenario of scenarios) rows.push(await compare(stage, load, scenario));
  return { rows };
}

async function compare(stage, load, { server, title, paths }) {
  const answer = await get(server.url, paths[0]);
  const fastify = await stage.baseline('fastify', {
    routes: [{ method: 'GET', path: '/contexts/*', text: answer.text }],
  });
  const scripts = Array.from({ length: connections }, (_, n) =>
    paths.filter((_, index) => index % connections === n).map((path) => ({ path })),
  );
  const ours = await httpSubject({ load, server, plan: { connections, scripts } });
  const theirs = await httpSubject({ load, server: fastify, plan: { connections, scripts } });
  const results = await takeTurns({ timing: stage.timing, subjects: { ours, theirs } });
  await stage.profile(server, title, ours);
  await Promise.all([ours.close(), theirs.close(), fastify.stop()]);
  return ratioRow({
    ...{ title, unit: 'requests/s', subject: results.ours, atLeast: 0.3 },
    ...{ baseline: results.theirs, baselineName: 'Fastify GET of the same bytes' },
  });
}

/** A server with several times as many messages and chunks as it keeps at hand, and who they are. */
async function seeded(stage) {
  const folder = stage.folder();
  const empty = await stage.pullcord({ folder });
  await empty.stopGently();
  const seeder = new Seeder(join(folder, 'data', 'pullcord.db'));
  const count = stage.size(40, 16);
  const made = Array.from({ length: count }, (_, n) =>
    seeder.context({
      ...{ at: Date.now() - 1e7 + n, messages: messagesPerContext, isLong: true },
      chunks: chunksPerMessage,
    }),
  );
  seeder.close();
  // Nobody is to tidy up the streams that nothing was appended to since they were seeded.
  const env = { PULLCORD_EXTERNAL_STREAM_IDLE_MS: '86400000' };
  return Object.assign(await stage.pullcord({ folder, env }), { made });
}

/** Out of the middle of one long answer: as those who follow it pull, one after the other. */
async function sameChunks(url) {
  const { chunksPath } = await beginStream(url);
  const chunks = Array.from({ length: 1000 }, () => chunk);
  for (let n = 0; n < 3; n++) await post(url, chunksPath, { chunks });
  return {
    title: 'pull 200 chunks that others pull',
    paths: Array.from(
      { length: connections },
      (_, index) => `${chunksPath}?after=${1000 + index * 50}&limit=${limit}`,
    ),
  };
}

/** Ranges of many answers, each asked for again only when all others were. */
function otherChunks({ made }) {
  const starts = made.flatMap(({ contextId, streamId }) =>
    Array.from({ length: chunksPerMessage / limit }, (_, n) => ({ contextId, streamId, after: n * limit })),
  );
  // Beginning elsewhere they are ranges of their own, so that there are many more than are kept.
  const paths = [0, 67, 133].flatMap((shift) =>
    starts
      .filter(({ after }) => after + shift + limit <= chunksPerMessage)
      .map(
        ({ contextId, streamId, after }) =>
          `/contexts/${contextId}/messages/${streamId}/streaming-chunks?after=${after + shift}&limit=${limit}`,
      ),
  );
  return { title: 'pull 200 chunks that nobody has', paths: shuffled(paths) };
}

/** Of one conversation, by their ids: as all who follow it pull what was just written. */
async function sameMessages(url) {
  const contextId = await createContext(url);
  const ids = [];
  for (let n = 0; n < batchSize; n++) {
    const { body } = await post(url, `/contexts/${contextId}/actions/append_message`, textMessage(paragraph));
    ids.push(body.message_id);
  }
  const path = `/contexts/${contextId}/messages?ids=${ids.join()}`;
  return { title: 'batch of 50 messages that others pull', paths: Array(connections).fill(path) };
}

/** Any of many, each asked for again only when all others were. */
function otherMessages({ made }) {
  const paths = made.flatMap(({ contextId, messageIds, streamId }) => {
    const ids = shuffled(messageIds.filter((id) => id !== streamId));
    return Array.from({ length: Math.floor(ids.length / batchSize) }, (_, n) => {
      const asked = ids.slice(n * batchSize, (n + 1) * batchSize);
      return `/contexts/${contextId}/messages?ids=${asked.join()}`;
    });
  });
  return { title: 'batch of 50 messages that nobody has', paths: shuffled(paths) };
}

function shuffled(items) {
  const list = [...items];
  for (let last = list.length - 1; last > 0; last--) {
    const other = Math.floor(Math.random() * (last + 1));
    [list[last], list[other]] = [list[other], list[last]];
  }
  return list;
}
