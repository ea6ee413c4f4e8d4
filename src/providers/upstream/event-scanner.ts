import { ModelError } from '../model-error.js';

export interface Scanned {
  /** Whole lines, with their line ends, in the order in which they came. */
  readonly lines: Buffer;
  /** True once `data: [DONE]` was seen; nothing after it is of interest. */
  readonly isDone: boolean;
}

const lf = 0x0a;
const cr = 0x0d;
const done = /^data: ?\[DONE\]$/;

/**
 * Reads a `text/event-stream` as it comes, in pieces that may end anywhere, and hands on whole lines only.
 * What it holds is bounded: one event, the lines that are still without an end included, may have
 * `maxEventBytes`; past that it throws `content_too_large`. Line ends are LF, CR or CRLF (WHATWG HTML §9.2.6).
 */
export class EventScanner {
  private readonly held: Buffer[] = [];
  private heldBytes = 0;
  private eventBytes = 0;
  private endedInCr = false;

  constructor(private readonly maxEventBytes: number) {}

  scan(bytes: Buffer): Scanned {
    const end = Math.max(bytes.lastIndexOf(lf), bytes.lastIndexOf(cr)) + 1;
    const last = this.measure(bytes.subarray(0, end));
    if (last !== undefined) return { lines: this.release(bytes.subarray(0, last)), isDone: true };
    const lines = end > 0 ? this.release(bytes.subarray(0, end)) : Buffer.alloc(0);
    this.hold(bytes.subarray(end));
    return { lines, isDone: false };
  }

  /** Counts the bytes of each event in these lines; gives the end of the last of all, when it is among them. */
  private measure(bytes: Buffer): number | undefined {
    let start = 0;
    for (let at = 0; at < bytes.length; at += 1) {
      const byte = bytes[at];
      if (byte !== lf && byte !== cr) continue;
      const length = at - start + (start === 0 ? this.heldBytes : 0);
      const isBlank = length === 0 && !(byte === lf && this.endedInCr);
      this.eventBytes = isBlank ? 0 : this.eventBytes + length;
      this.check(this.eventBytes);
      const isShort = length > 0 && length < 16;
      if (isShort && done.test(this.line(bytes.subarray(start, at), start === 0))) return at + 1;
      this.endedInCr = byte === cr;
      start = at + 1;
    }
    return undefined;
  }

  private line(bytes: Buffer, withHeld: boolean): string {
    return Buffer.concat(withHeld ? [...this.held, bytes] : [bytes]).toString('latin1');
  }

  private release(bytes: Buffer): Buffer {
    const lines = this.held.length > 0 ? Buffer.concat([...this.held, bytes]) : bytes;
    this.held.length = 0;
    this.heldBytes = 0;
    return lines;
  }

  private hold(bytes: Buffer): void {
    if (bytes.length === 0) return;
    this.held.push(bytes);
    this.heldBytes += bytes.length;
    this.check(this.eventBytes + this.heldBytes);
  }

  private check(eventBytes: number): void {
    if (eventBytes <= this.maxEventBytes) return;
    const message = `The model sent a single event of more than ${this.maxEventBytes} bytes.`;
    throw new ModelError('content_too_large', message, { retryable: false });
  }
}
