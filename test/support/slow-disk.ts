// A disk that loses what it was not made to keep: the server's own syncs are slow and remembered (slow-disk.mjs), and
// a power cut leaves of everything else whatever the disk happened to write.
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startServer, type ServerOptions, type TestServer } from './server.js';

const preload = fileURLToPath(new URL('slow-disk.mjs', import.meta.url));
/** Disks write a sector whole or not at all (sqlite.org/atomiccommit.html §2). */
const sector = 512;
/** The log's header is synced by SQLite itself, and before anything is written behind it (sqlite.org/src/info/ff5be73dee). */
const headerSize = 32;

export interface SlowDisk {
  readonly server: TestServer;
  /**
   * Ends the server at once, and leaves of its files what was synced, and of what was written later each sector with
   * this chance.
   */
  cutPower(chance: number): Promise<void>;
  /** From now on no sync of the server's own succeeds. */
  breakDown(): void;
  repair(): void;
}

export async function onSlowDisk(options: ServerOptions, tmp: string): Promise<SlowDisk> {
  const disk = mkdtempSync(join(tmp, 'pullcord-disk-'));
  const server = await startServer({
    ...options,
    dialect: 'sqlite',
    nodeArgs: ['--import', preload],
    env: { ...options.env, SLOW_DISK: disk },
  });
  const broken = join(disk, 'broken');
  return {
    server,
    breakDown: () => writeFileSync(broken, ''),
    repair: () => rmSync(broken),
    cutPower: async (chance) => {
      await server.kill();
      rmSync(`${server.databaseFile}-shm`, { force: true });
      for (const end of ['', '-wal'])
        leave(`${server.databaseFile}${end}`, `${join(disk, 'pullcord.db')}${end}`, chance);
    },
  };
}

/** Makes `file` what a power cut leaves of it, when the disk has `synced`. */
function leave(file: string, synced: string, chance: number): void {
  const written = existsSync(file) ? readFileSync(file) : Buffer.alloc(0);
  const had = readFileSync(synced);
  const left = Buffer.alloc(chance === 0 ? had.length : Math.max(had.length, written.length));
  had.copy(left);
  for (let at = 0; at < left.length; at += sector)
    if (Math.random() < chance) written.copy(left, at, at, at + sector);
  if (file.endsWith('-wal')) written.copy(left, 0, 0, headerSize);
  writeFileSync(file, left);
}
