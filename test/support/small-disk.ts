// Disks that are full, without filling anybody's: a file system of a few megabytes that only one server sees, or a
// limit on how large that server's files may grow.
import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { startServer, type ServerOptions, type TestServer } from './server.js';
import type { DataPlace } from './sql.js';

export interface SmallDisk {
  readonly server: TestServer;
  /** The database as it is now, for a process outside to look at. */
  look(): DataPlace;
  /** From now on nothing more can be stored. */
  fill(): void;
  makeRoom(): void;
}

export interface SmallDiskKind {
  readonly name: string;
  readonly start: (options: ServerOptions) => Promise<SmallDisk>;
}

/** Root may mount in a mount namespace of its own; anyone else where user namespaces are allowed. */
const unshare = process.getuid?.() === 0 ? ['unshare', '-m'] : ['unshare', '-Urm'];
const mount = 'mount -t tmpfs -o size=8m tmpfs "$0" && exec "$@"';

async function onSmallFileSystem(options: ServerOptions): Promise<SmallDisk> {
  const wrapper = (folder: string): string[] => {
    const data = join(folder, 'data');
    mkdirSync(data, { recursive: true });
    return [...unshare, 'sh', '-c', mount, data];
  };
  const server = await startServer({ ...options, wrapper });
  const seen = (): string => join('/proc', String(server.pid), 'root', server.folder, 'data');
  const ballast = (): string => join(seen(), 'ballast');
  return {
    server,
    look: () => {
      const copy = join(server.folder, 'seen');
      // SQLite would follow the way through /proc back to our own file system; and nothing may move meanwhile.
      server.signal('SIGSTOP');
      cpSync(seen(), copy, { recursive: true });
      server.signal('SIGCONT');
      return { env: {}, databaseFile: join(copy, 'pullcord.db') };
    },
    fill: () => fillUp(ballast()),
    makeRoom: () => rmSync(ballast()),
  };
}

/** Writes to a file until not a byte more is taken. */
function fillUp(file: string): void {
  for (let size = 1 << 20; size >= 1; size = size >> 1)
    try {
      for (;;) writeFileSync(file, Buffer.alloc(size), { flag: 'a' });
    } catch (error) {
      if ((error as { code?: string }).code !== 'ENOSPC') throw error;
    }
}

async function withLimitedFiles(options: ServerOptions): Promise<SmallDisk> {
  const server = await startServer(options);
  const limit = (bytes: number | 'unlimited'): void =>
    void execFileSync('prlimit', ['--pid', String(server.pid), `--fsize=${bytes}:unlimited`]);
  const sizes = (): number[] => ['', '-wal'].map((end) => statSync(server.databaseFile + end).size);
  return {
    server,
    look: () => server,
    fill: () => limit(Math.max(...sizes())),
    makeRoom: () => limit('unlimited'),
  };
}

const works = (command: string, ...args: readonly string[]): boolean => spawnSync(command, args).status === 0;

/** The sorts of small disk that this system can make. */
export const smallDisks: readonly SmallDiskKind[] = [
  ...(works(...(unshare as [string, string]), 'sh', '-c', 'mount -t tmpfs tmpfs /tmp')
    ? [{ name: 'a full file system', start: onSmallFileSystem }]
    : []),
  ...(works('prlimit', '--pid', String(process.pid), '--fsize')
    ? [{ name: 'files that may not grow', start: withLimitedFiles }]
    : []),
];
