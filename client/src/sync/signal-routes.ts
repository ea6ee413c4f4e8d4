// Signals to those whom they concern. While no stream is there, everybody is woken now and then instead.
import type { SignalListener, SignalSource } from '../connection/signal-source.js';
import type { Signal } from '../generated/types.gen.js';
import { tellEach } from '../live-value.js';
import type { Activities } from '../activity.js';
import type { Patience } from '../calls/patience.js';

/** How often what is watched is pulled while there is no stream. An unchanged context is answered with 304. */
const pollMs = 2_000;

export interface Watcher extends SignalListener {
  /** There is no stream: pulls for itself what signals would have told. */
  poll(): void;
}

/** Any context. */
const all = '*';

export class SignalRoutes {
  private readonly watchers = new Map<string, Set<Watcher>>();
  private stop: (() => void) | undefined;

  constructor(
    private readonly source: SignalSource,
    private readonly patience: Patience,
    private readonly activities: Activities,
  ) {}

  get isLive(): boolean {
    return this.source.view.getView().status === 'live';
  }

  /** Hears what concerns one context, or all of them. */
  watch(contextId: string | undefined, watcher: Watcher): () => void {
    const key = contextId ?? all;
    const there = this.watchers.get(key) ?? new Set();
    this.watchers.set(key, there.add(watcher));
    this.stop ??= this.start();
    return () => {
      there.delete(watcher);
      if (there.size === 0 && this.watchers.get(key) === there) this.watchers.delete(key);
      if (this.watchers.size === 0) this.end();
    };
  }

  private end(): void {
    this.stop?.();
    this.stop = undefined;
  }

  private start(): () => void {
    const stopListening = this.source.listen({
      connected: () => {
        this.patience.hasten();
        this.tell(this.everybody(), (watcher) => watcher.connected());
      },
      signal: (signal) => this.route(signal),
    });
    const timer = setInterval(() => {
      if (!this.isLive) this.tell(this.everybody(), (watcher) => watcher.poll());
    }, pollMs);
    return () => {
      clearInterval(timer);
      stopListening();
    };
  }

  private route(signal: Signal): void {
    this.activities.tell({ type: 'signal', at: Date.now(), signal });
    const contextId = 'context_id' in signal ? signal.context_id : undefined;
    if (contextId !== undefined) this.tell(this.whom(contextId), (watcher) => watcher.signal(signal));
    else if (signal.type === 'resync') this.tell(this.everybody(), (watcher) => watcher.connected());
  }

  private everybody(): Watcher[] {
    return [...this.watchers.values()].flatMap((there) => [...there]);
  }

  private whom(contextId: string): Watcher[] {
    return [...(this.watchers.get(contextId) ?? []), ...(this.watchers.get(all) ?? [])];
  }

  private tell(watchers: readonly Watcher[], what: (watcher: Watcher) => void): void {
    tellEach(watchers, what);
  }
}
