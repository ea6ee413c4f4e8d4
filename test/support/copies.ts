// Copies of a server's database, to be damaged and looked at without a server.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findings, newTally } from '../../src/cli/verify/findings.js';
import { openPostgresSnapshot } from '../../src/storage/postgres/postgres-snapshot.js';
import { backUpSqlite } from '../../src/storage/sqlite/back-up-sqlite.js';
import { openSqliteSnapshot } from '../../src/storage/sqlite/sqlite-snapshot.js';
import { freshDatabase } from './databases.js';
import type { DataPlace } from './sql.js';

export interface Copy extends DataPlace {
  remove(): Promise<void>;
}

/** The database as it is now. On PostgreSQL nobody may be connected to it. */
export async function copyOf({ env, databaseFile }: DataPlace): Promise<Copy> {
  if (env.DATABASE_URL) {
    const { url, drop } = await freshDatabase(new URL(env.DATABASE_URL).pathname.slice(1));
    return { env: { ...env, DATABASE_URL: url }, databaseFile, remove: drop };
  }
  const folder = mkdtempSync(join(tmpdir(), 'pullcord-copy-'));
  const copy = join(folder, 'pullcord.db');
  await backUpSqlite(databaseFile, copy);
  return {
    env: { ...env, PULLCORD_DATA_DIR: folder },
    databaseFile: copy,
    remove: async () => rmSync(folder, { recursive: true }),
  };
}

/** What `pullcord verify` would say of a database. */
export async function findingsIn({ env, databaseFile }: DataPlace): Promise<string[]> {
  const snapshot = env.DATABASE_URL
    ? await openPostgresSnapshot(env.DATABASE_URL)
    : openSqliteSnapshot(databaseFile);
  try {
    const found: string[] = [];
    for await (const finding of findings(snapshot, 'thorough', newTally())) found.push(finding);
    return found;
  } finally {
    await snapshot.close();
  }
}
