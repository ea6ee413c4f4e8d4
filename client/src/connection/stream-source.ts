import { LiveValue, tellEach } from '../live-value.js';
import type { ConnectionView } from '../views.js';
import type { SignalListener, SignalSource } from './signal-source.js';

export interface ConnectionEvents extends SignalListener {
  changed(view: ConnectionView): void;
}

/** What brings signals from its beginning until `end`, after which it says nothing more. */
export interface Connection {
  retryNow(): void;
  end(): void;
}

const idle: ConnectionView = { status: 'idle', failures: 0, isShared: false };

/** A connection that is there as long as somebody listens. */
export function streamSource(open: (events: ConnectionEvents) => Connection): SignalSource {
  const view = new LiveValue(idle);
  const listeners = new Set<{ readonly listener: SignalListener }>();
  let connection: Connection | undefined;
  let isClosed = false;

  const tell = (call: (listener: SignalListener) => void): void =>
    tellEach(listeners, ({ listener }) => call(listener));
  const events: ConnectionEvents = {
    changed: (next) => view.set(next),
    connected: () => tell((listener) => listener.connected()),
    signal: (signal) => tell((listener) => listener.signal(signal)),
  };
  const end = (): void => {
    connection?.end();
    connection = undefined;
    view.set(idle);
  };

  return {
    view,
    listen(listener) {
      const entry = { listener };
      listeners.add(entry);
      if (!connection && !isClosed) connection = open(events);
      // Who comes later has missed the beginning; not at once, as the caller does not have what it needs to stop yet.
      else if (view.getView().status === 'live')
        queueMicrotask(() => listeners.has(entry) && listener.connected());
      return () => {
        if (listeners.delete(entry) && listeners.size === 0) end();
      };
    },
    retryNow: () => connection?.retryNow(),
    close() {
      isClosed = true;
      listeners.clear();
      end();
    },
  };
}
