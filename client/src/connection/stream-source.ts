import type { Signal } from '../generated/types.gen.js';
import { LiveValue } from '../live-value.js';
import type { ConnectionView } from '../views.js';
import { Listeners } from './listeners.js';
import type { SignalListener, SignalSource } from './signal-source.js';

export interface ConnectionEvents {
  changed(view: ConnectionView): void;
  connected(): void;
  signal(signal: Signal): void;
}

/** What brings signals from its beginning until `end`, after which it says nothing more. */
export interface Connection {
  retryNow(): void;
  end(): void;
}

const idle: ConnectionView = { status: 'idle', failures: 0, isShared: false };

/** A connection that is there as long as somebody listens. */
export class StreamSource implements SignalSource {
  readonly view = new LiveValue(idle);
  private readonly listeners = new Listeners({
    begin: () => this.begin(),
    end: () => this.end(),
    isLive: () => this.view.getView().status === 'live',
  });
  private connection: Connection | undefined;
  private isClosed = false;

  constructor(private readonly open: (events: ConnectionEvents) => Connection) {}

  listen(listener: SignalListener): () => void {
    return this.listeners.add(listener);
  }

  retryNow(): void {
    this.connection?.retryNow();
  }

  close(): void {
    this.isClosed = true;
    this.listeners.clear();
  }

  private begin(): void {
    if (this.isClosed) return;
    this.connection = this.open({
      changed: (view) => this.view.set(view),
      connected: () => this.listeners.connected(),
      signal: (signal) => this.listeners.signal(signal),
    });
  }

  private end(): void {
    this.connection?.end();
    this.connection = undefined;
    this.view.set(idle);
  }
}
