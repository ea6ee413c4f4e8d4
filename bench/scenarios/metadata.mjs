// What a client asks most often: has anything changed?
import { httpSubject } from '../lib/http-subject.mjs';
import { takeTurns } from '../lib/rounds.mjs';
import { ratioRow } from '../lib/rows.mjs';
import { createContexts, get, post, textMessage } from '../lib/set-up.mjs';

export const title = 'metadata';

const connections = 32;

export async function run(stage) {
  const load = stage.process('load/http-load.mjs');
  const pullcord = await stage.pullcord();
  const ids = await createContexts(pullcord.url, connections);
  for (const id of ids)
    await post(pullcord.url, `/contexts/${id}/actions/append_message`, textMessage('Hello.'));
  const { body, headers } = await get(pullcord.url, pathOf(ids[0]));
  const fastify = await stage.baseline('fastify', {
    routes: [{ method: 'GET', path: pathOf(':context_id'), body, etag: headers.etag }],
  });
  const rows = [];
  for (const { title, atLeast, ...request } of pulls(headers.etag)) {
    const plan = { connections, scripts: ids.map((id) => [{ path: pathOf(id), ...request }]) };
    const ours = await httpSubject({ load, server: pullcord, plan });
    const theirs = await httpSubject({ load, server: fastify, plan });
    const results = await takeTurns({ timing: stage.timing, subjects: { ours, theirs } });
    await stage.profile(pullcord, title, ours);
    rows.push(
      ratioRow({
        ...{ title, unit: 'requests/s', subject: results.ours, atLeast },
        ...{ baseline: results.theirs, baselineName: 'Fastify GET' },
      }),
    );
  }
  return { rows };
}

const pathOf = (id) => `/contexts/${id}/metadata`;

const pulls = (etag) => [
  { title: 'metadata pull', atLeast: 0.4 },
  { title: 'metadata pull answered 304', atLeast: 0.6, headers: { 'if-none-match': etag }, expect: 304 },
];
