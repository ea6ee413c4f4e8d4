// Runs what a page shows as its reader would: block after block in one shell, in a folder like a checkout, against a
// server with the settings that the page names.
import { mkdirSync, mkdtempSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import ts from 'typescript';
import { expect } from 'vitest';
import { blocksOf, fencesOf, missingIn, readPage, root, type Block, type Fence } from './pages.js';
import { startServer, type TestServer } from './server.js';
import { Terminal } from './terminal.js';
import { until } from './until.js';

/**
 * `npm start` in the foreground would not end: the server is started, on a port that is free, and ended once it listens.
 * While the page's own server (`$SERVER` is its process) holds the data folder, it gets another one.
 * `npx pullcord` is the program that package.json names, without npm's second before it.
 */
const commands = String.raw`
page_folder=$PWD
npm() {
  if [ "$BASHPID" != "$$" ] || [ "$1" != start ]; then command npm "$@"; return; fi
  local log data=$PULLCORD_DATA_DIR job
  log=$(mktemp -p "$page_folder")
  if [ -z "$SERVER" ] || kill -0 "$SERVER" 2>/dev/null; then data=$(mktemp -d -p "$page_folder"); fi
  PORT=0 PULLCORD_DATA_DIR=$data command npm start > "$log" 2>&1 &
  job=$!
  until grep -q '"msg":"listening"' "$log"; do
    if ! kill -0 $job 2>/dev/null; then cat "$log"; return 1; fi
    sleep 0.1
  done
  kill -- -$job
  wait $job || true
  cat "$log"
}
npx() {
  if [ "$1" = pullcord ]; then shift; node "$PULLCORD_PROGRAM" "$@"; else command npx "$@"; fi
}
`;

/** Where a reader's own places are in a test. */
type Places = readonly (readonly [shown: string, real: string])[];

/** Makes a terminal in this folder, with what a checkout has in it, and in it those two commands. */
export async function openTerminal(folder: string, env: Readonly<Record<string, string>>): Promise<Terminal> {
  for (const name of ['package.json', 'scripts']) link(join(root, name), join(folder, name));
  mkdirSync(join(folder, 'examples'), { recursive: true });
  link(join(root, 'node_modules'), join(folder, 'examples/node_modules'));
  const { bin } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
    readonly bin: { readonly pullcord: string };
  };
  const terminal = new Terminal(folder, env);
  await terminal.run(`PULLCORD_PROGRAM='${join(root, bin.pullcord)}'\n${commands}`);
  return terminal;
}

function link(target: string, path: string): void {
  try {
    symlinkSync(target, path);
  } catch (error) {
    // The page before has made it.
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
}

/** Whether a page needs a server that no other page uses. */
export const hasOwnServer = (page: string): boolean =>
  fencesOf(readPage(page)).some(({ language }) => language === 'server' || language === 'before');

/** A server for the page, as it wants it; `/srv` and `/backups` of a page are folders in the server's own. */
export async function startServerOf(page: string): Promise<TestServer> {
  const folder = mkdtempSync(join(tmpdir(), 'pullcord-page-'));
  const fences = fencesOf(readPage(page));
  const places = placesIn(folder);
  for (const [, real] of places) mkdirSync(real, { recursive: true });
  writeFiles(folder, fences, places);
  await runBefore(folder, fences, places);
  return startServer({ folder, dialect: 'sqlite', env: settingsOf(fences, places) });
}

const placesIn = (folder: string): Places => [
  ['/srv', join(folder, 'srv')],
  ['/backups', join(folder, 'backups')],
];

const put = (text: string, places: Places): string =>
  places.reduce(
    (result, [shown, real]) => result.replaceAll(new RegExp(`(?<![\\w.~-])${shown}(?=/|\\b)`, 'g'), real),
    text,
  );

const kept = (fences: readonly Fence[], language: string): string =>
  fences.flatMap((fence) => (fence.language === language ? [fence.code] : [])).join('\n');

function writeFiles(folder: string, fences: readonly Fence[], places: Places): void {
  for (const { language, name, code } of fences) {
    if (!name || ['sh', 'ts', 'tsx', 'text'].includes(language)) continue;
    const file = resolve(folder, put(name, places));
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, `${put(code, places)}\n`);
  }
}

function settingsOf(fences: readonly Fence[], places: Places): Record<string, string> {
  const lines = put(kept(fences, 'server'), places).split('\n');
  return Object.fromEntries(
    lines.flatMap((line) => {
      const [, name = '', value = ''] = /^(\w+)=(.*)$/.exec(line) ?? [];
      if (line !== '' && !name) throw new Error(`no setting: ${line}`);
      return name ? [[name, value] as const] : [];
    }),
  );
}

async function runBefore(folder: string, fences: readonly Fence[], places: Places): Promise<void> {
  const code = put(kept(fences, 'before'), places);
  if (code === '') return;
  const terminal = await openTerminal(folder, {});
  await terminal.run(code);
  await terminal.close();
}

/** Runs all of a page against this server, and says of each block what it did not print. */
export async function runPage(page: string, server: TestServer): Promise<void> {
  const { host, port } = new URL(server.url);
  const env = { ...server.env, PORT: port, SERVER: String(server.pid) };
  const places: Places = [...placesIn(server.folder), ['(?:127.0.0.1|localhost):3000', host]];
  const terminal = await openTerminal(server.folder, env);
  try {
    for (const block of blocksOf(readPage(page))) await runBlock(terminal, block, { page, places });
  } finally {
    await terminal.close();
  }
}

interface Where {
  readonly page: string;
  readonly places: Places;
}

/** Runs a block, and waits for all that the page shows under it, as a reader would before going on. Gives what came. */
export async function runBlock(
  terminal: Terminal,
  { kind, name, code, line, shown }: Block,
  { page, places }: Where,
): Promise<string> {
  const before = terminal.printed.length;
  const come = (): string => terminal.printed.slice(before);
  const own = put(code, places);
  if (kind === 'program') writeFileSync(join(terminal.folder, 'examples', moduleName(name)), transpile(own));
  await terminal.run(kind === 'program' ? `node examples/${moduleName(name)}` : own);
  const missing = (): string[] => missingIn(come(), put(shown, places));
  const isAllThere = (): boolean => missing().length === 0;
  await until(isAllThere, { what: 'the output' }).catch(() => undefined);
  expect({ at: `${page}:${line}`, printed: come(), missing: missing() }).toEqual({
    at: `${page}:${line}`,
    printed: come(),
    missing: [],
  });
  return come();
}

/** The file that Node runs of an example. */
export const moduleName = (name: string): string => name.replace(/\.tsx?$/, '.mjs');

export const transpile = (code: string): string =>
  ts.transpileModule(code, {
    compilerOptions: {
      target: ts.ScriptTarget.ES2022,
      module: ts.ModuleKind.ESNext,
      jsx: ts.JsxEmit.ReactJSX,
    },
  }).outputText;
