import type { Owner } from '../kernel/ids.js';
import type { Signal, StreamNotice } from './signals.js';

/**
 * How a stream names its events. `revision` when it follows one context, so that `Last-Event-ID` is a cursor of it;
 * `opaque` when it follows several, where no one number could be.
 */
export type EventIds = 'revision' | 'opaque';

/** A frame stays below 1 KB; this leaves room for the longest id line. */
const maxBodyBytes = 1024 - 64;

/** A committed signal on its way to its owner's subscribers, who share it and the text it is sent as. */
export class Announcement {
  private body: string | undefined;
  /** The last frame made: the subscribers of one signal nearly always name their events alike. */
  private made: { readonly ids: EventIds; readonly frame: string } | undefined;

  constructor(
    readonly owner: Owner,
    readonly signal: Signal,
  ) {}

  /** The SSE event, `id` line first. A string, as the id and the shared body then go out in a single write. */
  frame(ids: EventIds): string {
    if (this.made?.ids === ids) return this.made.frame;
    this.body ??= encodeSignal(this.signal);
    const frame = idLine(this.signal, ids) + this.body;
    this.made = { ids, frame };
    return frame;
  }
}

/** The SSE event of a signal that only one stream sends. */
export const frameOf = (signal: Signal, ids: EventIds): string => idLine(signal, ids) + encodeSignal(signal);

/** Without an `id`, which would become the client's `Last-Event-ID` (WHATWG HTML §9.2.6). */
export const noticeFrame = (notice: StreamNotice): string => bodyOf(notice);

const idLine = (signal: Signal, ids: EventIds): string =>
  ids === 'revision'
    ? `id: ${signal.revision}\n`
    : `id: ${signal.context_id ?? 'session'}:${signal.revision}\n`;

/** A signal says *that*, never *what*: one too large to be a hint becomes the hint to pull everything. */
function encodeSignal(signal: Signal): string {
  const body = bodyOf(signal);
  if (Buffer.byteLength(body) <= maxBodyBytes) return body;
  const { context_id, revision, timestamp } = signal;
  const about = context_id === undefined ? {} : { context_id, revision };
  return bodyOf({ type: 'resync', reason: 'signal_too_large', ...about, timestamp });
}

/** JSON text has no line breaks of its own, so that one `data` line always holds it. */
const bodyOf = (signal: Signal | StreamNotice): string =>
  `event: signal\ndata: ${JSON.stringify(signal)}\n\n`;
