import type { Settings } from '../settings.js';
import { ReconnectingStream } from './reconnecting-stream.js';
import type { Connection, ConnectionEvents } from './stream-source.js';

/** A stream that nobody else hears of. */
export function openOwnStream(settings: Settings, events: ConnectionEvents): Connection {
  const stream = new ReconnectingStream(settings, {
    ...events,
    changed: (view) => events.changed({ ...view, isShared: false }),
    connected: () => events.connected(),
    signal: (signal) => events.signal(signal),
  });
  void stream.run();
  return stream;
}
