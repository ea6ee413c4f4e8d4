// What goes wrong with a server, brought about on purpose; each gives what its operator or its client is told.
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { act, createContext, reaches } from './api.js';
import { caller } from './http.js';
import { root } from './pages.js';
import { startServer, TestServer } from './server.js';

type Env = Readonly<Record<string, string>>;
type Prepare = (data: string) => void;

/** What a start says that is refused; in a data folder that was prepared for it. */
export async function refusedStart(env: Env, prepare: Prepare = () => undefined): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'pullcord-trouble-'));
  const data = join(folder, 'data');
  mkdirSync(data);
  prepare(data);
  const server = new TestServer(folder, { PORT: '0', PULLCORD_DATA_DIR: data, ...env }, [process.execPath]);
  try {
    await server.start();
  } catch {
    return server.stderr;
  } finally {
    if (server.isRunning()) await server.kill();
    rmSync(folder, { recursive: true, force: true });
  }
  throw new Error('the server has started');
}

/** A port that another program listens on while `work` is done. */
export async function whilePortIsTaken(work: (port: number) => Promise<string>): Promise<string> {
  const other = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => other.once('listening', resolve));
  const said = await work((other.address() as AddressInfo).port);
  await new Promise((resolve) => other.close(resolve));
  return said;
}

/** A database that a server has made, and that a newer version has gone on with. */
export async function newerDatabase(work: (prepare: Prepare) => Promise<string>): Promise<string> {
  const server = await startServer({ dialect: 'sqlite' });
  await server.stop();
  const db = new Sqlite(server.databaseFile);
  db.exec(`INSERT INTO migrations (timestamp, name) VALUES (9999999999999, 'Future9999999999999')`);
  db.close();
  return work((data) => cpSync(server.databaseFile, join(data, 'pullcord.db')));
}

/** What a program of ours says in a checkout of which only this folder and this package.json are there. */
function saidIn(part: 'scripts' | 'bin', manifest: object, program: readonly string[]): string {
  const folder = mkdtempSync(join(tmpdir(), 'pullcord-trouble-'));
  cpSync(join(root, part), join(folder, part), { recursive: true });
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ type: 'module', ...manifest }));
  const [file = '', ...args] = program;
  const { stderr } = spawnSync(process.execPath, [join(folder, file), ...args], { encoding: 'utf8' });
  rmSync(folder, { recursive: true, force: true });
  return stderr;
}

/** What `npm start` says where a newer Node is wanted. */
export const startWithOldNode = (): string =>
  saidIn('scripts', { engines: { node: '>=99.0.0' } }, ['scripts/start.mjs']);

/** What `pullcord verify` says before anything was compiled. */
export const commandOfUncompiled = (): string => saidIn('bin', {}, ['bin/pullcord.mjs', 'verify']);

/** The state of a context after a turn that failed, with these settings and words. */
export async function failedTurn(env: Env, content: string): Promise<string> {
  const server = await startServer({ dialect: 'sqlite', env: { PULLCORD_MODEL_MAX_ATTEMPTS: '1', ...env } });
  const api = caller(server);
  const { id } = await createContext(api);
  await act(api, id, 'send_message', { content });
  const { state } = await reaches(api, id, 'error');
  await server.stop();
  return JSON.stringify(state);
}
