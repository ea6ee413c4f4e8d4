/** Where the time comes from, so that a test can set it. */
export abstract class Clock {
  /** Milliseconds since the Unix epoch. */
  abstract now(): number;
}

export class SystemClock extends Clock {
  now(): number {
    return Date.now();
  }
}

/** The last time that was written: what is committed together, and shown together, mostly has one time. */
let last = { ms: 0, text: new Date(0).toISOString() };

/** A stored time as it goes over the wire: RFC 3339, UTC, milliseconds. */
export function toTimestamp(ms: number): string {
  if (ms !== last.ms) last = { ms, text: new Date(ms).toISOString() };
  return last.text;
}
