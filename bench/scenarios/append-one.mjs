// Producers that append chunk by chunk: what every model that streams does.
import { join } from 'node:path';
import { httpSubject } from '../lib/http-subject.mjs';
import { takeTurns } from '../lib/rounds.mjs';
import { ratioRow } from '../lib/rows.mjs';
import { beginStream, call, chunk } from '../lib/set-up.mjs';

export const title = 'append 1 chunk';

const connections = 32;
const body = { chunks: [chunk] };

export async function run(stage) {
  const load = stage.process('load/http-load.mjs');
  const pullcord = await stage.pullcord();
  const streams = await Promise.all(Array.from({ length: connections }, () => beginStream(pullcord.url)));
  const scripts = streams.map(({ chunksPath }) => [{ method: 'POST', path: chunksPath, body }]);
  const subject = (server, its = scripts) =>
    httpSubject({ load, server, plan: { connections, scripts: its } });
  const ours = await subject(pullcord);
  const results = await takeTurns({
    timing: stage.timing,
    subjects: {
      pullcord: ours,
      fastify: await subject(await fastify(stage)),
      onFiles: await peer(stage, subject, { dataDir: join(stage.folder(), 'streams') }),
      inMemory: await peer(stage, subject, {}),
    },
  });
  await stage.profile(pullcord, title, ours);
  return { rows: rowsOf(results) };
}

const rowsOf = ({ pullcord: subject, fastify, onFiles, inMemory }) => [
  ratioRow({
    ...{ title: 'append 1 chunk', unit: 'chunks/s', subject, atLeast: 0.3 },
    ...{ baseline: fastify, baselineName: 'Fastify POST' },
  }),
  ratioRow({
    ...{ title: 'append 1 chunk, beside a peer on files', unit: 'chunks/s', subject, atLeast: 10 },
    ...{ baseline: onFiles, baselineName: 'durable-streams on files' },
  }),
  ratioRow({
    ...{ title: 'append 1 chunk, beside a peer in memory', unit: 'chunks/s', subject },
    ...{ baseline: inMemory, baselineName: 'durable-streams in memory' },
  }),
];

function fastify(stage) {
  const path = '/contexts/:context_id/messages/:message_id/streaming-chunks';
  const answer = { message_id: '0190a0b0-0000-7000-8000-000000000000', current_sequence: 42 };
  return stage.baseline('fastify', { routes: [{ method: 'POST', path, body: answer }] });
}

/** The same producers, each with a stream of its own, in the peer's protocol. */
async function peer(stage, subject, facts) {
  const server = await stage.baseline('durable-streams', facts);
  const paths = Array.from({ length: connections }, (_, index) => `/v1/stream/message-${index}`);
  for (const path of paths) await call(server.url, 'PUT', path);
  return subject(
    server,
    paths.map((path) => [{ method: 'POST', path, body: chunk, expect: 204 }]),
  );
}
