import { join } from 'node:path';
import { loadSettings } from '../config/load-settings.js';
import { openPostgresSnapshot } from '../storage/postgres/postgres-snapshot.js';
import type { Snapshot } from '../storage/snapshot.js';
import { openSqliteSnapshot } from '../storage/sqlite/sqlite-snapshot.js';

/** A view of the database that the settings name, whether a server runs or not. */
export async function openFromSettings(): Promise<Snapshot> {
  const { databaseUrl, dataDir } = loadSettings();
  return databaseUrl ? openPostgresSnapshot(databaseUrl) : openSqliteSnapshot(join(dataDir, 'pullcord.db'));
}
