import { closeSync, existsSync, openSync, renameSync, rmSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import Sqlite from 'better-sqlite3';
import { StartRefused } from '../../kernel/start-refused.js';
import { toStorageError } from './sqlite-errors.js';
import { openUnchanged } from './sqlite-snapshot.js';
import { toDisk } from './to-disk.js';

/** Pages copied between two turns of the event loop. */
const pagesPerStep = 1000;

/**
 * Copies a database, while a server writes to it or not, to a file that did not exist: as it was at one moment, one
 * file without companions, for its owner alone to read. The name appears when the copy is whole and on disk.
 * Answers its size in bytes.
 */
export async function backUpSqlite(from: string, to: string): Promise<number> {
  refuseExisting(to);
  const source = openUnchanged(from);
  const part = `${to}.part`;
  try {
    claim(part);
    try {
      await copy(source, part);
      toDisk(part);
      refuseExisting(to);
      renameSync(part, to);
    } catch (error) {
      for (const leftover of [part, `${part}-journal`]) rmSync(leftover, { force: true });
      if (toStorageError(error) === error) throw error;
      throw new StartRefused(`${part} cannot be written: ${(error as Error).message}.`);
    }
  } finally {
    source.close();
  }
  toDisk(dirname(to));
  return statSync(to).size;
}

function refuseExisting(to: string): void {
  if (existsSync(to)) throw new StartRefused(`${to} exists already; a backup overwrites nothing.`);
}

/** Makes the file that is copied into: ours alone, and for nobody else to read from its first byte on. */
function claim(part: string): void {
  try {
    closeSync(openSync(part, 'wx', 0o600));
  } catch (error) {
    const { code = 'unknown' } = error as { code?: string };
    if (code !== 'EEXIST') throw new StartRefused(`${part} cannot be written (${code}).`);
    throw new StartRefused(`${part} exists: another backup is writing it, or was killed; then delete it.`);
  }
}

async function copy(source: Sqlite.Database, part: string): Promise<void> {
  // An open transaction keeps one moment's view. Without it SQLite begins anew whenever somebody has written
  // (sqlite.org/c3ref/backup_finish.html), and under load would never come to an end.
  source.exec('BEGIN');
  source.prepare(`SELECT count(*) FROM sqlite_master`).get();
  await source.backup(part, { progress: () => pagesPerStep });
  // The copy is marked for a write-ahead log, like its source; a file that is to be kept needs no companions.
  const copied = new Sqlite(part);
  try {
    copied.pragma('journal_mode = DELETE');
  } finally {
    copied.close();
  }
}
