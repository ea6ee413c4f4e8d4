// SIGTERM in the middle of everything: the server is gone in bounded time, says so while it goes, and loses nothing.
import { expect, it } from 'vitest';
import { findingsIn } from '../support/copies.js';
import type { Dialect } from '../support/databases.js';
import { caller } from '../support/http.js';
import { allSettled, hands, untilDraining, workUntilCut } from '../support/load.js';
import { note, patience, sized } from '../support/scale.js';
import { startServer } from '../support/server.js';

const rounds = sized(1, 20);

it.each<Dialect>(['sqlite', 'postgres'])(
  'on %s, ends with code 0 under load, and everything acknowledged is there at the next start',
  async (dialect) => {
    const server = await startServer({
      dialect,
      env: { PULLCORD_DRAIN_MS: '300', PULLCORD_RUN_LEASE_MS: '500', PULLCORD_COMPACT_AFTER_MS: '100' },
    });
    const api = untilDraining(
      caller({
        get url() {
          return server.url;
        },
      }),
    );
    const all = hands(api, sized(2, 6));
    let checked = 0;
    for (let round = 1; round <= rounds; round++) {
      const endAt = Math.ceil(Math.random() * sized(300, 5_000));
      let answered = 0;
      await workUntilCut(all, () => {
        if (++answered === endAt) server.signal('SIGTERM');
      });
      expect(await server.hasEnded()).toEqual({ code: 0, signal: null });
      expect(await findingsIn(server)).toEqual([]);
      await server.start();
      for (const count of await Promise.all(all.map((hand) => hand.check()))) checked += count;
      await allSettled(api);
      expect(await findingsIn(server)).toEqual([]);
    }
    expect(server.logs.filter(({ level, raw }) => level === 'error' || raw)).toEqual([]);
    note(`SIGTERM on ${dialect}: ${rounds} rounds, ${checked} facts found again, none lost`);
  },
  patience,
);
