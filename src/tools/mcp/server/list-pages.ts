export interface Listed {
  readonly items: readonly unknown[];
  /** There may be more than these. */
  readonly isCut: boolean;
}

/** A page of a list, from the cursor on: `{[key]: […], nextCursor?}` (MCP, Pagination). */
type Page = (params: Record<string, unknown>) => Promise<Readonly<Record<string, unknown>>>;

/** All pages, or as many as it takes to have `most` items. A page without items is the last one. */
export async function listPages(page: Page, key: string, most: number): Promise<Listed> {
  const items: unknown[] = [];
  for (let cursor: string | undefined; ;) {
    const answer = await page(cursor === undefined ? {} : { cursor });
    const more: readonly unknown[] = Array.isArray(answer[key]) ? answer[key] : [];
    items.push(...more.slice(0, most - items.length + 1));
    if (items.length > most) return { items: items.slice(0, most), isCut: true };
    if (typeof answer.nextCursor !== 'string' || more.length === 0) return { items, isCut: false };
    cursor = answer.nextCursor;
  }
}
