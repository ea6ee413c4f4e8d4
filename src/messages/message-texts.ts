import { Injectable } from '@nestjs/common';
import { Settings } from '../config/settings.js';
import { TextCache } from '../http/text-cache.js';
import type { ContextId, MessageId } from '../kernel/ids.js';
import { Storage } from '../storage/storage.js';
import { inList, isSome } from '../storage/in-list.js';
import {
  readText,
  smallTextColumns,
  textColumns,
  type FoundMessage,
  type MessageText,
  type TextRow,
} from './message-row.js';

/** A context's messages, as they are known to be those of one epoch. */
export interface Pool {
  readonly id: ContextId;
  readonly pool_epoch: number;
}

/** Bytes of the bodies in one answer: a page ends before it is larger, but is never empty because of that. */
const maxPageBytes = 16 * 1024 * 1024;

/**
 * Reads messages by their ids. Those that were pulled lately are kept once they are final: whoever follows a context
 * pulls the same ones. A final message never changes, and when one leaves its pool the pool's epoch moves, so a kept one
 * stays right on every node for as long as its pool is of that epoch. That, and whose it is, the caller has to have read
 * beforehand.
 */
@Injectable()
export class MessageTexts {
  private readonly kept: TextCache<MessageText>;

  constructor(
    private readonly storage: Storage,
    { pullCacheBytes }: Settings,
  ) {
    this.kept = new TextCache(pullCacheBytes);
  }

  /** Those of `ids` that are messages of this context, in their order. */
  async find(pool: Pool, ids: readonly MessageId[]): Promise<FoundMessage[]> {
    const known = ids.map((id) => this.kept.get(keyOf(pool, id)));
    const unknown = ids.filter((_, index) => known[index] === undefined);
    const rows = await this.read(pool, unknown, smallTextColumns);
    return ids.flatMap((id, index) => known[index] ?? rows.get(id) ?? []);
  }

  /** Those of them that are still there, with their texts. */
  async whole(pool: Pool, found: readonly FoundMessage[]): Promise<MessageText[]> {
    const large = found.filter(({ text }) => text === null).map(({ id }) => id);
    const rows = await this.read(pool, large, textColumns);
    return found.map((message) => (message.text === null ? rows.get(message.id) : message)).filter(isWhole);
  }

  private async read(
    pool: Pool,
    ids: readonly MessageId[],
    columns: string,
  ): Promise<ReadonlyMap<MessageId, FoundMessage>> {
    const found = new Map<MessageId, FoundMessage>();
    if (!isSome(ids)) return found;
    const { marks, params } = inList(ids);
    const rows = await this.storage.reads.all<TextRow>(
      `SELECT ${columns} FROM messages WHERE context_id = ? AND id IN (${marks})`,
      ...[pool.id, ...params],
    );
    for (const row of rows) {
      const message = readText(row);
      found.set(message.id, message);
      if (isWhole(message) && message.status !== 'streaming') this.kept.set(keyOf(pool, message.id), message);
    }
    return found;
  }
}

/** The messages, from the first, whose bodies fit into one answer. Pure. */
export function fitting<Sized extends { readonly bytes: number }>(
  messages: readonly Sized[],
): readonly Sized[] {
  let bytes = 0;
  const end = messages.findIndex((message, index) => (bytes += message.bytes) > maxPageBytes && index > 0);
  return end < 0 ? messages : messages.slice(0, end);
}

const keyOf = ({ id: contextId, pool_epoch }: Pool, id: MessageId): string =>
  `${contextId}/${pool_epoch}/${id}`;

const isWhole = (message: FoundMessage | undefined): message is MessageText =>
  typeof message?.text === 'string';
