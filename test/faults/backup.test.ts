// `pullcord backup` of a server that is writing as fast as it can, and a server on what it wrote.
import { copyFileSync, mkdirSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { appendDeltas, beginStream, createContext } from '../support/api.js';
import { caller, type Caller } from '../support/http.js';
import { hands, type Hand } from '../support/load.js';
import { expectClean, pullcord } from '../support/pullcord.js';
import { note, patience, sized } from '../support/scale.js';
import { startServer, type TestServer } from '../support/server.js';
import { until } from '../support/until.js';

let server: TestServer;
let api: Caller;
beforeAll(async () => {
  server = await startServer({ dialect: 'sqlite', env: { PULLCORD_COMPACT_AFTER_MS: '200' } });
  api = caller(server);
});
afterAll(() => server.kill());

const backUp = (...args: readonly string[]) => pullcord(['backup', ...args], server);
const backups = (): string[] => readdirSync(server.folder).filter((name) => name.startsWith('backup'));
beforeEach(() => {
  for (const name of backups()) rmSync(join(server.folder, name));
});

/** Enough that a copy takes a while. */
async function makeLarge(): Promise<void> {
  const stream = await beginStream(api, (await createContext(api)).id);
  for (let at = 0; at < sized(100, 300); at++) await appendDeltas(api, stream, 'x'.repeat(100_000));
}

/** Lets hands work until they are told to rest; any answer that is not the right one fails. */
function setToWork(all: readonly Hand[]): { steps(): number; rest(): Promise<void> } {
  let steps = 0;
  let isOver = false;
  const working = Promise.all(
    all.map(async (hand) => {
      for (; !isOver; steps++) await hand.step();
    }),
  );
  return {
    steps: () => steps,
    rest: async () => {
      isOver = true;
      await working;
    },
  };
}

/** As the guide says: the old folder out of the way, a new one with the copy in it, and start. */
async function restore(file: string): Promise<void> {
  await server.kill();
  const data = dirname(server.databaseFile);
  rmSync(data, { recursive: true });
  mkdirSync(data);
  copyFileSync(join(server.folder, file), server.databaseFile);
  await server.start();
}

describe('a backup under load', () => {
  it.each(Array.from({ length: sized(1, 20) }, (_, index) => index + 1))(
    'holds everything that was acknowledged before it began, and a server goes on from it: round %i',
    async (round) => {
      if (round === 1) await makeLarge();
      // Twenty-one that write while it is made, in the long form.
      const [before, meanwhile] = [hands(api, 2), hands(api, sized(2, 7))];
      const first = setToWork(before);
      await until(() => first.steps() > 200, { what: 'something to lose', deadlineMs: patience });
      await first.rest();
      const second = setToWork(meanwhile);
      const stepsBefore = second.steps();
      const made = await backUp('backup.db');
      expect(made).toMatchObject({ code: 0, stderr: '' });
      expect(made.stdout).toMatch(/^backup\.db holds the database, [\d.]+ MB, in [\d.]+ s\. .*\n$/);
      // It held nobody up, and was not held up for ever.
      expect(second.steps()).toBeGreaterThan(stepsBefore);
      await second.rest();

      await expectClean({ folder: server.folder }, 'backup.db');
      await restore('backup.db');
      const found = await Promise.all(before.map((hand) => hand.check()));
      expect(found.reduce((sum, count) => sum + count, 0)).toBeGreaterThan(200);
      await expectClean(server);
      note(
        `backup: ${first.steps()} steps before it and ${second.steps()} during it, none of the first lost`,
      );
    },
    patience,
  );
});

describe('a backup', () => {
  it('is one file, for its owner alone', async () => {
    expect(await backUp('backup.db')).toMatchObject({ code: 0 });
    expect(backups()).toEqual(['backup.db']);
    expect(statSync(join(server.folder, 'backup.db')).mode & 0o777).toBe(0o600);
    // Neither does looking at it make companions.
    await expectClean({ folder: server.folder }, 'backup.db');
    expect(backups()).toEqual(['backup.db']);
  });

  it('overwrites nothing', async () => {
    const mine = join(server.folder, 'backup.mine');
    writeFileSync(mine, 'precious');
    expect(await backUp('backup.mine')).toEqual({
      code: 1,
      stdout: '',
      stderr: 'backup.mine exists already; a backup overwrites nothing.\n',
    });
    expect(statSync(mine).size).toBe(8);
    writeFileSync(join(server.folder, 'backup.two.part'), 'half');
    const refused = await backUp('backup.two');
    expect(refused).toMatchObject({ code: 1, stdout: '' });
    expect(refused.stderr).toMatch(/^backup\.two\.part exists: another backup is writing it, or was killed/);
    expect(backups()).toEqual(['backup.mine', 'backup.two.part']);
  });

  it('that cannot be finished leaves nothing behind, and is told in a line', async () => {
    const { env, folder } = server;
    const wrapper = ['sh', '-c', 'ulimit -f 16; exec "$@"', 'sh'];
    const failed = await pullcord(['backup', 'backup.db'], { env, folder, wrapper });
    expect(failed).toMatchObject({ code: 1, stdout: '' });
    expect(failed.stderr).toMatch(/^backup\.db\.part cannot be written: [^\n]+\n$/);
    expect(backups()).toEqual([]);
    expect((await backUp('nowhere/backup.db')).stderr).toBe(
      'nowhere/backup.db.part cannot be written (ENOENT).\n',
    );
  });

  it('works while no server runs', async () => {
    await server.stop();
    expect(await backUp('backup.db')).toMatchObject({ code: 0 });
    await expectClean({ folder: server.folder }, 'backup.db');
    await server.start();
  });

  it('of nothing, of PostgreSQL, or to nowhere, is refused', async () => {
    const env = { PULLCORD_DATA_DIR: join(server.folder, 'empty') };
    expect(await pullcord(['backup', 'backup.db'], { env, folder: server.folder })).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/^There is no database .*pullcord\.db\.\n$/) as string,
    });
    const postgres = { DATABASE_URL: 'postgres://user:secret@127.0.0.1:1/none' };
    const refused = await pullcord(['backup', 'backup.db'], { env: postgres, folder: server.folder });
    expect(refused).toMatchObject({ code: 2, stdout: '' });
    expect(refused.stderr).toMatch(/^DATABASE_URL is set: .* pg_dump .*\n$/);
    expect(refused.stderr).not.toContain('secret');
    for (const args of [[], ['one', 'two'], ['--help']])
      expect(await backUp(...args)).toMatchObject({ code: 2 });
    expect(backups()).toEqual([]);
  });
});
