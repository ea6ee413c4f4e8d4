import { Injectable } from '@nestjs/common';
import { Conversations } from '../../exchanges/conversations/conversations.service.js';
import type { Conversation, Item, NewItem } from '../../exchanges/exchange-kinds.js';
import { DomainError } from '../../kernel/domain-error.js';
import type { ContextId, MessageId, Owner } from '../../kernel/ids.js';
import type { RequestKey } from '../../kernel/request-key.js';
import type { Json } from '../dialects/codec.js';
import { groupItems } from '../dialects/responses/convert-items.js';
import { fromWireId, placeOfItem } from '../dialects/responses/item-ids-format.js';
import { WireField } from '../dialects/wire-field.js';
import { listOf, type ListQuery } from './list-page.js';
import { mapToInputItems, messageHexOf } from './map-to-input-items.js';
import { responseIdOf, StoredResponses } from './stored-responses.js';

/**
 * The items of a conversation. A message of the pool is one or several: what a model wrote in one go is one message there.
 * What a response answered is shown as the response has it, under the same ids.
 */
@Injectable()
export class ConversationItems {
  constructor(
    private readonly conversations: Conversations,
    private readonly responses: StoredResponses,
  ) {}

  /** `context_not_found`; `invalid_request` for an `after` that is no item of it. */
  async list(owner: Owner, id: ContextId, { limit, isDescending, after }: ListQuery): Promise<Json> {
    const order = isDescending ? 'desc' : 'asc';
    const known = after === undefined ? undefined : await this.known(owner, id, after);
    const page = await this.conversations.list(owner, id, {
      order,
      limit,
      ...(known && { after: known.id }),
    });
    const messages = await Promise.all(page.items.map((item) => this.show(owner, item)));
    const [rest, ...others] = [known?.items ?? [], ...messages].map((items) =>
      isDescending ? items.toReversed() : items,
    );
    const begun = (rest ?? []).findIndex((item) => item['id'] === after) + 1;
    const data = [...(rest ?? []).slice(begun), ...others.flat()];
    return listOf(data.slice(0, limit), page.has_more || data.length > limit);
  }

  /** `context_not_found`; `message_not_found`. */
  async find(owner: Owner, id: ContextId, itemId: string): Promise<Json> {
    const { items } = await this.message(owner, id, itemId);
    const item = items.find((one) => one['id'] === itemId);
    if (!item) throw itemNotFound(itemId);
    return item;
  }

  /** What `Conversations.add` throws; `invalid_request`. */
  async add(owner: Owner, id: ContextId, items: WireField, key?: RequestKey): Promise<Json> {
    const added = await this.conversations.add(owner, id, toNewItems(items), key);
    return listOf(added.flatMap(mapToInputItems), false);
  }

  /** With all that is one message with it. What `Conversations.remove` throws. */
  async remove(owner: Owner, id: ContextId, itemId: string): Promise<Conversation> {
    await this.find(owner, id, itemId);
    const message = await this.message(owner, id, itemId);
    return this.conversations.remove(owner, id, message.id);
  }

  private async known(owner: Owner, id: ContextId, after: string): Promise<Shown> {
    try {
      await this.find(owner, id, after);
      return await this.message(owner, id, after);
    } catch (error) {
      if (!(error instanceof DomainError) || error.code !== 'message_not_found') throw error;
      const message = 'is the id of no item in this list';
      throw new DomainError('invalid_request', `after ${message}.`, { errors: [{ path: 'after', message }] });
    }
  }

  private async message(owner: Owner, id: ContextId, itemId: string): Promise<Shown> {
    const messageId = await this.messageIdOf(owner, itemId);
    const item = await this.conversations.item(owner, id, messageId);
    return { id: item.id, items: await this.show(owner, item) };
  }

  private async messageIdOf(owner: Owner, itemId: string): Promise<MessageId> {
    const hex = messageHexOf(itemId);
    const own = hex === undefined ? undefined : fromWireId<MessageId>('x', `x_${hex}`);
    if (own !== undefined) return own;
    const place = placeOfItem(itemId);
    if (!place) throw itemNotFound(itemId);
    try {
      return (await this.responses.find(owner, place.response_id)).message_id;
    } catch (error) {
      throw error instanceof DomainError && error.code === 'run_not_found' ? itemNotFound(itemId) : error;
    }
  }

  private async show(owner: Owner, item: Item): Promise<readonly Json[]> {
    if (!item.is_output || item.exchange_id === null) return mapToInputItems(item);
    return this.responses.output(owner, responseIdOf(item.exchange_id));
  }
}

/** A message of the pool as items, the oldest first. */
interface Shown {
  readonly id: MessageId;
  readonly items: readonly Json[];
}

/** Items as a conversation takes them. */
export const toNewItems = (items: WireField): readonly NewItem[] =>
  groupItems(items, true).map((group) => ({ prompt: group.prompt, raw: { items: group.items } }));

const itemNotFound = (id: string): DomainError =>
  new DomainError('message_not_found', `There is no item ${id.slice(0, 100)} in this conversation.`);
