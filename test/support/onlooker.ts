// A client that looks while others write: whatever it was shown, told or refused with must still be so after a power cut.
import { expect } from 'vitest';
import { appendText, beginStream, createContext, getMetadata, type ChunkPage } from './api.js';
import type { Answer, Caller } from './http.js';
import type { Hand } from './load.js';
import { SseStream } from './sse.js';
import { allChunks } from './whole-pulls.js';

interface Said {
  readonly current_sequence?: number;
}

/** Appends to a stream, repeats the append before it is answered, and pulls until one of them is. */
export class Onlooker implements Hand {
  private id = '';
  private stream = '';
  private signals: SseStream | undefined;
  /** What the stream holds, and what of it may be there. */
  private deltas: string[] = [];
  private seenSequence = 0;
  private seenRevision = 0;
  private total = 0;

  constructor(
    private readonly api: Caller,
    private readonly server: { readonly url: string },
  ) {}

  async step(): Promise<void> {
    if (!this.id) this.id = (await createContext(this.api)).id;
    if (!this.stream) this.stream = await this.begin();
    this.signals ??= await SseStream.open(`${this.server.url}/contexts/${this.id}/events`);
    const expected_sequence = this.deltas.length;
    this.deltas.push(`${this.total++} 🌧️`);
    const said = { chunks: [{ delta: this.deltas.at(-1) }], expected_sequence };
    let isAnswered = false;
    const append = async (): Promise<void> => {
      try {
        this.see(await this.api.post<Said>(`${this.stream}/streaming-chunks`, said));
      } finally {
        isAnswered = true;
      }
    };
    const look = async (): Promise<void> => {
      while (!isAnswered) await this.look(expected_sequence);
    };
    await settledAll([append(), append(), look()]);
  }

  async check(): Promise<number> {
    if (!this.stream) return 0;
    for (const signal of this.signals?.signals ?? []) {
      if (signal.message_id === this.stream.split('/').at(-1))
        this.seeSequence(Number(signal.current_sequence));
      this.seenRevision = Math.max(this.seenRevision, Number(signal.revision));
    }
    this.signals?.destroy();
    this.signals = undefined;
    const { chunks } = await allChunks(this.api, this.stream);
    expect(chunks.length).toBeGreaterThanOrEqual(this.seenSequence);
    expect(chunks.map(({ delta }) => delta)).toEqual(this.deltas.slice(0, chunks.length));
    const { revision } = await getMetadata(this.api, this.id);
    expect(revision).toBeGreaterThanOrEqual(this.seenRevision);
    const count = this.seenSequence;
    this.deltas.length = chunks.length;
    return count;
  }

  private async begin(): Promise<string> {
    const { revision } = await appendText(this.api, this.id, 'Look');
    this.seenRevision = Math.max(this.seenRevision, revision);
    return beginStream(this.api, this.id);
  }

  private async look(after: number): Promise<void> {
    this.see(await this.api.get<ChunkPage>(`${this.stream}/streaming-chunks?after=${after}`));
    const { revision, streaming } = await getMetadata(this.api, this.id);
    this.seenRevision = Math.max(this.seenRevision, revision);
    for (const { current_sequence } of streaming) this.seeSequence(current_sequence);
  }

  /** An answer or a refusal that says where the stream is. */
  private see({ status, body }: Answer<Said>): void {
    expect([200, 409, 422]).toContain(status);
    if (body.current_sequence !== undefined) this.seeSequence(body.current_sequence);
  }

  private seeSequence(sequence: number): void {
    if (Number.isInteger(sequence)) this.seenSequence = Math.max(this.seenSequence, sequence);
  }
}

/** Rejects like Promise.all, but once all of them have ended. */
async function settledAll(works: readonly Promise<void>[]): Promise<void> {
  await Promise.allSettled(works);
  await Promise.all(works);
}
