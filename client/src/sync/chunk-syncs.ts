import type { Patience } from '../calls/patience.js';
import type { Pulls } from '../calls/pulls.js';
import type { Message } from '../generated/types.gen.js';
import { ChunkSync, type ChunkReader } from './chunk-sync.js';
import type { StreamedText } from './streamed-text.js';

/** The messages of one context that stream just now, each with its cursor. */
export class ChunkSyncs {
  private readonly byId = new Map<string, ChunkSync>();
  private isRunning = false;

  constructor(
    private readonly pulls: Pulls,
    private readonly reader: ChunkReader,
    private readonly patience: Patience,
  ) {}

  /** Pulls again from where it was. */
  start(): void {
    this.isRunning = true;
    for (const one of this.byId.values()) one.start();
  }

  /** Keeps what has come. */
  stop(): void {
    this.isRunning = false;
    for (const one of this.byId.values()) one.stop();
  }

  /** Follows whatever of these messages streams, and nothing else. */
  follow(messages: readonly Message[]): void {
    const streaming = new Set(messages.filter(hasChunks).map(({ id }) => id));
    for (const [id, one] of this.byId) {
      if (streaming.has(id)) continue;
      one.stop();
      this.byId.delete(id);
    }
    for (const id of streaming) {
      if (this.byId.has(id)) continue;
      const one = new ChunkSync(id, this.pulls, this.reader, this.patience);
      this.byId.set(id, one);
      if (this.isRunning) one.start();
    }
  }

  announce(messageId: string, sequence: number): void {
    this.byId.get(messageId)?.announce(sequence);
  }

  /** Pulls from all cursors: signals may have been missed. */
  want(): void {
    for (const one of this.byId.values()) one.want();
  }

  /** Pulls from those cursors of which no signal would tell now. */
  wake(): void {
    for (const one of this.byId.values()) one.announce(0);
  }

  streamOf(messageId: string): StreamedText | undefined {
    return this.byId.get(messageId)?.streamed;
  }
}

const hasChunks = ({ kind, status }: Message): boolean =>
  kind === 'streaming_response' && status === 'streaming';
