import { Injectable, Logger, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { Settings } from '../config/settings.js';
import { Clock } from '../kernel/clock.js';
import type { ContextId } from '../kernel/ids.js';
import { Storage } from '../storage/storage.js';
import { retention } from './audit/audit-kinds.js';
import { AuditStore } from './audit/audit.store.js';
import { DeletedContextsPull } from './deleted-contexts.pull.js';
import { Expiry } from './expiry.js';
import { Purge } from './purge.js';

/** Contexts that are looked for at a time. */
const page = 100;

/**
 * Does at its time what nobody asks for: deletes contexts that have lived for long enough, purges deleted ones and
 * forgets old audit entries, at the start and every `retentionSweepMs`. It holds no state, and every unit looks for itself whether it is still to be done: nodes that
 * sweep at once only share the work.
 */
@Injectable()
export class RetentionSweeper implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly logger = new Logger('retention');
  private timer: NodeJS.Timeout | undefined;
  private working: Promise<void> = Promise.resolve();
  private isEnding = false;

  constructor(
    private readonly storage: Storage,
    private readonly expiry: Expiry,
    private readonly deleted: DeletedContextsPull,
    private readonly purge: Purge,
    private readonly audit: AuditStore,
    private readonly settings: Settings,
    private readonly clock: Clock,
  ) {}

  onApplicationBootstrap(): void {
    this.later(0);
  }

  async onModuleDestroy(): Promise<void> {
    this.isEnding = true;
    clearTimeout(this.timer);
    await this.working;
  }

  private later(ms: number): void {
    if (this.isEnding) return;
    this.timer = setTimeout(() => {
      this.working = this.sweep()
        .catch((error: unknown) =>
          this.logger.warn({
            err: error,
            msg: 'The sweep did not get to its end; the next one tries again.',
          }),
        )
        .finally(() => this.later(this.settings.retentionSweepMs));
    }, ms).unref();
  }

  private async sweep(): Promise<void> {
    await this.each(
      () => this.expiry.find(page),
      (id) => this.expiry.expire(id),
    );
    await this.each(
      () => this.deleted.due(this.clock.now(), page),
      (id) => this.purge.whole(id, retention, () => this.isEnding),
    );
    await this.forgetOldEntries();
  }

  private async forgetOldEntries(): Promise<void> {
    const before = this.clock.now() - this.settings.auditKeepMs;
    const limit = this.settings.purgeBatchRows;
    for (let forgotten = limit; forgotten === limit && !this.isEnding;)
      forgotten = await this.storage.commit('forget_audit', (tx) => this.audit.forget(tx, before, limit));
  }

  /** Page after page, as long as there are full ones of which something could be done. */
  private async each(
    find: () => Promise<ContextId[]>,
    work: (id: ContextId) => Promise<boolean>,
  ): Promise<void> {
    for (let isMore = true; isMore && !this.isEnding;) {
      const found = await find();
      let done = 0;
      for (const id of found) if (!this.isEnding && (await this.despite(id, work))) done++;
      isMore = found.length === page && done > 0;
    }
  }

  /** One that fails does not keep the others from their end; the next sweep tries it again. */
  private async despite(id: ContextId, work: (id: ContextId) => Promise<boolean>): Promise<boolean> {
    try {
      return await work(id);
    } catch (error) {
      this.logger.error({ err: error, context_id: id, msg: 'A context could not be removed.' });
      return false;
    }
  }
}
