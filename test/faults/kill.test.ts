// kill -9 in the middle of everything, again and again, on one database: nothing that was acknowledged is lost.
import { describe, expect, it } from 'vitest';
import { findingsIn } from '../support/copies.js';
import type { Dialect } from '../support/databases.js';
import { caller, type Caller } from '../support/http.js';
import { allSettled, hands, workUntilCut, type Hand } from '../support/load.js';
import { expectClean } from '../support/pullcord.js';
import { note, patience, sized } from '../support/scale.js';
import { startServer, type TestServer } from '../support/server.js';

interface Ground {
  readonly dialect: Dialect;
  readonly rounds: number;
  /** The most that is acknowledged in a round before the kill. */
  readonly mostAnswers: number;
}

const grounds: readonly Ground[] = [
  { dialect: 'sqlite', ...sized({ rounds: 3, mostAnswers: 500 }, { rounds: 50, mostAnswers: 4_000 }) },
  { dialect: 'postgres', ...sized({ rounds: 1, mostAnswers: 300 }, { rounds: 10, mostAnswers: 2_000 }) },
];

const start = (dialect: Dialect): Promise<TestServer> =>
  startServer({ dialect, env: { PULLCORD_RUN_LEASE_MS: '500', PULLCORD_COMPACT_AFTER_MS: '200' } });

/** Lets them work, kills the server at a moment that nobody chose, and gives how much was answered by then. */
async function workAndKill(server: TestServer, all: readonly Hand[], mostAnswers: number): Promise<number> {
  const killAt = Math.ceil(Math.random() * mostAnswers);
  let answered = 0;
  await workUntilCut(all, () => {
    if (++answered === killAt) server.signal('SIGKILL');
  });
  return answered;
}

describe.each(grounds)('kill -9 on $dialect, $rounds times', ({ dialect, rounds, mostAnswers }) => {
  it(
    'loses nothing that was acknowledged, and leaves no context stuck',
    async () => {
      const server = await start(dialect);
      const api: Caller = caller(server);
      const all = hands(api, sized(2, 6));
      let [answers, checked] = [0, 0];
      for (let round = 1; round <= rounds; round++) {
        answers += await workAndKill(server, all, mostAnswers);
        // Also of the database as the dead process left it.
        expect(await findingsIn(server)).toEqual([]);
        await server.restart();
        for (const count of await Promise.all(all.map((hand) => hand.check()))) checked += count;
        await allSettled(api);
        expect(await findingsIn(server)).toEqual([]);
      }
      await expectClean(server);
      expect(checked).toBeGreaterThan(0);
      note(
        `kill -9 on ${dialect}: ${rounds} rounds, ${answers} answers, ${checked} facts found again, none lost`,
      );
    },
    patience,
  );
});

describe('a server that is killed again while it puts things right', () => {
  it(
    'gets there in the end, with everything',
    async () => {
      const server = await start('sqlite');
      const api = caller(server);
      const all = hands(api, sized(2, 6));
      for (let round = 1; round <= sized(2, 20); round++) {
        await workAndKill(server, all, 300);
        for (let again = 0; again < 3; again++) {
          const started = server.start();
          // At any moment from the first instruction to the first request.
          setTimeout(() => server.signal('SIGKILL'), Math.random() * 1500);
          await started.catch(() => undefined);
          await server.hasEnded();
        }
        await server.restart();
        await Promise.all(all.map((hand) => hand.check()));
        expect(await findingsIn(server)).toEqual([]);
      }
    },
    patience,
  );
});
