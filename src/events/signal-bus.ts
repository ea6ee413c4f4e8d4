import { Injectable, Logger, type OnModuleDestroy } from '@nestjs/common';
import type { ContextId, Owner } from '../kernel/ids.js';
import { Announcement } from './announcement.js';
import { DeltaMerger } from './delta-merger.js';
import { EventLimits } from './event-limits.js';
import { signalsPublished } from './signal-metrics.js';
import type { Signal } from './signals.js';
import { Topics, type Listener, type Unsubscribe } from './topics.js';

/**
 * From whoever committed to whoever listens. Nothing but this class knows how a signal gets from one to the other.
 *
 * - Only what is committed is published, and `storage.commit` alone publishes, in the order of the commits.
 * - `publish` never throws and never waits: a listener takes note and returns, and one that throws is logged.
 * - A listener hears the signals of one context in their order, though not all of them: content_deltas are merged.
 * - Nothing is kept: who subscribes later hears what is published later, and finds the rest by a pull.
 * - It owns timers only while something is streaming; the end of the module publishes what they held.
 */
@Injectable()
export class SignalBus implements OnModuleDestroy {
  private readonly logger = new Logger(SignalBus.name);
  private readonly contexts = new Topics<ContextId>((error, announcement) => this.log(error, announcement));
  private readonly owners = new Topics<Owner>((error, announcement) => this.log(error, announcement));
  private readonly merger: DeltaMerger;

  constructor(limits: EventLimits) {
    this.merger = new DeltaMerger(limits.signalMergeMs, (owner, signal) => this.deliver(owner, signal));
  }

  /** Subscriptions that have not ended, of both sorts. */
  get subscriberCount(): number {
    return this.contexts.subscriberCount + this.owners.subscriberCount;
  }

  publish(owner: Owner, signal: Signal): void {
    this.merger.take(owner, signal);
  }

  /** Hears the signals of one context, until the answer is called. */
  subscribeContext(contextId: ContextId, listener: Listener): Unsubscribe {
    return this.contexts.subscribe(contextId, listener);
  }

  /** Hears the signals of every context of one owner, also of those made later, until the answer is called. */
  subscribeOwner(owner: Owner, listener: Listener): Unsubscribe {
    return this.owners.subscribe(owner, listener);
  }

  onModuleDestroy(): void {
    this.merger.flush();
  }

  private deliver(owner: Owner, signal: Signal): void {
    const { context_id } = signal;
    signalsPublished.of(signal.type).add();
    const isFollowed = context_id !== undefined && this.contexts.has(context_id);
    if (!isFollowed && !this.owners.has(owner)) return;
    const announcement = new Announcement(owner, signal);
    if (isFollowed) this.contexts.publish(context_id, announcement);
    this.owners.publish(owner, announcement);
  }

  private log(error: unknown, { signal }: Announcement): void {
    const about = signal.context_id === undefined ? 'everything' : `context ${signal.context_id}`;
    const cause = error instanceof Error ? error.stack : String(error);
    this.logger.error(`A subscriber of ${about} failed on ${signal.type}`, cause);
  }
}
