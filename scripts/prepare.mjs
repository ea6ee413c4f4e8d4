// Brings a checkout to the point where it can run: the right Node, the packages, the compiled code.
// Node alone can run this file, for it is what works while node_modules is still empty.
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { build, buildToCheck, isBuilt, isCheckable } from './build.mjs';
import { install, isInstalled } from './install.mjs';
import { readJson, readOr, root, say } from './run.mjs';

/** Installs and compiles whatever is missing or stale; without `needsBuild`, only what the sources need to be checked. Throws an Error of one line when that cannot be. */
export async function prepare({ needsBuild = true } = {}) {
  refuseOldNode(root);
  const [isMade, make] = needsBuild ? [isBuilt, build] : [isCheckable, buildToCheck];
  const isReady = () => isInstalled(root) && isMade(root);
  if (isReady()) return;
  // One at a time: a second start waits for the first, and then finds nothing left to do.
  await locked(join(root, '.tmp'), async () => {
    if (!isInstalled(root)) await install(root);
    if (!isMade(root)) await make(root);
  });
}

/** For scripts that people start: the reason on one line and exit code 1, without a stack trace. */
export const prepareOrExit = (needs) =>
  prepare(needs).catch((error) => {
    say(error.message);
    process.exit(1);
  });

function refuseOldNode(folder) {
  const wanted = readJson(join(folder, 'package.json')).engines.node.replace('>=', '');
  const [major, minor] = wanted.split('.').map(Number);
  const [ourMajor, ourMinor] = process.versions.node.split('.').map(Number);
  if (ourMajor > major || (ourMajor === major && ourMinor >= minor)) return;
  throw new Error(`Pullcord needs Node ${wanted} or newer; this is Node ${process.versions.node}.`);
}

const longestWait = 15 * 60_000;

/** Holds a file with our process id in it while `work` runs; a file whose process is gone counts for nothing. */
async function locked(folder, work) {
  const file = join(folder, 'prepare.lock');
  const deadline = Date.now() + longestWait;
  mkdirSync(folder, { recursive: true });
  while (!take(file)) {
    if (Date.now() > deadline)
      throw new Error(`Another start has been at it for long; if not, delete ${file}.`);
    await sleep(200);
  }
  try {
    return await work();
  } finally {
    rmSync(file, { force: true });
  }
}

function take(file) {
  try {
    writeFileSync(file, String(process.pid), { flag: 'wx' });
    return true;
  } catch (error) {
    if (error.code !== 'EEXIST') throw error;
  }
  if (!isRunning(Number(readOr(file, '')))) rmSync(file, { force: true });
  return false;
}

function isRunning(pid) {
  try {
    // Signal 0 asks without sending. An empty file is one that is just being written.
    return pid === 0 || process.kill(pid, 0);
  } catch (error) {
    return error.code === 'EPERM';
  }
}
