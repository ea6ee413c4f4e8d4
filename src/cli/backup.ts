import { join } from 'node:path';
import { loadSettings } from '../config/load-settings.js';
import { backUpSqlite } from '../storage/sqlite/back-up-sqlite.js';
import { say } from './say.js';

/** `pullcord backup FILE`: the database that the settings name, as it is at this moment. */
export async function backup(args: readonly string[]): Promise<number | 'usage'> {
  const [file] = args;
  if (!file || args.length > 1 || file.startsWith('-')) return 'usage';
  const { databaseUrl, dataDir } = loadSettings();
  if (databaseUrl) {
    process.stderr.write(
      'DATABASE_URL is set: the data is in PostgreSQL, whose own pg_dump makes a consistent copy while the server runs.\n',
    );
    return 2;
  }
  const began = performance.now();
  const bytes = await backUpSqlite(join(dataDir, 'pullcord.db'), file);
  const seconds = ((performance.now() - began) / 1000).toFixed(1);
  await say(
    `${file} holds the database, ${(bytes / 1e6).toFixed(1)} MB, in ${seconds} s. Check it: pullcord verify ${file}`,
  );
  return 0;
}
