export interface Line {
  readonly text: string;
  /** Bytes at its end that were too many to keep. */
  readonly leftOut: number;
}

const smallest = 4096;

/** Cuts bytes into lines. Keeps at most `maxBytes` of each, in one buffer, however small the pieces come. */
export class LineCutter {
  private buffer = Buffer.alloc(smallest);
  private kept = 0;
  private leftOut = 0;

  constructor(private readonly maxBytes: number) {}

  /** Whether the line that has not ended yet is too long already. */
  get isTooLong(): boolean {
    return this.leftOut > 0;
  }

  /** The lines that end in these bytes. */
  *push(bytes: Buffer): Generator<Line> {
    let from = 0;
    for (let end = bytes.indexOf(10); end >= 0; end = bytes.indexOf(10, from)) {
      this.keep(bytes.subarray(from, end));
      from = end + 1;
      yield this.take();
    }
    this.keep(bytes.subarray(from));
  }

  private keep(bytes: Buffer): void {
    const room = Math.min(bytes.length, this.maxBytes - this.kept);
    this.leftOut += bytes.length - room;
    if (this.kept + room > this.buffer.length) this.grow(this.kept + room);
    bytes.copy(this.buffer, this.kept, 0, room);
    this.kept += room;
  }

  private grow(needed: number): void {
    const larger = Buffer.alloc(Math.max(needed, Math.min(this.maxBytes, this.buffer.length * 2)));
    this.buffer.copy(larger, 0, 0, this.kept);
    this.buffer = larger;
  }

  private take(): Line {
    const line = { text: this.buffer.toString('utf8', 0, this.kept), leftOut: this.leftOut };
    // A line that was long is seldom followed by another.
    if (this.buffer.length > 16 * smallest) this.buffer = Buffer.alloc(smallest);
    this.kept = 0;
    this.leftOut = 0;
    return line;
  }
}
