// Is everything that is made from sources what the sources say? If not: make it. Node alone can run this file.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { isProgram, readOr, root, step, tool } from './run.mjs';

const stampName = '.pullcord-sources';
const compilers = ['tsconfig.json', 'package-lock.json'];

/** The client's calls, made from the document of the API. */
const calls = {
  out: 'client/src/generated',
  sources: ['package-lock.json', 'openapi/openapi.json', 'scripts/generate-client.mjs'],
  make: (folder, fresh) =>
    step('Generating the client', 'Generated the client', [
      process.execPath,
      join(folder, 'scripts/generate-client.mjs'),
      fresh,
    ]),
};

const server = {
  out: 'dist',
  sources: [...compilers, 'tsconfig.build.json', 'src', 'migrations', 'openapi'],
  make: (folder, fresh) =>
    step('Compiling the server', 'Compiled the server', compile(folder, '.', fresh), { cwd: folder }),
};

const client = {
  out: 'client/dist',
  sources: [
    ...compilers,
    'openapi/openapi.json',
    'client/tsconfig.json',
    'client/tsconfig.build.json',
    'client/src',
  ],
  make: (folder, fresh) =>
    step('Compiling the client', 'Compiled the client', compile(folder, 'client', fresh), { cwd: folder }),
};

const playground = {
  out: 'playground/dist',
  sources: [...client.sources, 'playground'],
  make: (folder, fresh) =>
    step(
      'Building the playground',
      'Built the playground',
      tool(folder, 'vite/bin/vite.js', 'build', 'playground', '--outDir', fresh, '--logLevel', 'warn'),
      { cwd: folder },
    ),
};

const compile = (folder, project, fresh) =>
  tool(folder, 'typescript/bin/tsc', '-p', join(project, 'tsconfig.build.json'), '--outDir', fresh);

/** What reading and checking the sources needs: the calls, and the package that tests and pages import. */
const neededToCheck = [calls, client];

const areFresh = (folder, parts) => parts.every((part) => isFresh(folder, part));
export const isCheckable = (folder) => areFresh(folder, neededToCheck);
export const isBuilt = (folder) => areFresh(folder, [...neededToCheck, server, playground]);

export async function buildToCheck(folder) {
  for (const part of neededToCheck) await freshen(folder, part);
}

/** Makes whatever is stale; the server beside what is made from the client. */
export async function build(folder) {
  const pages = buildToCheck(folder).then(() => freshen(folder, playground));
  const results = await Promise.allSettled([freshen(folder, server), pages]);
  for (const { reason } of results) if (reason) throw reason;
}

/** Where there is no folder to put it in, as where only the server is, there is nothing to make. */
const isFresh = (folder, part) =>
  !existsSync(join(folder, dirname(part.out))) ||
  readOr(join(folder, part.out, stampName), '') === stampOf(folder, part);

/** Makes it beside the old one and then swaps, so that nobody ever starts from half of it. */
async function freshen(folder, part) {
  if (isFresh(folder, part)) return;
  const stamp = stampOf(folder, part);
  const out = join(folder, part.out);
  const fresh = join(dirname(out), `dist.${process.pid}`);
  try {
    mkdirSync(fresh, { recursive: true });
    await part.make(folder, fresh);
    writeFileSync(join(fresh, stampName), stamp);
    swap(fresh, out);
  } finally {
    rmSync(fresh, { recursive: true, force: true });
  }
}

function swap(fresh, out) {
  const old = `${fresh}.old`;
  if (existsSync(out)) renameSync(out, old);
  renameSync(fresh, out);
  rmSync(old, { recursive: true, force: true });
}

/** A hash over the content of everything that it is made from. */
function stampOf(folder, { sources }) {
  const hash = createHash('sha256');
  for (const name of sources.flatMap((source) => filesOf(folder, source)).sort())
    hash
      .update(`${name}\0`)
      .update(readFileSync(join(folder, name)))
      .update('\0');
  return hash.digest('hex');
}

const notRead = /(^|\/)(node_modules|generated|dist(\.\d+)?(\.old)?)\/|\.test\.tsx?$/;

function filesOf(folder, source) {
  const path = join(folder, source);
  if (!existsSync(path)) return [];
  if (/\.\w+$/.test(source)) return [source];
  return readdirSync(path, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).replaceAll('\\', '/'))
    .filter((name) => !notRead.test(name));
}

if (isProgram(import.meta)) await build(root);
