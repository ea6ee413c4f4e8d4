import type { Row } from './tx.js';

interface Insert {
  readonly columns: readonly string[];
  readonly sql: string;
}

const inserts = new Map<string, Insert>();

/** The INSERT for rows of this shape. Made once per shape, so that the prepared statement is found again. */
export function insertSql(table: string, row: Row): string {
  const columns = Object.keys(row);
  // Nearly always the shape of the row before.
  const last = inserts.get(table);
  if (last?.columns.length === columns.length && columns.every((name, n) => name === last.columns[n]))
    return last.sql;
  const sql = insertManySql(table, columns, 1);
  inserts.set(table, { columns, sql });
  return sql;
}

/** One INSERT of `count` rows with these columns. */
export function insertManySql(table: string, columns: readonly string[], count: number): string {
  const values = `(${columns.map(() => '?').join(', ')})`;
  return `INSERT INTO ${table} (${columns.join(', ')}) VALUES ${Array<string>(count).fill(values).join(', ')}`;
}
