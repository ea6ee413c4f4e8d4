import type { ContextEntity } from '../../contexts/context.entity.js';
import { isJsonObject } from '../../http/fields.js';
import type { DeletedContextEntity } from '../../retention/deleted-context.entity.js';
import type { Reads } from '../../storage/tx.js';
import { checkContext } from './check-contexts.js';
import { parseJson } from './parse-json.js';
import { paged } from './paged.js';
import type { Tally } from './tally.js';

export const deletedOf = (reads: Reads): AsyncGenerator<DeletedContextEntity, void> =>
  paged((last, limit) =>
    reads.all<DeletedContextEntity>(
      `SELECT * FROM deleted_contexts WHERE id > ? ORDER BY id LIMIT ?`,
      ...[last?.id ?? '', limit],
    ),
  );

/** What is wrong with a deleted context: until it is being purged, all of it must be as it was. */
export async function* checkDeleted(
  reads: Reads,
  { id, owner, context, purge_at }: DeletedContextEntity,
  tally: Tally,
): AsyncGenerator<string, void> {
  const row = parseJson(context);
  if (!isRowOf(row, id) || row.owner !== owner)
    return yield `deleted context ${id}: what is kept of its row is not its row`;
  if (await reads.get(`SELECT id FROM contexts WHERE id = ?`, id))
    yield `deleted context ${id}: is there all the same`;
  if (purge_at === 0) return;
  for await (const finding of checkContext(reads, row, tally)) yield `deleted ${finding}`;
}

const isRowOf = (row: unknown, id: string): row is ContextEntity => isJsonObject(row) && row.id === id;
