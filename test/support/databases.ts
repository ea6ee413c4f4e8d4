import pg from 'pg';
import { inject } from 'vitest';

export type Dialect = 'sqlite' | 'postgres';

/** The dialect that this suite runs on. */
export const dialect: Dialect = process.env.PULLCORD_TEST_DIALECT === 'postgres' ? 'postgres' : 'sqlite';

let made = 0;

/** A new database of the suite's cluster, empty or a copy of another of its, and how to drop it with everything in it. */
export async function freshDatabase(
  template = 'template1',
): Promise<{ readonly url: string; drop(): Promise<void> }> {
  const cluster = inject('postgresUrl');
  const name = `test_${process.pid}_${made++}`;
  await execute(cluster, `CREATE DATABASE ${name} TEMPLATE ${template}`);
  const url = new URL(cluster);
  url.pathname = name;
  return { url: url.href, drop: () => execute(cluster, `DROP DATABASE ${name} WITH (FORCE)`) };
}

async function execute(url: string, sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}
