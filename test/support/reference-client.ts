// A client of Pullcord, as small as one can be: two cursors and two pulls. Signals only tell it when to pull, so
// any number of them may be lost, repeated or merged; what it ends up with is the same.
import type { Message } from '../../src/messages/message-kinds.js';
import type { MessageChanges as Changes } from '../../src/messages/dto/message-pulls.js';
import type { ChunkPageView as ChunkPage, ChunkView as Chunk } from '../../src/streaming/dto/chunk-pulls.js';
import type { WireSignal } from './sse.js';

/** What the client has of a message that is, or was, streamed. */
export interface FollowedStream {
  /** The second cursor: the last chunk that it has. */
  sequence: number;
  /** The deltas of kind `text`, joined. */
  text: string;
  isWhole: boolean;
}

/** GETs a path below the context, and gives the body of the answer. */
export type Get = <Body>(path: string) => Promise<Body>;

export class ReferenceClient {
  /** The first cursor: everything up to this revision of the context is here. */
  revision = 0;
  readonly messages = new Map<string, Message>();
  readonly streams = new Map<string, FollowedStream>();
  private pulling: Promise<void> | undefined;
  private isWoken = false;

  constructor(private readonly get: Get) {}

  /**
   * To be called with every signal that comes. Which one it is plays no part: whatever changed, the cursors say
   * what is missing. (A client may save the pull when the signal's numbers are not beyond its own.)
   */
  hear(signal: WireSignal): void {
    if (signal.type !== 'heartbeat') this.wake();
  }

  /** Something may be new: pulls, and once more when called again in the meantime. */
  wake(): void {
    this.isWoken = true;
    this.pulling ??= this.pullWhileWoken().finally(() => (this.pulling = undefined));
  }

  /** Brings both cursors up to date. With `waitMs` it waits for the next chunk of an answer that is streaming. */
  async pull(waitMs = 0): Promise<void> {
    await this.pullChanges();
    for (const [id, stream] of this.streams) if (!stream.isWhole) await this.pullChunks(id, stream, waitMs);
  }

  /** Every answer that it knows of is whole, and there is one. */
  get isSettled(): boolean {
    const hasOpen = [...this.messages.values()].some(({ status }) => status === 'streaming');
    return this.streams.size > 0 && !hasOpen && [...this.streams.values()].every(({ isWhole }) => isWhole);
  }

  private async pullWhileWoken(): Promise<void> {
    while (this.isWoken) {
      this.isWoken = false;
      await this.pull();
    }
  }

  private async pullChanges(): Promise<void> {
    for (let hasMore = true; hasMore;) {
      const changes = await this.get<Changes>(`/messages?changed_since=${this.revision}`);
      for (const message of changes.messages) this.keep(message);
      for (const id of changes.deleted) this.messages.delete(id);
      this.revision = changes.revision;
      hasMore = changes.has_more;
    }
  }

  private keep(message: Message): void {
    this.messages.set(message.id, message);
    if (message.kind === 'streaming_response' && !this.streams.has(message.id))
      this.streams.set(message.id, { sequence: 0, text: '', isWhole: false });
  }

  private async pullChunks(id: string, stream: FollowedStream, waitMs: number): Promise<void> {
    for (let hasMore = true; hasMore;) {
      const cursor = `after=${stream.sequence}&wait_ms=${waitMs}`;
      const page = await this.get<ChunkPage>(`/messages/${id}/streaming-chunks?${cursor}`);
      for (const chunk of page.chunks) append(stream, chunk);
      hasMore = page.has_more;
      stream.isWhole = page.status !== 'streaming' && !hasMore;
    }
  }
}

function append(stream: FollowedStream, chunk: Chunk): void {
  if (chunk.kind === 'text') stream.text += chunk.delta;
  stream.sequence = chunk.sequence;
}
