// Are the packages there that package-lock.json asks for? If not: npm ci. Node alone can run this file.
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readJson, readOr, step } from './run.mjs';

export function isInstalled(folder) {
  const stamp = readOr(stampFile(folder), '');
  if (stamp === stampOf(folder)) return true;
  // Another lock file may ask for the very same packages; another Node's native parts have to be compiled anew.
  if (stamp) return madeFor(stamp) === madeFor(stampOf(folder)) && isInstalledByHand(folder);
  if (!isInstalledByHand(folder)) return false;
  writeFileSync(stampFile(folder), stampOf(folder));
  return true;
}

export async function install(folder) {
  const command = ['npm', 'ci', '--no-audit', '--no-fund'];
  await step('Installing packages', 'Installed packages', command, {
    cwd: folder,
    // On Windows npm is a script that only a shell can start.
    shell: process.platform === 'win32',
  });
  writeFileSync(stampFile(folder), stampOf(folder));
}

const stampFile = (folder) => join(folder, 'node_modules', '.pullcord-lock');

/** What node_modules was made from: the lock file, and the Node that its native parts were compiled for. */
function stampOf(folder) {
  const lock = createHash('sha256')
    .update(readFileSync(join(folder, 'package-lock.json')))
    .digest('hex');
  return `${lock} ${process.platform} ${process.arch} ${process.versions.modules}`;
}

const madeFor = (stamp) => stamp.slice(stamp.indexOf(' '));

/** Whether somebody's own `npm ci` left what the lock file asks for: npm notes at its end what it installed. */
function isInstalledByHand(folder) {
  const noted = readOr(join(folder, 'node_modules', '.package-lock.json'), '{"packages":{}}');
  const installed = JSON.parse(noted).packages;
  return Object.entries(readJson(join(folder, 'package-lock.json')).packages).every(
    ([path, { version, optional }]) => path === '' || optional || installed[path]?.version === version,
  );
}
