// The power goes in the middle of everything: nothing that was acknowledged is lost, and nothing that anybody was shown,
// told or refused with is taken back.
import { existsSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { appendText, createContext, refused } from '../support/api.js';
import { findingsIn } from '../support/copies.js';
import { caller } from '../support/http.js';
import { allSettled, hands, workUntilCut } from '../support/load.js';
import { Onlooker } from '../support/onlooker.js';
import { note, patience, sized } from '../support/scale.js';
import { startServer } from '../support/server.js';
import { onSlowDisk } from '../support/slow-disk.js';
import { allMessages } from '../support/whole-pulls.js';

const env = {
  // Copied and begun anew many times in each round.
  PULLCORD_SQLITE_CHECKPOINT_PAGES: '50',
  PULLCORD_RUN_LEASE_MS: '500',
  PULLCORD_COMPACT_AFTER_MS: '200',
};
const { rounds, mostAnswers } = sized({ rounds: 3, mostAnswers: 200 }, { rounds: 50, mostAnswers: 5_000 });
const unavailable = '503 storage_unavailable';
/** Nothing beyond what was synced, half of it, nearly all of it. */
const chances = [0, 0.5, 0.95];

it(
  'a power cut takes nothing back that was answered, signalled, pulled or refused',
  async () => {
    const { server, cutPower } = await onSlowDisk({ env }, tmpdir());
    const api = caller(server);
    const all = [...hands(api, sized(2, 6)), ...Array.from({ length: 3 }, () => new Onlooker(api, server))];
    let [answers, checked] = [0, 0];
    for (let round = 1; round <= rounds; round++) {
      const cutAt = Math.ceil(Math.random() * mostAnswers);
      let answered = 0;
      let cut = (): void => undefined;
      const isTime = new Promise<void>((resolve) => (cut = resolve));
      // Not only just after an answer, which is when the disk has everything.
      const isCut = isTime
        .then(() => sleep(Math.random() * 50))
        .then(() => cutPower(chances[round % 3] ?? 0));
      await workUntilCut(all, () => {
        if (++answered === cutAt) cut();
      });
      await isCut;
      expect(await findingsIn(server)).toEqual([]);
      await server.start();
      for (const count of await Promise.all(all.map((hand) => hand.check()))) checked += count;
      await allSettled(api);
      expect(await findingsIn(server)).toEqual([]);
      answers += answered;
    }
    expect(checked).toBeGreaterThan(0);
    note(`power cut: ${rounds} rounds, ${answers} answers, ${checked} facts found again, none lost`);
  },
  patience,
);

it('a disk that fails takes no more writes until the next start, and nobody is told that it kept one', async () => {
  const { server, breakDown, repair } = await onSlowDisk({}, tmpdir());
  const api = caller(server);
  const { id } = await createContext(api);
  const { message_id } = await appendText(api, id, 'Kept');
  const kept = (await allMessages(api, id)).map((message) => message.id);
  expect(kept).toEqual([message_id]);
  breakDown();
  const said = { role: 'user', payload: { kind: 'text', data: { content: 'Lost' } } };
  for (let again = 0; again < 3; again++)
    expect(refused(await api.post(`/contexts/${id}/actions/append_message`, said))).toBe(unavailable);
  expect(refused(await api.get('/health/ready'))).toBe(unavailable);
  expect((await api.get('/health/live')).status).toBe(200);
  expect((await allMessages(api, id)).map((message) => message.id)).toEqual(kept);
  expect(await server.stop()).toEqual({ code: 0, signal: null });
  // What was copied of it may not be on the disk.
  expect(existsSync(`${server.databaseFile}-wal`)).toBe(true);
  repair();
  await server.start();
  expect((await allMessages(api, id)).map((message) => message.id)).toEqual(expect.arrayContaining(kept));
  await appendText(api, id, 'Well again');
  expect((await api.get('/health/ready')).status).toBe(200);
  expect(await findingsIn(server)).toEqual([]);
});

it.each(['FULL', 'NORMAL'])('the log begins anew after so many pages, %s', async (synchronous) => {
  const pages = 30;
  const server = await startServer({
    dialect: 'sqlite',
    env: {
      PULLCORD_SQLITE_SYNCHRONOUS: synchronous,
      PULLCORD_SQLITE_CHECKPOINT_PAGES: String(pages),
    },
  });
  const api = caller(server);
  const { id } = await createContext(api);
  let largest = 0;
  for (let n = 0; n < 60; n++) {
    await appendText(api, id, 'x'.repeat(20_000));
    largest = Math.max(largest, statSync(`${server.databaseFile}-wal`).size);
  }
  expect(statSync(server.databaseFile).size).toBeGreaterThan(200 * 4096);
  // One append may begin just below the limit.
  expect(largest).toBeLessThan(3 * pages * 4096);
});
