import { contextNotFound } from '../contexts/refusals.js';
import type { ContextId } from '../kernel/ids.js';
import type { Reads } from '../storage/tx.js';
import type { MessageEntity } from './message.entity.js';
import { messageColumns } from './message-row.js';

/** Bytes of the bodies in one answer: a page ends before it is larger, but is never empty because of that. */
const maxPageBytes = 16 * 1024 * 1024;
/** A body up to this size comes with its row; a larger one is left out until it is known to fit. */
const inlineBytes = 65_536;

/** A row whose body, when it is large, is still to be read. */
export type PageRow = Omit<MessageEntity, 'data'> & { readonly data: string | null; readonly bytes: number };

/** The size of a body is known without reading it, on either dialect. */
export const pageColumns = messageColumns.replace(
  /data$/,
  `CASE WHEN octet_length(data) <= ${inlineBytes} THEN data END AS data, octet_length(data) AS bytes`,
);

/** The rows, from the first, whose bodies fit into one answer. Pure. */
export function fitting<Row extends Pick<PageRow, 'bytes'>>(rows: readonly Row[]): readonly Row[] {
  let bytes = 0;
  const end = rows.findIndex((row, index) => (bytes += row.bytes) > maxPageBytes && index > 0);
  return end < 0 ? rows : rows.slice(0, end);
}

/** The rows with their bodies. `context_not_found` when they were deleted in the meantime. */
export async function readBodies(
  reads: Reads,
  contextId: ContextId,
  rows: readonly PageRow[],
): Promise<MessageEntity[]> {
  const large = rows.filter(({ data }) => data === null).map(({ id }) => id);
  const found =
    large.length === 0
      ? []
      : await reads.all<Pick<MessageEntity, 'id' | 'data'>>(
          `SELECT id, data FROM messages WHERE context_id = ? AND id IN (${large.map(() => '?').join()})`,
          ...[contextId, ...large],
        );
  const bodies = new Map(found.map(({ id, data }) => [id, data]));
  return rows.map(({ bytes: _, ...row }) => {
    const data = row.data ?? bodies.get(row.id);
    if (data === undefined) throw contextNotFound(contextId);
    return { ...row, data };
  });
}
