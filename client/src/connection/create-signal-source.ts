import type { Settings } from '../settings.js';
import { openOwnStream } from './own-stream.js';
import { SharedStream } from './shared-stream.js';
import type { SignalSource } from './signal-source.js';
import { StreamSource } from './stream-source.js';

/** The signals of everything that the caller may see. Nothing is opened before somebody listens. */
export const createSignalSource = (settings: Settings): SignalSource =>
  new StreamSource((events) =>
    settings.shareConnection && canShare()
      ? new SharedStream(settings, events)
      : openOwnStream(settings, events),
  );

/** Pages and workers of one origin can share, where the origin is one to trust. Node has channels, but no origin. */
const canShare = (): boolean =>
  typeof location !== 'undefined' &&
  typeof BroadcastChannel === 'function' &&
  typeof crypto?.subtle?.digest === 'function' &&
  navigator.locks !== undefined;
