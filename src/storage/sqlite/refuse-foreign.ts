import { closeSync, existsSync, openSync, readSync } from 'node:fs';
import Sqlite from 'better-sqlite3';
import { StartRefused } from '../../kernel/start-refused.js';

/** "Pull" in ASCII: marks our files in the header, so that another program's database is never migrated. */
export const applicationId = 0x50756c6c;

/** Refuses a file that is no database, that cannot be read, or that is another program's; a missing one is fine. */
export function refuseForeign(file: string): void {
  if (!existsSync(file)) return;
  let db: Sqlite.Database | undefined;
  try {
    if (!hasSqliteHeader(file))
      throw new StartRefused(`The file ${file} is not a SQLite database; it was left as it is.`);
    db = new Sqlite(file, { readonly: true });
    const mark = db.pragma('application_id', { simple: true });
    const tables = db
      .prepare(`SELECT name FROM sqlite_master WHERE type = 'table'`)
      .pluck()
      .all() as string[];
    const isNew = mark === 0 && tables.length === 0;
    if (isNew || mark === applicationId || isBegunByUs(tables)) return touch(db, tables);
  } catch (error) {
    if (error instanceof StartRefused) throw error;
    throw new StartRefused(
      `The database ${file} cannot be read: ${(error as Error).message}. It was left as it is.`,
    );
  } finally {
    db?.close();
  }
  throw new StartRefused(`The database ${file} belongs to another program; it was left as it is.`);
}

/** A first start that was killed after its migrations and before the mark was set. */
const isBegunByUs = (tables: readonly string[]): boolean =>
  tables.includes('migrations') && tables.includes('open_streams');

/** Reads a row of every table, to find damage before anything is written. */
function touch(db: Sqlite.Database, tables: readonly string[]): void {
  for (const table of tables) db.prepare(`SELECT * FROM "${table}" LIMIT 1`).get();
}

function hasSqliteHeader(file: string): boolean {
  const header = Buffer.alloc(16);
  const fd = openSync(file, 'r');
  try {
    const read = readSync(fd, header, 0, 16, 0);
    return read === 0 || header.toString('latin1') === 'SQLite format 3\0';
  } finally {
    closeSync(fd);
  }
}
