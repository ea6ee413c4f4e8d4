// Where a scenario happens: its folders, servers and sources of load, all gone when it is over.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Child } from './child.mjs';
import { profileOf } from './profile.mjs';

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const probe = ['--import', new URL('./probe.mjs', import.meta.url).href];

/** How long things take. A round is short and there are several, so that a noise in one is not the result. */
const fullTiming = { rounds: 5, seconds: 2, warmUpUnits: 20_000, warmUpMaxSeconds: 8 };
const quickTiming = { rounds: 3, seconds: 0.25, warmUpUnits: 5_000, warmUpMaxSeconds: 2 };

/** Long enough for the compiler to have done its work. */
const profileSeconds = 5;

export class Stage {
  #children = [];
  #folders = [];

  constructor({ isQuick, isProfiled, say }) {
    this.isQuick = isQuick;
    this.isProfiled = isProfiled;
    this.say = say;
    this.timing = isQuick ? quickTiming : fullTiming;
  }

  /** The size of something: `full` in a whole run, `quick` in a short one. */
  size(full, quick) {
    return this.isQuick ? quick : full;
  }

  folder() {
    const folder = mkdtempSync(join(tmpdir(), 'pullcord-bench-'));
    this.#folders.push(folder);
    return folder;
  }

  /** The real server, built, with its defaults (FULL), on a folder that is new unless one is given. */
  async pullcord({ env = {}, folder = this.folder(), nodeArgs = [] } = {}) {
    const server = this.#start(here('../../dist/src/main.js'), {
      cwd: folder,
      nodeArgs: [...probe, ...nodeArgs],
      env: {
        PORT: '0',
        PULLCORD_DATA_DIR: join(folder, 'data'),
        PULLCORD_LOG_LEVEL: 'warn',
        // What is measured is the turns: a title is another call to the model, beside them.
        PULLCORD_AUTO_TITLES: 'false',
        ...env,
      },
    });
    const [, url] = await server.printed(/Pullcord is at (\S+)/);
    return Object.assign(server, { url, folder, databaseFile: join(folder, 'data', 'pullcord.db') });
  }

  /** A baseline in `bench/baselines`; `facts` are what it is to serve. */
  async baseline(name, facts, { nodeArgs = [] } = {}) {
    const server = this.#start(here(`../baselines/${name}.mjs`), { nodeArgs: [...probe, ...nodeArgs] });
    return Object.assign(server, { url: await server.ask('listen', facts) });
  }

  /** A process of `bench/`, not looked into. */
  process(path) {
    return this.#start(here(`../${path}`), {});
  }

  /** With --profile: where the server's time goes while `work(seconds)` goes on. */
  async profile(server, title, work) {
    if (this.isProfiled) this.say(await profileOf(server, title, () => work(profileSeconds)));
  }

  async close() {
    await Promise.all(this.#children.map((child) => child.stop()));
    for (const folder of this.#folders) rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  }

  #start(program, options) {
    const child = new Child(program, options);
    this.#children.push(child);
    return child;
  }
}
