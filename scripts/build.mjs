// Is dist what the sources say? If not: tsc. Node alone can run this file; `npm run build` does.
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { isProgram, readOr, root, step, tool } from './run.mjs';

export const isBuilt = (folder) => readOr(join(folder, 'dist', stampName), '') === stampOf(folder);

/** Compiles beside dist and then swaps, so that nobody ever starts from half of it. */
export async function build(folder) {
  const stamp = stampOf(folder);
  const fresh = join(folder, `dist.${process.pid}`);
  try {
    const buildInfo = join(fresh, '.tsbuildinfo');
    const args = ['-p', 'tsconfig.build.json', '--outDir', fresh, '--tsBuildInfoFile', buildInfo];
    await step('Compiling', 'Compiled', tool(folder, 'typescript/bin/tsc', ...args), { cwd: folder });
    writeFileSync(join(fresh, stampName), stamp);
    swap(fresh, join(folder, 'dist'));
  } finally {
    rmSync(fresh, { recursive: true, force: true });
  }
}

function swap(fresh, dist) {
  const old = `${fresh}.old`;
  if (existsSync(dist)) renameSync(dist, old);
  renameSync(fresh, dist);
  rmSync(old, { recursive: true, force: true });
}

const stampName = '.pullcord-sources';

/** A hash over the content of everything that the compiler reads. */
function stampOf(folder) {
  const settings = readdirSync(folder).filter((name) => /^(tsconfig.*|package-lock)\.json$/.test(name));
  const sources = ['src', 'migrations', 'openapi'].flatMap((name) => filesBelow(folder, name));
  const hash = createHash('sha256');
  for (const name of [...settings, ...sources].sort())
    hash
      .update(`${name}\0`)
      .update(readFileSync(join(folder, name)))
      .update('\0');
  return hash.digest('hex');
}

const filesBelow = (folder, name) =>
  existsSync(join(folder, name))
    ? readdirSync(join(folder, name), { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile() && /(?<!\.test)\.ts$/.test(entry.name))
        .map((entry) => relative(folder, join(entry.parentPath, entry.name)))
    : [];

if (isProgram(import.meta)) await build(root);
