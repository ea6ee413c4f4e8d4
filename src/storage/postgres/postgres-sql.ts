/** SQL as the stores write it (`?`) in the form that PostgreSQL takes (`$1`), with the name of its prepared statement. */
export interface NumberedSql {
  readonly name: string;
  readonly text: string;
}

const known = new Map<string, NumberedSql>();

/** For the fixed statements of the code: each is prepared once per connection. */
export function prepared(sql: string): NumberedSql {
  let found = known.get(sql);
  if (!found) {
    found = { name: `pullcord_${known.size + 1}`, text: numbered(sql) };
    known.set(sql, found);
  }
  return found;
}

export function numbered(sql: string): string {
  let n = 0;
  return sql.replace(/\?/g, () => `$${++n}`);
}
