import { Injectable } from '@nestjs/common';
import type { Owner } from '../../kernel/ids.js';
import { decodeCursor, encodeCursor } from '../../kernel/page-cursor.js';
import { Storage } from '../../storage/storage.js';
import type { Reads, SqlValue } from '../../storage/tx.js';
import { counters, noCounts, type Counts, type Dimension } from './usage-kinds.js';

/** Whoever may see all owners can tell them apart. */
export type Key = Dimension | 'owner';

export interface UsageQuery {
  /** What the groups are told apart by; without one, there is one group. */
  readonly group_by: readonly Key[];
  /** UTC days, both included. */
  readonly from?: string;
  readonly to?: string;
  readonly context_id?: string;
  readonly model?: string;
  readonly cursor?: string;
  readonly limit: number;
}

/** What it is told apart by, and what was used. */
export interface UsageGroup {
  readonly keys: Readonly<Partial<Record<Key, string>>>;
  readonly counts: Counts;
}

export interface UsagePage {
  /** By their keys, in the order of `group_by`. */
  readonly groups: readonly UsageGroup[];
  readonly next_cursor: string | null;
  /** Of all groups, those on other pages too. */
  readonly total: Counts;
}

type UsageRow = Readonly<Record<Key, string>> & Counts;

interface Where {
  readonly sql: string;
  readonly params: readonly SqlValue[];
}

const columnOf = (dimension: Key): string => (dimension === 'context' ? 'context_id' : dimension);

/** PostgreSQL gives a sum of whole numbers as text. */
const sums = counters.map((name) => `CAST(coalesce(sum(${name}), 0) AS bigint) AS ${name}`).join(', ');

/** Reads what was used. */
@Injectable()
export class UsagePull {
  constructor(private readonly storage: Storage) {}

  page(owner: Owner, query: UsageQuery): Promise<UsagePage> {
    return readUsage(this.storage.reads, owner, query);
  }
}

/** A page of it, of all owners where none is named. Rows are found by their key, and summed up by the database. */
export async function readUsage(
  reads: Reads,
  owner: Owner | undefined,
  query: UsageQuery,
): Promise<UsagePage> {
  const where = whereOf(owner, query);
  const [total, rows] = await Promise.all([readTotal(reads, where), readGroups(reads, where, query)]);
  const shown = rows.slice(0, query.limit);
  const last = shown.at(-1);
  const groups = shown.map((row) => toGroup(row, query.group_by));
  const hasMore = rows.length > query.limit && last !== undefined;
  const next_cursor = hasMore ? encodeCursor(query.group_by.map((dimension) => last[dimension])) : null;
  return { groups, next_cursor, total };
}

async function readTotal(reads: Reads, { sql, params }: Where): Promise<Counts> {
  const row = await reads.get<Counts>(`SELECT ${sums} FROM usage WHERE ${sql}`, ...params);
  return row ? toCounts(row) : noCounts;
}

function readGroups(
  reads: Reads,
  where: Where,
  { group_by, cursor, limit }: UsageQuery,
): Promise<UsageRow[]> {
  const columns = group_by.map(columnOf);
  const after =
    cursor === undefined
      ? []
      : decodeCursor(
          cursor,
          columns.map(() => 'string'),
        );
  // Nothing to be told apart by is one group, which is none while nothing was used.
  if (columns.length === 0)
    return reads.all<UsageRow>(
      `SELECT ${sums} FROM usage WHERE ${where.sql} HAVING count(*) > 0`,
      ...where.params,
    );
  const marks = columns.map(() => '?').join(', ');
  const names = group_by.map((dimension) => `${columnOf(dimension)} AS ${dimension}`).join(', ');
  return reads.all<UsageRow>(
    `SELECT ${names}, ${sums} FROM usage
     WHERE ${where.sql}${after.length > 0 ? ` AND (${columns.join(', ')}) > (${marks})` : ''}
     GROUP BY ${columns.join(', ')} ORDER BY ${columns.join(', ')} LIMIT ?`,
    ...where.params,
    ...after,
    limit + 1,
  );
}

function whereOf(owner: Owner | undefined, { from, to, context_id, model }: UsageQuery): Where {
  const parts: readonly [string, SqlValue | undefined][] = [
    owner === undefined ? ['owner >= ?', ''] : ['owner = ?', owner],
    ['day >= ?', from],
    ['day <= ?', to],
    ['context_id = ?', context_id],
    ['model = ?', model],
  ];
  const given = parts.filter((part): part is [string, SqlValue] => part[1] !== undefined);
  return { sql: given.map(([sql]) => sql).join(' AND '), params: given.map(([, value]) => value) };
}

const toGroup = (row: UsageRow, group_by: readonly Key[]): UsageGroup => ({
  keys: Object.fromEntries(group_by.map((dimension) => [dimension, row[dimension]])),
  counts: toCounts(row),
});

const toCounts = (row: Counts): Counts =>
  Object.fromEntries(counters.map((name) => [name, row[name]])) as Counts;
