// SQL behind the server's back, on whichever dialect it runs: to look, to damage, to stand in the way.
import Sqlite from 'better-sqlite3';
import pg from 'pg';

/** Where a server keeps its data: `env` as it was started with, `databaseFile` when that names no DATABASE_URL. */
export interface DataPlace {
  readonly env: Readonly<Record<string, string>>;
  readonly databaseFile: string;
}

/** Runs one statement, and gives the rows that it answers. */
export async function sql<Row = Record<string, unknown>>(
  place: DataPlace,
  statement: string,
): Promise<Row[]> {
  const url = place.env.DATABASE_URL;
  return url ? onPostgres<Row>(url, statement) : onSqlite<Row>(place.databaseFile, statement);
}

async function onPostgres<Row>(url: string, statement: string): Promise<Row[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(statement)).rows as Row[];
  } finally {
    await client.end();
  }
}

function onSqlite<Row>(file: string, statement: string): Row[] {
  const db = new Sqlite(file, { timeout: 5000 });
  try {
    const prepared = db.prepare(statement);
    if (prepared.reader) return prepared.all() as Row[];
    prepared.run();
    return [];
  } finally {
    db.close();
  }
}
