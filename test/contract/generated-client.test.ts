// The promise of the document: a client made from it by somebody else's generator compiles, and drives the server.
import { execFile } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { createClient } from '@hey-api/openapi-ts';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { documentFile } from '../support/openapi-document.js';
import { startServer, type TestServer } from '../support/server.js';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** What client/drive.ts exports, which is compiled only once its client is there. */
interface Driver {
  talk(baseUrl: string, question: string): Promise<Readonly<Record<string, unknown>>>;
  refusal(baseUrl: string): Promise<string | undefined>;
}

const compilerOptions = {
  target: 'es2023',
  lib: ['es2023', 'dom', 'dom.iterable', 'dom.asynciterable'],
  module: 'nodenext',
  strict: true,
  noUncheckedIndexedAccess: true,
  noUnusedLocals: true,
  types: [],
  outDir: 'dist',
};

let folder = '';
let driver: Driver;
let server: TestServer;

beforeAll(async () => {
  mkdirSync(join(root, '.tmp'), { recursive: true });
  folder = mkdtempSync(join(root, '.tmp', 'client-'));
  await createClient({
    input: fileURLToPath(documentFile),
    output: { path: join(folder, 'generated') },
    plugins: ['@hey-api/client-fetch', '@hey-api/typescript', '@hey-api/sdk'],
    logs: { level: 'silent' },
  });
  copyFileSync(new URL('client/drive.ts', import.meta.url), join(folder, 'drive.ts'));
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ type: 'module' }));
  writeFileSync(
    join(folder, 'tsconfig.json'),
    JSON.stringify({ compilerOptions, include: ['drive.ts', 'generated'] }),
  );
  expect(await compile()).toBe('');
  driver = (await import(pathToFileURL(join(folder, 'dist', 'drive.js')).href)) as Driver;
  server = await startServer({ dialect: 'sqlite', env: { PULLCORD_SCRIPTED_PACE_MS: '1' } });
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** What the compiler says; nothing when all is well. */
async function compile(): Promise<string> {
  const tsc = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
  return promisify(execFile)(process.execPath, [tsc, '-p', folder]).then(
    ({ stdout }) => stdout,
    (error: { readonly stdout?: string }) => String(error.stdout),
  );
}

it('sends, follows by signal and pull to the end, and takes messages apart by their kind', async () => {
  const talk = await driver.talk(server.url, 'What is a lease?');
  expect(talk.signals).toEqual(
    expect.arrayContaining([
      'snapshot',
      'state_changed',
      'message_created',
      'content_delta',
      'message_completed',
    ]),
  );
  expect(talk.streamed).not.toBe('');
  expect(talk.messages).toEqual([
    'user: What is a lease?',
    expect.stringMatching(/^assistant \([1-9]\d*\): /),
  ]);
  expect(String((talk.messages as string[])[1]).replace(/^.*?: /, '')).toBe(talk.streamed);
  expect(talk.state).toBe('archived');
});

it('gets a refusal as a typed problem', async () => {
  expect(await driver.refusal(server.url)).toBe('context_not_found');
});
