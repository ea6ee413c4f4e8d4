// The small writes of a turn.
import { httpSubject } from '../lib/http-subject.mjs';
import { takeTurns } from '../lib/rounds.mjs';
import { ratioRow } from '../lib/rows.mjs';
import { createContexts, paragraph, post, textMessage } from '../lib/set-up.mjs';

export const title = 'commands';

const connections = 32;

export async function run(stage) {
  const load = stage.process('load/http-load.mjs');
  const pullcord = await stage.pullcord();
  const ids = await createContexts(pullcord.url, connections);
  const [sample] = await createContexts(pullcord.url, 1);
  const rows = [];
  for (const command of commands) {
    const fastify = await stage.baseline('fastify', {
      routes: await routesLike(command, pullcord.url, sample),
    });
    const scripts = ids.map((id) => command.script(id));
    const plan = { connections, scripts };
    const ours = await httpSubject({ load, server: pullcord, plan });
    const theirs = await httpSubject({ load, server: fastify, plan });
    const results = await takeTurns({ timing: stage.timing, subjects: { ours, theirs } });
    await stage.profile(pullcord, command.title, ours);
    rows.push(
      ratioRow({
        ...{ title: command.title, unit: 'requests/s', subject: results.ours, atLeast: 0.25 },
        ...{ baseline: results.theirs, baselineName: 'Fastify POST' },
      }),
    );
    await Promise.all([ours.close(), theirs.close(), fastify.stop()]);
  }
  return { rows };
}

const message = textMessage(paragraph);
const action = (id, name) => `/contexts/${id}/actions/${name}`;

/** `script` is what one connection sends, over and over, to a context of its own. */
const commands = [
  { title: 'create context', script: () => [{ method: 'POST', path: '/contexts', body: {}, expect: 201 }] },
  {
    title: 'append_message',
    script: (id) => [{ method: 'POST', path: action(id, 'append_message'), body: message, expect: 202 }],
  },
  {
    title: 'state transition',
    script: (id) =>
      ['archive', 'restore'].map((name) => ({
        ...{ method: 'POST', path: action(id, name), body: {}, expect: 202 },
      })),
  },
];

/** Routes for Fastify with Pullcord's own answers to this command. */
async function routesLike({ script }, url, id) {
  const routes = [];
  for (const { method, path, body, expect } of script(id)) {
    const answer = await post(url, path, body);
    routes.push({ method, path: path.replace(id, ':context_id'), status: expect, body: answer.body });
  }
  return routes;
}
