import { Injectable } from '@nestjs/common';
import { contextNotFound } from '../../contexts/refusals.js';
import type { BranchId, ContextId, MessageId, Owner } from '../../kernel/ids.js';
import type { Message } from '../../messages/message-kinds.js';
import { inBatches } from '../../messages/in-batches.js';
import { messageNotFound } from '../../messages/message-not-found.js';
import { readMessage } from '../../messages/message-row.js';
import { MessagesPull } from '../../messages/messages.pull.js';
import type { PromptMessage } from '../../providers/language-model.js';
import { Storage } from '../../storage/storage.js';
import type { Conversation, Item, ItemPage, ItemQuery, KeptJson } from '../exchange-kinds.js';
import { ItemsPull } from '../items/items.pull.js';
import { mapItemPrompt } from './map-item-prompt.js';

/** Messages that are read at a time. */
const page = 100;

interface Found {
  readonly id: ContextId;
  readonly pool_epoch: number;
  readonly active_branch: BranchId;
  readonly created_at: number;
  readonly metadata: string | null;
}

interface ReadMessages {
  readonly messages: readonly Message[];
  readonly has_more: boolean;
}

/** Reads contexts as conversations: the items of their active branches. */
@Injectable()
export class ConversationsPull {
  constructor(
    private readonly storage: Storage,
    private readonly messages: MessagesPull,
    private readonly items: ItemsPull,
  ) {}

  /** `context_not_found`. */
  async one(id: ContextId, owner: Owner): Promise<Conversation> {
    const { metadata, created_at } = await this.find(id, owner);
    return { id, metadata: JSON.parse(metadata ?? '{}') as KeptJson, created_at };
  }

  /** `context_not_found`; `message_not_found` when `after` is no item of it. */
  async list(id: ContextId, owner: Owner, { order, after, limit }: ItemQuery): Promise<ItemPage> {
    const found = await this.find(id, owner);
    const items: Item[] = [];
    let last = after;
    for (let isMore = true; isMore && items.length <= limit;) {
      const read = await (order === 'asc' ? this.newer(found, owner, last) : this.older(found, owner, last));
      items.push(...(await this.toItems(id, read.messages)));
      last = read.messages.at(-1)?.id;
      isMore = read.has_more && last !== undefined;
    }
    return { items: items.slice(0, limit), has_more: items.length > limit };
  }

  /** `context_not_found`, `message_not_found` also for a message that is no item of the conversation. */
  async item(id: ContextId, owner: Owner, itemId: MessageId): Promise<Item> {
    // Only what stands on the active branch has something behind it there, be it nothing.
    await this.messages.page(id, owner, { after: itemId, limit: 1 });
    const message = readMessage(await this.messages.one(id, owner, itemId));
    const [item] = await this.toItems(id, [message]);
    if (!item) throw messageNotFound(itemId);
    return item;
  }

  /** Those of these messages that are items, in the order of `ids`. */
  async these(id: ContextId, owner: Owner, ids: readonly MessageId[]): Promise<readonly Item[]> {
    const items: Item[] = [];
    for (const some of inBatches(ids)) {
      const found = await this.messages.batch(id, owner, some);
      items.push(...(await this.toItems(id, found.messages.map(readMessage))));
    }
    return items;
  }

  /** Those of the messages that are items, in their order. What is still being written is none yet. */
  private async toItems(contextId: ContextId, messages: readonly Message[]): Promise<readonly Item[]> {
    const rows = await this.items.of(
      contextId,
      messages.map(({ id }) => id),
    );
    const byId = new Map(rows.map((row) => [row.message_id, row]));
    return messages.flatMap((message) => {
      if (message.status === 'streaming') return [];
      const row = byId.get(message.id);
      const told = row?.prompt ?? null;
      const prompt = told === null ? mapItemPrompt(message) : (JSON.parse(told) as PromptMessage | null);
      if (!prompt) return [];
      const raw = row?.raw ?? null;
      return {
        id: message.id,
        prompt,
        ...(raw !== null && { raw: JSON.parse(raw) as KeptJson }),
        exchange_id: row?.run_id ?? null,
        is_output: row?.is_output === 1,
        created_at: Date.parse(message.created_at),
      };
    });
  }

  private async newer(found: Found, owner: Owner, after: MessageId | undefined): Promise<ReadMessages> {
    const { id, active_branch: branch } = found;
    if (after === undefined) {
      const messages = await this.messages.first(found, branch, page);
      return { messages, has_more: messages.length > 0 };
    }
    const read = await this.messages.page(id, owner, { branch, after, limit: page });
    return { messages: read.messages.map(readMessage), has_more: read.has_more };
  }

  private async older(found: Found, owner: Owner, before: MessageId | undefined): Promise<ReadMessages> {
    const { id, active_branch: branch } = found;
    const read = await this.messages.page(id, owner, { branch, ...(before && { before }), limit: page });
    return { messages: read.messages.map(readMessage).reverse(), has_more: read.has_more };
  }

  private async find(id: ContextId, owner: Owner): Promise<Found> {
    const found = await this.storage.reads.get<Found>(
      `SELECT c.id, c.pool_epoch, c.active_branch, c.created_at, v.metadata
       FROM contexts c LEFT JOIN conversations v ON v.context_id = c.id WHERE c.id = ? AND c.owner = ?`,
      ...[id, owner],
    );
    if (!found) throw contextNotFound(id);
    return found;
  }
}
