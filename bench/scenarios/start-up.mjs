// From nothing to the first answer, and what the server weighs when nobody asks it anything.
import { setTimeout as sleep } from 'node:timers/promises';
import { takeTurns } from '../lib/rounds.mjs';
import { limitRow } from '../lib/rows.mjs';
import { get } from '../lib/set-up.mjs';

export const title = 'start-up';

const idleMs = 1000;

export async function run(stage) {
  const timing = { rounds: stage.size(7, 3), seconds: 0, warmUpUnits: 0, warmUpMaxSeconds: 0 };
  const routes = [{ method: 'GET', path: '/health/live', body: { status: 'ok' } }];
  const results = await takeTurns({
    timing,
    subjects: {
      pullcord: () => start(() => stage.pullcord()),
      fastify: () => start(() => stage.baseline('fastify', { routes })),
    },
  });
  const { pullcord, fastify } = results;
  return {
    rows: [
      limitRow({
        ...{
          title: 'start-up to the first answer, empty folder',
          unit: 's',
          value: pullcord.seconds,
          atMost: 1,
        },
        ...{ baseline: fastify.seconds, baselineName: 'Fastify' },
      }),
      limitRow({
        ...{ title: 'idle memory', unit: 'MB', value: pullcord.rssMb, atMost: 150 },
        ...{ baseline: fastify.rssMb, baselineName: 'Fastify' },
      }),
    ],
  };
}

async function start(open) {
  const began = performance.now();
  const server = await open();
  await get(server.url, '/health/live');
  const seconds = (performance.now() - began) / 1000;
  await sleep(idleMs);
  const { rss } = await server.ask('usage');
  await server.stop();
  return { seconds, rssMb: rss / 2 ** 20, rate: 1 / seconds };
}
