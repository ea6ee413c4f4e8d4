import { Injectable } from '@nestjs/common';
import { Settings } from '../config/settings.js';
import { ContextStore } from '../contexts/context.store.js';
import type { Context } from '../contexts/context-row.js';
import { illegalTransition } from '../contexts/refusals.js';
import { DomainError } from '../kernel/domain-error.js';
import type { ContextId, MessageId, Owner } from '../kernel/ids.js';
import { Storage } from '../storage/storage.js';
import type { Tx } from '../storage/tx.js';
import { messageNotFound } from './message-not-found.js';
import { PinStore } from './pin.store.js';

export interface PinAnswer {
  readonly context_id: ContextId;
  readonly message_id: MessageId;
  readonly is_pinned: boolean;
  readonly revision: number;
}

/** Pins messages and takes pins off. What is so already stays so, and is signalled no second time. */
@Injectable()
export class PinsService {
  constructor(
    private readonly storage: Storage,
    private readonly contexts: ContextStore,
    private readonly pins: PinStore,
    private readonly settings: Settings,
  ) {}

  /** `message_not_found`; `limit_exceeded` past the pins that a context may have. */
  pin(id: ContextId, owner: Owner, messageId: MessageId): Promise<PinAnswer> {
    return this.write('pin_message', id, owner, messageId, async (tx, context) => {
      if (!(await this.pins.isMessage(tx, context, messageId))) throw messageNotFound(messageId);
      if (await this.pins.isPinned(tx, context, messageId)) return context;
      if ((await this.pins.count(tx, context)) >= this.settings.maxPins) throw this.tooMany();
      await this.pins.add(tx, context, messageId);
      return this.contexts.changed(tx, context, ['pinned']);
    });
  }

  unpin(id: ContextId, owner: Owner, messageId: MessageId): Promise<PinAnswer> {
    return this.write('unpin_message', id, owner, messageId, async (tx, context) => {
      if (!(await this.pins.isPinned(tx, context, messageId))) return context;
      await this.pins.remove(tx, context, messageId);
      return this.contexts.changed(tx, context, ['pinned']);
    });
  }

  private write(
    name: string,
    id: ContextId,
    owner: Owner,
    messageId: MessageId,
    work: (tx: Tx, context: Context) => Promise<Context>,
  ): Promise<PinAnswer> {
    return this.storage.commit(name, async (tx) => {
      const context = await this.contexts.lock(tx, id, owner);
      if (context.state.type === 'archived') throw illegalTransition(context, 'a change');
      const { revision } = await work(tx, context);
      return { context_id: id, message_id: messageId, is_pinned: name === 'pin_message', revision };
    });
  }

  private tooMany(): DomainError {
    const { maxPins } = this.settings;
    return new DomainError(
      'limit_exceeded',
      `A context may have ${maxPins} pinned messages; unpin one first.`,
    );
  }
}
