import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { BranchStore } from '../contexts/branch.store.js';
import { ContextStore } from '../contexts/context.store.js';
import { ContextsPull, type ContextAtGlance } from '../contexts/contexts.pull.js';
import { contextNotFound } from '../contexts/refusals.js';
import { DomainError } from '../kernel/domain-error.js';
import { isId, type ContextId, type Owner } from '../kernel/ids.js';
import { DeletedContextStore } from '../retention/deleted-context.store.js';
import { Storage } from '../storage/storage.js';
import type { Tx } from '../storage/tx.js';

/**
 * Which context a chat is. Pages make up the ids of their chats: one that is no context of theirs is a name, and stands for
 * the one context whose id is computed from it and from whose it is. So there is nothing to keep beside the contexts, a
 * chat is found again from any node and any device, and no name leads to what is somebody else's.
 */
@Injectable()
export class ChatContexts {
  constructor(
    private readonly storage: Storage,
    private readonly pull: ContextsPull,
    private readonly contexts: ContextStore,
    private readonly branches: BranchStore,
    private readonly deleted: DeletedContextStore,
  ) {}

  /** `context_not_found` before the first message of a chat. */
  async find(chatId: string, owner: Owner): Promise<ContextAtGlance> {
    const found = await this.look(chatId, owner);
    if (!found) throw contextNotFound(chatId);
    return found;
  }

  /** The context, made if there was none; `context_not_found` where it was deleted. */
  async open(chatId: string, owner: Owner): Promise<ContextAtGlance> {
    const found = await this.look(chatId, owner);
    if (found) return found;
    const id = contextIdOf(chatId, owner);
    try {
      await this.storage.commit('open_chat', (tx) => this.create(tx, id, chatId, owner));
    } catch (error) {
      // Somebody may have opened it at the same moment.
      const other = await this.look(chatId, owner);
      if (other) return other;
      throw error;
    }
    return this.pull.glance(id, owner);
  }

  private async create(tx: Tx, id: ContextId, chatId: string, owner: Owner): Promise<void> {
    if (await this.contexts.tryLock(tx, id)) return;
    for (const gone of isId(chatId) ? [id, chatId as ContextId] : [id])
      if ((await this.deleted.tryLock(tx, gone))?.owner === owner) throw contextNotFound(chatId);
    const created = await this.contexts.create(tx, owner, { id, config: {} });
    await this.branches.createMain(tx, created.id, created.created_at);
  }

  /** The context, if there is one. */
  async look(chatId: string, owner: Owner): Promise<ContextAtGlance | undefined> {
    const own = isId(chatId) ? await this.glance(chatId as ContextId, owner) : undefined;
    return own ?? this.glance(contextIdOf(chatId, owner), owner);
  }

  private async glance(id: ContextId, owner: Owner): Promise<ContextAtGlance | undefined> {
    try {
      return await this.pull.glance(id, owner);
    } catch (error) {
      if (error instanceof DomainError && error.code === 'context_not_found') return undefined;
      throw error;
    }
  }
}

/** A UUID of version 8 (RFC 9562 §5.8): the first bits of a digest, whichever node computes it. */
export function contextIdOf(chatId: string, owner: Owner): ContextId {
  const digest = createHash('sha256')
    .update(JSON.stringify(['chat', owner, chatId]))
    .digest('hex');
  const variant = ((parseInt(digest.slice(16, 17), 16) & 0x3) | 0x8).toString(16);
  const parts = [
    digest.slice(0, 8),
    digest.slice(8, 12),
    `8${digest.slice(13, 16)}`,
    `${variant}${digest.slice(17, 20)}`,
    digest.slice(20, 32),
  ];
  return parts.join('-') as ContextId;
}
