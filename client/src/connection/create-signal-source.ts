import type { Settings } from '../settings.js';
import type { SignalSource } from './signal-source.js';
import { SseSource } from './sse-source.js';

/** The signals of everything that the caller may see. Nothing is opened before somebody listens. */
export const createSignalSource = (settings: Settings): SignalSource => new SseSource(settings);
