import { StartRefused } from '../kernel/start-refused.js';
import type { Reads } from './tx.js';

/** One consistent view of a database, however much is written meanwhile. Nothing can be written through it. */
export interface Snapshot {
  readonly reads: Reads;
  /** What the database itself finds wrong with its own structures; PostgreSQL has no such check from within. */
  integrity(how: 'quick' | 'thorough'): readonly string[];
  close(): Promise<void>;
}

/** The name under which TypeORM records each migration of a dialect. */
export const migrationNames = (migrations: object): readonly string[] => Object.keys(migrations);

/** Refuses a schema that this version does not know or would first have to migrate: only its own can be judged. */
export function refuseOtherSchema(applied: readonly string[], known: readonly string[]): void {
  if (applied.length === 0) throw new StartRefused('It is not a Pullcord database: it has no schema.');
  const unknown = applied.find((name) => !known.includes(name));
  if (unknown)
    throw new StartRefused(
      `The database was written by a newer version (migration ${unknown} is unknown here).`,
    );
  const missing = known.find((name) => !applied.includes(name));
  if (missing)
    throw new StartRefused(
      `The database was written by an older version (migration ${missing} is not applied); a server of this version migrates it at its start.`,
    );
}
