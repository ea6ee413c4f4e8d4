import { Injectable } from '@nestjs/common';
import { Settings } from '../../config/settings.js';
import { BranchStore } from '../../contexts/branch.store.js';
import { ContextStore } from '../../contexts/context.store.js';
import type { Context } from '../../contexts/context-row.js';
import { refuseBusy } from '../../contexts/refusals.js';
import { DomainError } from '../../kernel/domain-error.js';
import type { ContextId, MessageId, Owner } from '../../kernel/ids.js';
import type { RequestKey } from '../../kernel/request-key.js';
import { Runner } from '../../runs/runner.js';
import { Turns } from '../../runs/turns.js';
import { Storage } from '../../storage/storage.js';
import type { Tx } from '../../storage/tx.js';
import type { Conversation, Item, ItemPage, ItemQuery, KeptJson, NewItem } from '../exchange-kinds.js';
import { ItemStore } from '../items/item.store.js';
import { ConversationStore } from './conversation.store.js';
import { ConversationsPull } from './conversations.pull.js';
import { ItemRemoval } from './item-removal.js';

interface NewConversation {
  readonly metadata?: KeptJson;
  readonly items?: readonly NewItem[];
}

/**
 * Contexts as conversations. Every context is one, whoever made it; its items are what its active branch has. Another
 * owner's does not exist.
 */
@Injectable()
export class Conversations {
  constructor(
    private readonly storage: Storage,
    private readonly contexts: ContextStore,
    private readonly branches: BranchStore,
    private readonly kept: ConversationStore,
    private readonly items: ItemStore,
    private readonly removal: ItemRemoval,
    private readonly turns: Turns,
    private readonly runner: Runner,
    private readonly pull: ConversationsPull,
    private readonly settings: Settings,
  ) {}

  /** `limit_exceeded` for too many items. */
  async create(
    owner: Owner,
    { metadata, items = [] }: NewConversation,
    key?: RequestKey,
  ): Promise<Conversation> {
    this.refuseMany(items);
    const id = await this.storage.commitOnce('create_conversation', key, async (tx) => {
      const created = await this.contexts.create(tx, owner, { config: {} });
      await this.branches.createMain(tx, created.id, created.created_at);
      if (metadata) await this.kept.keep(tx, created, metadata);
      if (items.length > 0) await this.addTo(tx, created, items);
      return created.id;
    });
    return this.pull.one(id, owner);
  }

  /** `context_not_found`. */
  get(owner: Owner, id: ContextId): Promise<Conversation> {
    return this.pull.one(id, owner);
  }

  /** `context_not_found`. */
  async keep(owner: Owner, id: ContextId, metadata: KeptJson): Promise<Conversation> {
    await this.storage.commit('keep_conversation', async (tx) => {
      await this.kept.keep(tx, await this.contexts.lock(tx, id, owner), metadata);
    });
    return this.pull.one(id, owner);
  }

  /** `context_not_found`; `message_not_found` when `after` is no item of it. */
  list(owner: Owner, id: ContextId, query: ItemQuery): Promise<ItemPage> {
    return this.pull.list(id, owner, query);
  }

  /** `context_not_found`, `message_not_found`. */
  item(owner: Owner, id: ContextId, itemId: MessageId): Promise<Item> {
    return this.pull.item(id, owner, itemId);
  }

  /**
   * Adds items at the end, and answers them. `context_not_found`; `context_busy` while a run is under way;
   * `illegal_transition` when it is archived; `limit_exceeded` for too many.
   */
  async add(
    owner: Owner,
    id: ContextId,
    items: readonly NewItem[],
    key?: RequestKey,
  ): Promise<readonly Item[]> {
    this.refuseMany(items);
    const ids = await this.storage.commitOnce('add_items', key, async (tx) => {
      const found = await this.contexts.lock(tx, id, owner);
      refuseBusy(found);
      return this.addTo(tx, await this.turns.giveUpWaiting(tx, found), items);
    });
    this.runner.wake();
    return this.pull.these(id, owner, ids);
  }

  /**
   * Takes an item out of the conversation; what stands behind it stays. `context_not_found`, `message_not_found`;
   * `context_busy`, `illegal_transition` as above.
   */
  async remove(owner: Owner, id: ContextId, itemId: MessageId): Promise<Conversation> {
    await this.removal.execute(owner, id, itemId);
    return this.pull.one(id, owner);
  }

  /** The context goes through the states in which a message is accepted, and rests. */
  private async addTo(tx: Tx, context: Context, items: readonly NewItem[]): Promise<readonly MessageId[]> {
    const accepted = this.contexts.pass(tx, context, { type: 'message_accepted' });
    const place = { branch: context.active_branch, runId: null };
    const { context: next, ids } = await this.items.add(tx, accepted, place, items);
    const recorded = await this.contexts.advance(tx, next, { type: 'message_recorded' });
    await this.turns.startNext(tx, recorded);
    return ids;
  }

  private refuseMany(items: readonly NewItem[]): void {
    const most = this.settings.exchangeMaxItems;
    if (items.length > most)
      throw new DomainError('limit_exceeded', `A call may add at most ${most} items to a conversation.`);
  }
}
