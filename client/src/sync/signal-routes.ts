// Signals to those whom they concern. While no stream is there, everybody is woken now and then instead.
import type { Activities } from '../activity.js';
import type { Patience } from '../calls/patience.js';
import type { SignalListener, SignalSource } from '../connection/signal-source.js';
import type { Signal } from '../generated/types.gen.js';
import { tellEach } from '../live-value.js';

/** How often what is watched is pulled while there is no stream. An unchanged context is answered with 304. */
const pollMs = 2_000;

export interface Watcher extends SignalListener {
  /** There is no stream: pulls for itself what signals would have told. */
  poll(): void;
}

export interface SignalRoutes {
  isLive(): boolean;
  /** Hears what concerns one context, or without an id all of them. */
  watch(contextId: string | undefined, watcher: Watcher): () => void;
}

export function signalRoutes(source: SignalSource, patience: Patience, activities: Activities): SignalRoutes {
  const watchers = new Set<{ readonly id: string | undefined; readonly watcher: Watcher }>();
  let stop: (() => void) | undefined;

  const isLive = (): boolean => source.view.getView().status === 'live';
  const tell = (what: (watcher: Watcher) => void, contextId?: string): void =>
    tellEach(watchers, ({ id, watcher }) => {
      if (!contextId || !id || id === contextId) what(watcher);
    });
  const route = (signal: Signal): void => {
    activities.tell({ type: 'signal', at: Date.now(), signal });
    const contextId = 'context_id' in signal ? signal.context_id : undefined;
    if (contextId) tell((watcher) => watcher.signal(signal), contextId);
    else if (signal.type === 'resync') tell((watcher) => watcher.connected());
  };
  const start = (): (() => void) => {
    const stopListening = source.listen({
      connected() {
        patience.hasten();
        tell((watcher) => watcher.connected());
      },
      signal: route,
    });
    const timer = setInterval(() => {
      if (!isLive()) tell((watcher) => watcher.poll());
    }, pollMs);
    return () => {
      clearInterval(timer);
      stopListening();
    };
  };

  return {
    isLive,
    watch(id, watcher) {
      const entry = { id, watcher };
      watchers.add(entry);
      stop ??= start();
      return () => {
        watchers.delete(entry);
        if (watchers.size > 0) return;
        stop?.();
        stop = undefined;
      };
    },
  };
}
