// What a signal makes a client do: pull the chunks after its cursor, or the messages that it was told of.
import { httpSubject } from '../lib/http-subject.mjs';
import { takeTurns } from '../lib/rounds.mjs';
import { ratioRow } from '../lib/rows.mjs';
import { beginStream, chunk, createContext, get, paragraph, post, textMessage } from '../lib/set-up.mjs';

export const title = 'pulls';

const connections = 16;

export async function run(stage) {
  const load = stage.process('load/http-load.mjs');
  const pullcord = await stage.pullcord();
  const rows = [];
  for (const { title, pathAt } of [await chunkPull(pullcord.url), await batchPull(pullcord.url)]) {
    const answer = await get(pullcord.url, pathAt(0));
    const fastify = await stage.baseline('fastify', {
      routes: [{ method: 'GET', path: '/contexts/*', text: answer.text }],
    });
    const scripts = Array.from({ length: connections }, (_, index) => [{ path: pathAt(index) }]);
    const ours = await httpSubject({ load, server: pullcord, plan: { connections, scripts } });
    const theirs = await httpSubject({ load, server: fastify, plan: { connections, scripts } });
    const results = await takeTurns({ timing: stage.timing, subjects: { ours, theirs } });
    await stage.profile(pullcord, title, ours);
    rows.push(
      ratioRow({
        ...{ title, unit: 'requests/s', subject: results.ours, atLeast: 0.3 },
        ...{ baseline: results.theirs, baselineName: 'Fastify GET of the same bytes' },
      }),
    );
    await Promise.all([ours.close(), theirs.close(), fastify.stop()]);
  }
  return { rows };
}

/** 200 chunks out of the middle of a long answer. */
async function chunkPull(url) {
  const { chunksPath } = await beginStream(url);
  const chunks = Array.from({ length: 1000 }, () => chunk);
  for (let n = 0; n < 3; n++) await post(url, chunksPath, { chunks });
  return {
    title: 'pull 200 chunks after N',
    pathAt: (index) => `${chunksPath}?after=${1000 + index * 50}&limit=200`,
  };
}

/** 50 messages of a conversation by their ids. */
async function batchPull(url) {
  const contextId = await createContext(url);
  const ids = [];
  for (let n = 0; n < 50; n++) {
    const { body } = await post(url, `/contexts/${contextId}/actions/append_message`, textMessage(paragraph));
    ids.push(body.message_id);
  }
  return {
    title: 'batch of 50 messages',
    pathAt: () => `/contexts/${contextId}/messages?ids=${ids.join()}`,
  };
}
