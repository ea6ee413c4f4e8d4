/** Rows of a query of any length, of which no more than one page is in memory: `read` gives those after `last`. */
export async function* paged<Row>(
  read: (last: Row | undefined, limit: number) => Promise<readonly Row[]>,
  limit = 500,
): AsyncGenerator<Row, void> {
  for (let last: Row | undefined; ;) {
    const rows = await read(last, limit);
    yield* rows;
    if (rows.length < limit) return;
    last = rows.at(-1);
  }
}
