// A real Chromium: the machine's own where there is one, else the one that an npm package brings along.
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import packaged from '@sparticuz/chromium';
import { chromium, type Browser } from 'playwright-core';
import { afterAll } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));

const installed = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
];

const args = [
  // Tests may run as root, and in a container that grants no sandbox.
  '--no-sandbox',
  '--no-zygote',
  '--disable-gpu',
  '--disable-dev-shm-usage',
  '--disable-background-networking',
];

const open: Browser[] = [];
afterAll(async () => {
  for (const browser of open.splice(0)) await browser.close();
});

/** Starts a browser without a window; it is closed when the test file ends. */
export async function launchBrowser(): Promise<Browser> {
  const own = installed.find((path) => existsSync(path));
  const browser = own
    ? await chromium.launch({ executablePath: own, args })
    : await launchPackaged(await unpack());
  open.push(browser);
  return browser;
}

/** With the fonts and shared libraries of the package, as a bare machine has none. */
const launchPackaged = (folder: string): Promise<Browser> =>
  chromium.launch({
    executablePath: join(folder, 'chromium'),
    args,
    env: {
      PATH: process.env.PATH ?? '',
      HOME: folder,
      FONTCONFIG_PATH: join(folder, 'fonts'),
      LD_LIBRARY_PATH: join(folder, 'al2023', 'lib'),
    },
  });

/**
 * The folder of the unpacked browser. The package unpacks into the system's temporary folder, bit by bit and only what
 * it does not find there: one that was stopped half-way would be found for ever. So it gets a folder of its own, which
 * takes its name once it is whole.
 */
async function unpack(): Promise<string> {
  const folder = join(root, '.tmp', `chromium-${packagedVersion()}`);
  if (existsSync(folder)) return folder;
  const fresh = `${folder}.${process.pid}`;
  mkdirSync(fresh, { recursive: true });
  try {
    // On this platform, as the package calls it, it unpacks the shared libraries too.
    await withEnv({ TMPDIR: fresh, AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs20.x' }, () =>
      packaged.executablePath(),
    );
    takeName(fresh, folder);
  } finally {
    rmSync(fresh, { recursive: true, force: true });
  }
  return folder;
}

function takeName(fresh: string, folder: string): void {
  try {
    renameSync(fresh, folder);
  } catch (error) {
    // Somebody else was faster, and theirs is as good.
    if (!existsSync(folder)) throw error;
  }
}

function packagedVersion(): string {
  const file = join(root, 'node_modules', '@sparticuz', 'chromium', 'package.json');
  return (JSON.parse(readFileSync(file, 'utf8')) as { readonly version: string }).version;
}

/** Does the work while the environment has these, and puts back what was there. */
async function withEnv(
  variables: Readonly<Record<string, string>>,
  work: () => Promise<unknown>,
): Promise<void> {
  const before = { ...process.env };
  Object.assign(process.env, variables);
  try {
    await work();
  } finally {
    for (const name of Object.keys(variables)) {
      if (before[name] === undefined) delete process.env[name];
      else process.env[name] = before[name];
    }
  }
}
