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

/** A stored time as it goes over the wire: RFC 3339, UTC, milliseconds. */
export const toTimestamp = (ms: number): string => new Date(ms).toISOString();
