import { Injectable } from '@nestjs/common';
import { ContextStore } from '../contexts/context.store.js';
import type { Context } from '../contexts/context-row.js';
import type { ContextId, Owner } from '../kernel/ids.js';
import type { RequestKey } from '../kernel/request-key.js';
import { Turns } from '../runs/turns.js';
import { Storage } from '../storage/storage.js';
import type { Tx } from '../storage/tx.js';
import { standing, type Standing } from './standing.js';

/** Makes a context read-only, and writable again. */
@Injectable()
export class ArchiveContextCommand {
  constructor(
    private readonly storage: Storage,
    private readonly contexts: ContextStore,
    private readonly turns: Turns,
  ) {}

  /**
   * Calls that wait for an approval are given up; messages in line behind them stay, unanswered. `illegal_transition` (409)
   * while a run is under way, and when it is archived already.
   */
  archive(id: ContextId, owner: Owner, key?: RequestKey): Promise<Standing> {
    return this.move('archive', id, owner, key, async (tx, context) => {
      const free = await this.turns.giveUpWaiting(tx, context);
      const kept = await this.turns.keepQueued(tx, free);
      return this.contexts.advance(tx, kept, { type: 'archive' });
    });
  }

  /** `illegal_transition` (409) when it is not archived. */
  restore(id: ContextId, owner: Owner, key?: RequestKey): Promise<Standing> {
    return this.move('restore', id, owner, key, async (tx, context) => {
      const found = await tx.get(`SELECT id FROM messages WHERE context_id = ? LIMIT 1`, id);
      return this.contexts.advance(tx, context, { type: 'restore', has_messages: found !== undefined });
    });
  }

  private move(
    name: string,
    id: ContextId,
    owner: Owner,
    key: RequestKey | undefined,
    to: (tx: Tx, context: Context) => Promise<Context>,
  ): Promise<Standing> {
    return this.storage.commitOnce(name, key, async (tx) =>
      standing(await to(tx, await this.contexts.lock(tx, id, owner))),
    );
  }
}
