/** SQL as the stores write it (`?`) in the form that PostgreSQL takes (`$1`), with the name of its prepared statement. */
export interface NumberedSql {
  readonly name: string;
  readonly text: string;
}

const known = new Map<string, NumberedSql>();

export function numbered(sql: string): NumberedSql {
  let found = known.get(sql);
  if (!found) {
    let n = 0;
    found = { name: `pullcord_${known.size + 1}`, text: sql.replace(/\?/g, () => `$${++n}`) };
    known.set(sql, found);
  }
  return found;
}
