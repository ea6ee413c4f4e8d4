import { Injectable } from '@nestjs/common';
import { Settings } from '../config/settings.js';
import { toTimestamp } from '../kernel/clock.js';
import type { BranchId, ContextId, MessageId, Owner } from '../kernel/ids.js';
import { decodeCursor, encodeCursor } from '../kernel/page-cursor.js';
import type { MessageMetadata, MessagePayload } from '../messages/message-kinds.js';
import { Storage } from '../storage/storage.js';
import { convertQuery, type Query } from './convert-query.js';
import { mapToSearchText, modelOf } from './map-to-search-text.js';
import { mapToSnippets, type Snippet } from './map-to-snippets.js';
import { rank, type Hit, type RankedHit } from './ranking-policy.js';
import { firstNumber, lastNumber } from './search-number-format.js';
import { tagsOf } from './search-tags-format.js';

export interface SearchQuery {
  readonly q?: string;
  readonly context_id?: ContextId;
  readonly role?: string;
  readonly kind?: string;
  readonly model?: string;
  /** RFC 3339: not before, and before. */
  readonly from?: string;
  readonly to?: string;
  readonly cursor?: string;
  readonly limit: number;
}

export interface FoundMessage {
  readonly context_id: ContextId;
  readonly context_title: string | null;
  readonly message_id: MessageId;
  readonly branch: BranchId;
  readonly role: string;
  readonly kind: string;
  readonly model: string | null;
  readonly created_at: string;
  readonly score: number;
  readonly snippets: readonly Snippet[];
}

export interface Found {
  readonly results: readonly FoundMessage[];
  readonly next_cursor: string | null;
  readonly total: number;
  readonly is_total_exact: boolean;
  readonly is_complete: boolean;
}

/** A larger body is not looked into for a snippet. */
const largestBody = 524_288;

const facts = `SELECT d.context_id, d.message_id, d.created_at, c.title, m.branch, m.role, m.kind, m.metadata,
  CASE WHEN octet_length(m.data) <= ${largestBody} THEN m.data END AS data
  FROM search_documents d
  JOIN contexts c ON c.id = d.context_id
  JOIN messages m ON m.context_id = d.context_id AND m.id = d.message_id
  WHERE d.id = ? AND c.owner = ?`;

interface FactsRow {
  readonly context_id: ContextId;
  readonly message_id: MessageId;
  readonly created_at: number;
  readonly title: string | null;
  readonly branch: BranchId;
  readonly role: string;
  readonly kind: string;
  readonly metadata: string;
  readonly data: string | null;
}

/** Finds messages by their words. */
@Injectable()
export class SearchPull {
  constructor(
    private readonly storage: Storage,
    private readonly settings: Settings,
  ) {}

  /** One page, best first. Whatever the text is, it is no error. */
  async search(owner: Owner, asked: SearchQuery): Promise<Found> {
    const query = convertQuery(asked.q ?? '');
    const place = readCursor(asked.cursor);
    const hits = query.isWordless ? [] : await this.hits(owner, asked, query, place.highest);
    const end = place.offset + asked.limit;
    const highest = hits[0]?.id ?? 0;
    return {
      results: await this.read(owner, query, rank(hits).slice(place.offset, end)),
      next_cursor: end < hits.length ? encodeCursor([end, highest]) : null,
      total: hits.length,
      is_total_exact: hits.length < this.settings.fullTextMaxRanked,
      is_complete: await this.isComplete(),
    };
  }

  /** The newest matches, newest first. What came after the first page was read has a higher number and is left out. */
  private hits(owner: Owner, asked: SearchQuery, query: Query, highest: number): Promise<Hit[]> {
    const { role, kind, model, context_id } = asked;
    const tags = tagsOf({ ...(this.isOneOfMany(query) && { owner }), context_id, role, kind, model });
    const { column, condition, score } = this.storage.fullText.match({ tags, ...query });
    const from = Date.parse(asked.from ?? '0000-01-01T00:00:00Z');
    const until = Date.parse(asked.to ?? '9999-12-31T23:59:59Z');
    return this.storage.reads.all<Hit>(
      `SELECT id, ${score.sql} AS score FROM (
         SELECT search_terms.rowid AS id, ${column} FROM search_terms
         JOIN search_documents d ON d.id = search_terms.rowid
         JOIN contexts c ON c.id = d.context_id AND c.owner = ?
         WHERE ${condition.sql} AND search_terms.rowid BETWEEN CAST(? AS bigint) AND CAST(? AS bigint)
           AND d.created_at >= ? AND d.created_at < ?
         ORDER BY search_terms.rowid DESC LIMIT ?) AS matching`,
      ...[...score.params, owner, ...condition.params],
      ...[
        firstNumber(from),
        Math.min(lastNumber(until), highest),
        from,
        until,
        this.settings.fullTextMaxRanked,
      ],
    );
  }

  /**
   * Whether the index is to pick out the owner's messages. The join would leave out the others' all the same, but one by
   * one; where nobody else has any, it is what costs nothing: FTS5 counts all messages with a tag before it ranks any.
   */
  private isOneOfMany({ all }: Query): boolean {
    return this.settings.tokens.length > 1 || all.length === 0;
  }

  private async read(owner: Owner, query: Query, hits: readonly RankedHit[]): Promise<FoundMessage[]> {
    const found: FoundMessage[] = [];
    for (const { id, relative } of hits) {
      const row = await this.storage.reads.get<FactsRow>(facts, id, owner);
      // It may have gone since it was found.
      if (row) found.push(this.view(row, query, relative));
      // Bodies are large: others have their turn between two.
      await new Promise(setImmediate);
    }
    return found;
  }

  private view(row: FactsRow, query: Query, score: number): FoundMessage {
    const { context_id, message_id, branch, role, kind } = row;
    const payload =
      row.data === null ? undefined : ({ kind, data: JSON.parse(row.data) as object } as MessagePayload);
    const text = payload ? mapToSearchText(payload) : summaryOf(row);
    return {
      ...{ context_id, context_title: row.title, message_id, branch, role, kind },
      model: payload ? modelOf(payload) : null,
      created_at: toTimestamp(row.created_at),
      score,
      snippets: mapToSnippets(text, query.all, this.settings.fullTextMaxWords),
    };
  }

  /** False while messages of before there was an index are still to come into it. */
  private async isComplete(): Promise<boolean> {
    const sql = `SELECT b.context_id FROM search_backlog b JOIN contexts c ON c.id = b.context_id
                 WHERE b.context_id < 'z' LIMIT 1`;
    return (await this.storage.reads.get(sql)) === undefined;
  }
}

const summaryOf = (row: FactsRow): string =>
  (JSON.parse(row.metadata) as MessageMetadata).display_hint.summary ?? '';

/** How many of the ranking were on the pages before, and the highest number among them. */
function readCursor(cursor: string | undefined): { readonly offset: number; readonly highest: number } {
  if (cursor === undefined) return { offset: 0, highest: Number.MAX_SAFE_INTEGER };
  const [offset, highest] = decodeCursor(cursor, ['number', 'number']).map(Number);
  return { offset: Math.max(0, offset ?? 0), highest: highest ?? 0 };
}
