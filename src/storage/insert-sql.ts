import type { SqlValue } from './tx.js';

const statements = new Map<string, string>();

/** The INSERT for rows of this shape. Made once per shape, so that the prepared statement is found again. */
export function insertSql(table: string, row: Readonly<Record<string, SqlValue>>): string {
  const columns = Object.keys(row);
  const shape = `${table}(${columns.join()})`;
  let sql = statements.get(shape);
  if (!sql) {
    sql = `INSERT INTO ${table} (${columns.join(', ')}) VALUES (${columns.map(() => '?').join(', ')})`;
    statements.set(shape, sql);
  }
  return sql;
}
