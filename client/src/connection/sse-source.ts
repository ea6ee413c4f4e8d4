import { LiveValue } from '../live-value.js';
import type { Settings } from '../settings.js';
import type { ConnectionView } from '../views.js';
import { Listeners } from './listeners.js';
import { ReconnectingStream } from './reconnecting-stream.js';
import type { SignalListener, SignalSource } from './signal-source.js';

export const idle: ConnectionView = { status: 'idle', failures: 0, isShared: false };

/** A stream of one's own. */
export class SseSource implements SignalSource {
  readonly view = new LiveValue(idle);
  private readonly listeners = new Listeners({
    begin: () => this.begin(),
    end: () => this.end(),
    isLive: () => this.view.getView().status === 'live',
  });
  private stream: ReconnectingStream | undefined;
  private isClosed = false;

  constructor(private readonly settings: Settings) {}

  listen(listener: SignalListener): () => void {
    return this.listeners.add(listener);
  }

  retryNow(): void {
    this.stream?.retryNow();
  }

  close(): void {
    this.isClosed = true;
    this.listeners.clear();
  }

  private begin(): void {
    if (this.isClosed) return;
    this.stream = new ReconnectingStream(this.settings, {
      changed: (view) => this.view.set({ ...view, isShared: false }),
      connected: () => this.listeners.connected(),
      signal: (signal) => this.listeners.signal(signal),
    });
    void this.stream.run();
  }

  private end(): void {
    this.stream?.end();
    this.stream = undefined;
    this.view.set(idle);
  }
}
