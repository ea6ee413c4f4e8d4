// node scripts/complete-lock.mjs: run it after `npm install` has changed package-lock.json.
// npm notes only those optional packages (the native parts for each platform) that its registry offered just then,
// and `npm ci` refuses a lock file that lacks one of them. This adds them: the version is in the package that wants
// them, the platform is in their name, and a platform that is not ours is never installed.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isProgram, readJson, root, say } from './run.mjs';

/** The optional packages that a lock file should name and does not, as the entries that it lacks. */
export function missingEntries({ packages }) {
  const wanted = Object.entries(packages).flatMap(([place, { optionalDependencies = {}, dev }]) =>
    Object.entries(optionalDependencies).map(([name, version]) => ({ place, name, version, dev })),
  );
  const missing = wanted.filter(({ place, name }) => !placesFor(place, name).some((path) => packages[path]));
  return missing.map(({ name, version, dev }) => [`node_modules/${name}`, entryFor(name, version, dev)]);
}

/** Where Node would look for a package, seen from the place of another: the innermost node_modules first. */
function placesFor(place, name) {
  const parents = place.split('/node_modules/');
  const folders = parents.map((_, depth) => parents.slice(0, depth + 1).join('/node_modules/'));
  return [...folders.map((folder) => `${folder}/node_modules/${name}`), `node_modules/${name}`];
}

function entryFor(name, version, dev) {
  const [, os, cpu, abi] = /-([a-z]+[0-9]*)-([a-z0-9]+)(?:-([a-z]+))?$/.exec(name) ?? [];
  if (!cpu || !/^\d/.test(version))
    throw new Error(`Cannot tell the platform and version of ${name} ${version}.`);
  return {
    version,
    cpu: [cpu],
    ...(dev && { dev }),
    ...(os === 'linux' && libc(abi)),
    optional: true,
    os: [os],
  };
}

function libc(abi = '') {
  if (abi.startsWith('gnu')) return { libc: ['glibc'] };
  return abi.startsWith('musl') ? { libc: ['musl'] } : {};
}

if (isProgram(import.meta)) {
  const file = join(root, 'package-lock.json');
  const lock = readJson(file);
  const added = missingEntries(lock);
  lock.packages = Object.fromEntries(
    [...Object.entries(lock.packages), ...added].sort(([a], [b]) => a.localeCompare(b, 'en')),
  );
  writeFileSync(file, `${JSON.stringify(lock, null, 2)}\n`);
  say(`Added ${added.length} optional packages of other platforms to package-lock.json.`);
}
