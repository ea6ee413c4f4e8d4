import type { ContextId, Owner } from '../kernel/ids.js';
import { signalsMerged } from './signal-metrics.js';
import { deltaKey, mergeKey, replaces, type ContextSignal, type Signal } from './signals.js';

const mergedAtCommit = signalsMerged.of('commit');

/** The time after a mergeable signal went out, in which the next ones of its key are held and only the newest kept. */
interface Window {
  readonly owner: Owner;
  readonly timer: NodeJS.Timeout;
  held: Signal | undefined;
}

/**
 * Between commit and bus: the first signal of a merge key at once, then at most one per `mergeMs`, the newest, and
 * the last at once.
 *
 * - What is published of a context keeps the order of its commits: any other signal of the context first pushes its
 *   held ones out. So a message's last content_delta comes before its message_completed, and revisions never go
 *   back. Only deltas of several messages may pass each other: between two other signals they share a revision.
 * - A held signal is published within `mergeMs`, by the next other signal, or by `flush`; it is dropped only for a
 *   newer one of its key, or because its context was deleted.
 * - A window closes when its time passes with nothing held, when its message is completed, when its context is
 *   deleted; so only what is streaming now is remembered.
 */
export class DeltaMerger {
  private readonly windows = new Map<ContextId, Map<string, Window>>();

  /** `publish` must not throw. */
  constructor(
    private readonly mergeMs: number,
    private readonly publish: (owner: Owner, signal: Signal) => void,
  ) {}

  /** True while no message is streaming: nothing is held or remembered. */
  get isIdle(): boolean {
    return this.windows.size === 0;
  }

  take(owner: Owner, signal: Signal): void {
    // Of no context: people change their sessions, models do not.
    if (signal.type === 'session_updated') return this.publish(owner, signal);
    const key = mergeKey(signal);
    if (key !== undefined && this.mergeMs > 0) return this.merge(key, owner, signal);
    if (signal.type === 'context_deleted') this.forget(signal.context_id);
    else this.pushOut(signal.context_id);
    if (signal.type === 'message_completed') this.close(signal.context_id, deltaKey(signal));
    this.publish(owner, signal);
  }

  /** Publishes everything that is held and stops every timer. */
  flush(): void {
    for (const contextId of [...this.windows.keys()]) {
      this.pushOut(contextId);
      this.forget(contextId);
    }
  }

  private merge(key: string, owner: Owner, signal: ContextSignal): void {
    const window = this.windows.get(signal.context_id)?.get(key);
    if (!window) {
      this.openWindow(key, owner, signal.context_id);
      this.publish(owner, signal);
      return;
    }
    // Of the two, one is not heard of: the one that is held, or the new one.
    if (window.held) mergedAtCommit.add();
    if (!window.held || replaces(signal, window.held)) window.held = signal;
  }

  private openWindow(key: string, owner: Owner, contextId: ContextId): void {
    const timer = setTimeout(() => this.endOfWindow(contextId, key), this.mergeMs);
    timer.unref();
    const windows = this.windows.get(contextId) ?? new Map<string, Window>();
    this.windows.set(contextId, windows.set(key, { owner, timer, held: undefined }));
  }

  private endOfWindow(contextId: ContextId, key: string): void {
    const window = this.windows.get(contextId)?.get(key);
    if (window?.held) this.publishHeld(window, window.held);
    else this.close(contextId, key);
  }

  private pushOut(contextId: ContextId): void {
    for (const window of this.windows.get(contextId)?.values() ?? [])
      if (window.held) this.publishHeld(window, window.held);
  }

  private publishHeld(window: Window, signal: Signal): void {
    window.held = undefined;
    window.timer.refresh();
    this.publish(window.owner, signal);
  }

  private close(contextId: ContextId, key: string): void {
    const windows = this.windows.get(contextId);
    clearTimeout(windows?.get(key)?.timer);
    windows?.delete(key);
    if (windows?.size === 0) this.windows.delete(contextId);
  }

  private forget(contextId: ContextId): void {
    for (const window of this.windows.get(contextId)?.values() ?? []) clearTimeout(window.timer);
    this.windows.delete(contextId);
  }
}
