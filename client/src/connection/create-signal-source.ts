import type { Settings } from '../settings.js';
import { reconnectingStream } from './reconnecting-stream.js';
import { canShare, sharedStream } from './shared-stream.js';
import type { SignalSource } from './signal-source.js';
import { streamSource } from './stream-source.js';

/** The signals of everything that the caller may see. Nothing is opened before somebody listens. */
export const createSignalSource = (settings: Settings): SignalSource =>
  streamSource((events) =>
    settings.shareConnection && canShare()
      ? sharedStream(settings, events)
      : reconnectingStream(settings, events),
  );
