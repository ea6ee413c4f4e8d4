import { Injectable } from '@nestjs/common';
import { branchNotFound, contextNotFound } from '../contexts/refusals.js';
import { DomainError } from '../kernel/domain-error.js';
import { measurePull } from '../http/pull-metrics.js';
import type { BranchId, ContextId, MessageId, Owner } from '../kernel/ids.js';
import { Storage } from '../storage/storage.js';
import type { SqlValue } from '../storage/tx.js';
import type { BranchTree } from '../contexts/branch-tree.js';
import { readTree } from '../contexts/read-tree.js';
import { cut, depthOn, lengthOf, readLine, type Segment, type StoredPlace } from './branch-line.js';
import type { Message } from './message-kinds.js';
import { messageNotFound } from './message-not-found.js';
import { readMessage, type MessageText } from './message-row.js';
import { fitting, MessageTexts, type Pool } from './message-texts.js';
import { readSiblings, siblingPlaces, type Siblings } from './siblings.js';

export interface MessagePage {
  readonly branch: BranchId;
  readonly messages: readonly MessageText[];
  readonly has_more: boolean;
}

export interface PageWithSiblings extends MessagePage {
  readonly siblings: readonly Siblings[];
}

export interface PageQuery {
  readonly branch?: BranchId;
  readonly before?: MessageId;
  readonly after?: MessageId;
  readonly limit: number;
}

export interface Batch {
  readonly messages: readonly MessageText[];
  readonly requested_count: number;
  readonly missing: readonly MessageId[];
}

export interface Changes {
  readonly messages: readonly MessageText[];
  readonly deleted: readonly MessageId[];
  readonly revision: number;
  readonly has_more: boolean;
}

interface Cursor extends Pool {
  readonly revision: number;
  readonly active_branch: BranchId;
}

/** Where a message is: its depth on the line, or its revision. */
interface Place {
  readonly id: MessageId;
  readonly at: number;
}

/** Messages that fit into one answer. */
interface Fitting {
  readonly messages: readonly MessageText[];
  /** Where the last of them is, or was; undefined when there was none. */
  readonly last: number | undefined;
  /** None was left out for its size. */
  readonly isWhole: boolean;
}

interface ReadPage {
  readonly page: MessagePage;
  readonly tree: BranchTree;
  /** The depths that the page covers. */
  readonly from: number;
  readonly to: number;
}

/** Places in one row: a row for each would cost more than finding them. Null for none. */
interface JoinedPlaces {
  readonly places: string | null;
}

/**
 * Reads a context's pool. Every query is a search of one index range; the cursor is read before the rows. Which
 * messages are asked for comes out of an index alone, and only then those that are not at hand are read.
 */
@Injectable()
export class MessagesPull {
  constructor(
    private readonly storage: Storage,
    private readonly texts: MessageTexts,
  ) {}

  async one(contextId: ContextId, owner: Owner, id: MessageId): Promise<MessageText> {
    const pool = await this.cursor(contextId, owner);
    const [message] = await this.texts.whole(pool, await this.texts.find(pool, [id]));
    if (!message) throw messageNotFound(id);
    return message;
  }

  /** The messages asked for, in the order asked; a repeated id counts once. `limit_exceeded` for too much at once. */
  async batch(contextId: ContextId, owner: Owner, ids: readonly MessageId[]): Promise<Batch> {
    const pool = await this.cursor(contextId, owner);
    const wanted = [...new Set(ids)];
    const found = await this.texts.find(pool, wanted);
    if (fitting(found).length < found.length) throw tooMuch();
    const messages = await this.texts.whole(pool, found);
    const there = new Set(messages.map(({ id }) => id));
    const missing = there.size === wanted.length ? [] : wanted.filter((id) => !there.has(id));
    return { messages, requested_count: wanted.length, missing };
  }

  /**
   * What changed after revision `since`, oldest change first. `revision` is the cursor to come back with: the
   * context's own, or the last message's when there is more. `cursor_ahead` when `since` has not been reached yet.
   */
  async changes(contextId: ContextId, owner: Owner, since: number, limit: number): Promise<Changes> {
    const pool = await this.cursor(contextId, owner);
    const { revision } = pool;
    if (since > revision)
      throw new DomainError('cursor_ahead', `The context is at revision ${revision}, before ${since}.`, {
        revision,
      });
    const places = await this.places(
      `SELECT id, revision AS at FROM messages WHERE context_id = ? AND revision > ? ORDER BY revision LIMIT ?`,
      ...[contextId, since, limit + 1],
    );
    const removed = await this.removed(pool, since, limit + 1);
    const page = firstOf(places, removed, limit);
    const read = await this.fitting(pool, page.messages);
    // Where this page ends: before what did not fit into it any more, or after all that is in it.
    const end = (read.isWhole ? page.last : read.last) ?? since;
    const at = new Map(page.messages.map((place) => [place.id, place.at]));
    // One that has changed again since its place was read comes at its new place, which is past this page's cursor.
    const messages = read.messages.filter((message) => message.revision === at.get(message.id));
    const deleted = page.removed.filter((one) => one.at <= end).map(({ id }) => id);
    measurePull('revision', messages.length + deleted.length > 0);
    const hasMore = page.hasMore || !read.isWhole || messages.length < page.messages.length;
    // A message may have been committed since the cursor was read: then it is both in this answer and past no cursor.
    return { messages, deleted, revision: hasMore ? end : Math.max(revision, end), has_more: hasMore };
  }

  /** A page of a branch, oldest first: the newest messages, or those next to `before` or `after`. */
  async page(contextId: ContextId, owner: Owner, query: PageQuery): Promise<MessagePage> {
    return (await this.readPage(contextId, owner, query)).page;
  }

  /** The same, with the alternatives to its messages that there are on other branches. */
  async pageWithSiblings(contextId: ContextId, owner: Owner, query: PageQuery): Promise<PageWithSiblings> {
    const { page, tree, from, to } = await this.readPage(contextId, owner, query);
    const places = siblingPlaces(tree, page.branch, { from, to });
    return { ...page, siblings: await readSiblings(this.storage.reads, contextId, page.branch, places) };
  }

  /** The first messages of a branch. */
  async first(pool: Pool, branch: BranchId, limit: number): Promise<Message[]> {
    const line = await readLine(this.storage.reads, pool.id, branch);
    const { messages } = await this.fitting(pool, await this.range(pool.id, line, 1, limit));
    return messages.map(readMessage);
  }

  private async readPage(contextId: ContextId, owner: Owner, query: PageQuery): Promise<ReadPage> {
    const pool = await this.cursor(contextId, owner);
    const branch = query.branch ?? pool.active_branch;
    const tree = await readTree(this.storage.reads, contextId);
    const line = tree.line(branch);
    if (line.length === 0) throw branchNotFound(branch);
    const end = lengthOf(line);
    const to = query.before ? (await this.depthOn(line, contextId, query.before)) - 1 : end;
    if (query.after) {
      const from = (await this.depthOn(line, contextId, query.after)) + 1;
      const next = await this.range(contextId, line, from, Math.min(end, from + query.limit - 1));
      const { messages, last = end } = await this.fitting(pool, next);
      return { page: { branch, messages, has_more: last < end }, tree, from, to: last };
    }
    const from = Math.max(1, to - query.limit + 1);
    const newest = (await this.range(contextId, line, from, to)).reverse();
    const { messages, last = 1 } = await this.fitting(pool, newest);
    return { page: { branch, messages: [...messages].reverse(), has_more: last > 1 }, tree, from: last, to };
  }

  /** What left the pool after a revision. From a pool with its first epoch nothing has; at the beginning nobody has any. */
  private async removed({ id, pool_epoch }: Pool, since: number, limit: number): Promise<Place[]> {
    if (pool_epoch === 0 || since === 0) return [];
    return this.places(
      `SELECT id, revision AS at FROM removed_messages
       WHERE context_id = ? AND revision > ? ORDER BY revision LIMIT ?`,
      ...[id, since, limit],
    );
  }

  /** The messages at these places, from the first, as many as fit into one answer; without those that have just left. */
  private async fitting(pool: Pool, places: readonly Place[]): Promise<Fitting> {
    const found = await this.texts.find(
      pool,
      places.map(({ id }) => id),
    );
    const some = fitting(found);
    const isWhole = some.length === found.length;
    const end = isWhole ? places.length : places.findIndex(({ id }) => id === found[some.length]?.id);
    return { messages: await this.texts.whole(pool, some), last: places[end - 1]?.at, isWhole };
  }

  private async range(
    contextId: ContextId,
    line: readonly Segment[],
    from: number,
    to: number,
  ): Promise<Place[]> {
    const found: Place[] = [];
    for (const part of cut(line, from, to)) {
      const places = await this.places(
        `SELECT id, depth AS at FROM messages
         WHERE context_id = ? AND branch = ? AND depth BETWEEN ? AND ? ORDER BY depth`,
        ...[contextId, part.branch, part.from, part.to],
      );
      for (const { id, at } of places) found.push({ id, at: part.at + at - part.from });
    }
    return found;
  }

  private async places(sql: string, ...params: readonly SqlValue[]): Promise<Place[]> {
    const joined = await this.storage.reads.get<JoinedPlaces>(
      `SELECT string_agg(concat(id, ' ', at), ',') AS places FROM (${sql}) AS pulled`,
      ...params,
    );
    return joined?.places?.split(',').map(readPlace) ?? [];
  }

  private async depthOn(line: readonly Segment[], contextId: ContextId, id: MessageId): Promise<number> {
    const place = await this.storage.reads.get<StoredPlace>(
      `SELECT branch, depth FROM messages WHERE context_id = ? AND id = ?`,
      ...[contextId, id],
    );
    const depth = place && depthOn(line, place);
    if (depth === undefined) throw messageNotFound(id);
    return depth;
  }

  private async cursor(contextId: ContextId, owner: Owner): Promise<Cursor> {
    const sql = `SELECT id, pool_epoch, revision, active_branch FROM contexts WHERE id = ? AND owner = ?`;
    const cursor = await this.storage.reads.get<Cursor>(sql, contextId, owner);
    if (!cursor) throw contextNotFound(contextId);
    return cursor;
  }
}

/** The first `limit` of what changed and what left, by their revisions: no two share one. Pure. */
function firstOf(places: readonly Place[], removed: readonly Place[], limit: number): FirstChanges {
  const all = [...places, ...removed].map(({ at }) => at).sort((a, b) => a - b);
  const last = all.slice(0, limit).at(-1);
  const upto = (place: Place): boolean => last !== undefined && place.at <= last;
  return { messages: places.filter(upto), removed: removed.filter(upto), last, hasMore: all.length > limit };
}

interface FirstChanges {
  readonly messages: readonly Place[];
  readonly removed: readonly Place[];
  readonly last: number | undefined;
  readonly hasMore: boolean;
}

function readPlace(text: string): Place {
  const [id = '', at] = text.split(' ');
  return { id: id as MessageId, at: Number(at) };
}

const tooMuch = (): DomainError =>
  new DomainError(
    'limit_exceeded',
    'These messages are larger together than one answer may be; ask for fewer.',
  );
