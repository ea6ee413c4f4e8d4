import { existsSync } from 'node:fs';
import Sqlite from 'better-sqlite3';
import * as migrations from '../../../migrations/sqlite/index.js';
import { StartRefused } from '../../kernel/start-refused.js';
import { migrationNames, refuseOtherSchema, type Snapshot } from '../snapshot.js';
import { refuseForeign } from './refuse-foreign.js';
import { SqliteReads } from './sqlite-tx.js';

/** A view of a database file, also of one that a server is writing to: it takes no lock that a writer would meet. */
export function openSqliteSnapshot(file: string): Snapshot {
  const db = openUnchanged(file);
  try {
    // The first read fixes what all later ones see.
    db.exec('BEGIN');
    refuseOtherSchema(appliedNames(db), migrationNames(migrations));
  } catch (error) {
    db.close();
    throw error;
  }
  return {
    reads: new SqliteReads(db),
    integrity: (how) => integrity(db, how),
    close: () => Promise.resolve(void db.close()),
  };
}

/** A connection that cannot write. Refuses a missing file, and whatever the server would refuse to start from. */
export function openUnchanged(file: string): Sqlite.Database {
  if (!existsSync(file)) throw new StartRefused(`There is no database ${file}.`);
  refuseForeign(file);
  return new Sqlite(file, { readonly: true, fileMustExist: true });
}

function appliedNames(db: Sqlite.Database): string[] {
  const found = db.prepare(`SELECT count(*) AS n FROM sqlite_master WHERE name = 'migrations'`).get();
  if ((found as { n: number }).n === 0) return [];
  return db.prepare(`SELECT name FROM migrations`).pluck().all() as string[];
}

/** A line per problem, of 100 at most, below headings that say nothing (sqlite.org/pragma.html#pragma_integrity_check). */
function integrity(db: Sqlite.Database, how: 'quick' | 'thorough'): readonly string[] {
  const rows = db.pragma(how === 'quick' ? 'quick_check' : 'integrity_check') as Record<string, string>[];
  const lines = rows.flatMap((row) => Object.values(row)).flatMap((text) => text.split('\n'));
  return lines.filter((line) => line !== 'ok' && !line.startsWith('***'));
}
