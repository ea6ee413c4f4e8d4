import type { Patience } from '../calls/patience.js';
import type { PullsUntil } from '../calls/pulls.js';
import type { Message } from '../generated/types.gen.js';
import { chunkSync, type ChunkReader, type ChunkSync } from './chunk-sync.js';
import type { StreamedText } from './streamed-text.js';

/** The messages of one context that stream just now, each with its cursor. */
export interface ChunkSyncs {
  /** Pulls again from where it was. */
  start(): void;
  /** Keeps what has come. */
  stop(): void;
  /** Follows whatever of these messages streams, and nothing else. */
  follow(messages: readonly Message[]): void;
  announce(messageId: string, sequence: number): void;
  /** Pulls from all cursors: signals may have been missed. */
  want(): void;
  /** Pulls from those cursors of which no signal would tell now. */
  wake(): void;
  streamOf(messageId: string): StreamedText | undefined;
}

export function chunkSyncs(pulls: PullsUntil, reader: ChunkReader, patience: Patience): ChunkSyncs {
  const byId = new Map<string, ChunkSync>();
  let isRunning = false;
  return {
    start() {
      isRunning = true;
      byId.forEach((one) => one.start());
    },
    stop() {
      isRunning = false;
      byId.forEach((one) => one.stop());
    },
    follow(messages) {
      const streaming = new Set(messages.filter(hasChunks).map(({ id }) => id));
      byId.forEach((one, id) => {
        if (streaming.has(id)) return;
        one.stop();
        byId.delete(id);
      });
      for (const id of streaming) {
        if (byId.has(id)) continue;
        const one = chunkSync(id, pulls, reader, patience);
        byId.set(id, one);
        if (isRunning) one.start();
      }
    },
    announce: (messageId, sequence) => byId.get(messageId)?.announce(sequence),
    want: () => byId.forEach((one) => one.want()),
    wake: () => byId.forEach((one) => one.announce(0)),
    streamOf: (messageId) => byId.get(messageId)?.streamed(),
  };
}

const hasChunks = ({ kind, status }: Message): boolean =>
  kind === 'streaming_response' && status === 'streaming';
