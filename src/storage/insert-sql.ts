import type { Row } from './tx.js';

const statements = new Map<string, string>();

/** The INSERT for rows of this shape. Made once per shape, so that the prepared statement is found again. */
export function insertSql(table: string, row: Row): string {
  const shape = `${table}(${Object.keys(row).join()})`;
  let sql = statements.get(shape);
  if (!sql) {
    sql = insertManySql(table, Object.keys(row), 1);
    statements.set(shape, sql);
  }
  return sql;
}

/** One INSERT of `count` rows with these columns. */
export function insertManySql(table: string, columns: readonly string[], count: number): string {
  const values = `(${columns.map(() => '?').join(', ')})`;
  return `INSERT INTO ${table} (${columns.join(', ')}) VALUES ${Array<string>(count).fill(values).join(', ')}`;
}
