import { Injectable } from '@nestjs/common';
import { Settings } from '../config/settings.js';
import { ContextStore } from '../contexts/context.store.js';
import { isUnderWay } from '../contexts/context-state.js';
import { Clock } from '../kernel/clock.js';
import type { ContextId } from '../kernel/ids.js';
import { Storage } from '../storage/storage.js';
import { retention } from './audit/audit-kinds.js';
import { Deletion } from './deletion.js';
import { ExpiredContextsPull } from './expired-contexts.pull.js';
import { expiresAt } from './ttl-policy.js';

/** Deletes contexts whose time to live is over, as if their owners had: they can come back for the time of grace. */
@Injectable()
export class Expiry {
  constructor(
    private readonly storage: Storage,
    private readonly contexts: ContextStore,
    private readonly deletion: Deletion,
    private readonly pull: ExpiredContextsPull,
    private readonly settings: Settings,
    private readonly clock: Clock,
  ) {}

  /** Some contexts whose time is over. */
  async find(limit: number): Promise<ContextId[]> {
    const now = this.clock.now();
    const { contextTtlMs } = this.settings;
    const own = await this.pull.byOwnTtl(now, limit);
    if (contextTtlMs === 0 || own.length === limit) return own;
    const unchanged = await this.pull.unchangedSince(now - contextTtlMs, limit - own.length);
    return [...new Set([...own, ...unchanged])];
  }

  /** False when it has changed since it was found, or has been deleted by another node. */
  async expire(id: ContextId): Promise<boolean> {
    const deleted = await this.storage.commit('expire_context', async (tx) => {
      const context = await this.contexts.tryLock(tx, id);
      if (!context || isUnderWay(context.state)) return undefined;
      const times = { deploymentMs: this.settings.contextTtlMs, contextMs: context.ttl_ms };
      const end = expiresAt(context.updated_at, times);
      if (end === undefined || end > this.clock.now()) return undefined;
      return this.deletion.delete(tx, context, { reason: 'expired', actor: retention });
    });
    if (deleted) this.deletion.committed(deleted);
    return deleted !== undefined;
  }
}
