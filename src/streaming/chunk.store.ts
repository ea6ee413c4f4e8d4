import { Injectable } from '@nestjs/common';
import { Clock, toTimestamp } from '../kernel/clock.js';
import { Settings } from '../config/settings.js';
import { DomainError } from '../kernel/domain-error.js';
import { contextNotFound } from '../contexts/refusals.js';
import type { MessageId, Owner } from '../kernel/ids.js';
import type { Reads, Row, Tx } from '../storage/tx.js';
import { packChunks } from './block-format.js';
import type { ChunkEntity } from './chunk.entity.js';
import { chunksOfProducers, chunksOfRuns } from './chunk-metrics.js';
import type { NewChunk } from './chunk-kinds.js';
import { closed, isWriter, type StreamPlace } from './open-stream.js';
import type { OpenStreamEntity } from './open-stream.entity.js';

export interface Append extends StreamPlace {
  /** An external producer's owner; another's stream does not exist for it. */
  readonly owner?: Owner;
  readonly chunks: readonly NewChunk[];
  /** The sequence that the producer believes was the last one. */
  readonly expectedSequence?: number;
}

/** A chunk with the time at which it came, in milliseconds since the epoch. */
export interface TimedChunk extends NewChunk {
  readonly created_at: number;
}

interface Place {
  readonly owner: Owner;
  readonly revision: number;
  /** The stream's last, now. */
  readonly sequence: number;
}

/** Rows read at a time when a text is put together. */
const page = 2000;

/** Appends chunks. The hot path: one small row is moved and the chunks are added, nothing else is touched. */
@Injectable()
export class ChunkStore {
  constructor(
    private readonly clock: Clock,
    private readonly settings: Settings,
  ) {}

  /** Answers the stream's new last sequence. */
  async append(tx: Tx, append: Append): Promise<number> {
    const { messageId, contextId, chunks } = append;
    const now = this.clock.now();
    const bytes = chunks.reduce((sum, chunk) => sum + Buffer.byteLength(chunk.delta), 0);
    const { sequence, owner, revision } = await this.move(tx, append, bytes, now);
    const first = sequence - chunks.length + 1;
    const rows = chunks.map((chunk, index) => rowOf(messageId, first + index, { ...chunk, created_at: now }));
    await tx.insertMany('chunks', rows);
    const count = append.runId === null ? chunksOfProducers : chunksOfRuns;
    tx.whenCommitted(() => count.add(rows.length));
    tx.raise(owner, {
      type: 'content_delta',
      context_id: contextId,
      revision,
      timestamp: toTimestamp(now),
      message_id: messageId,
      current_sequence: sequence,
    });
    return sequence;
  }

  /** Adds all chunks of a final message that was streamed elsewhere, packed as they would be in time. */
  async import(tx: Tx, message_id: MessageId, chunks: readonly TimedChunk[]): Promise<void> {
    const rows = chunks.map((chunk, index) => rowOf(message_id, index + 1, chunk));
    for (const block of packChunks(rows)) await tx.insert('chunk_blocks', { ...block });
  }

  /** The texts of a message so far, joined in sequence order. */
  async texts(reads: Reads, messageId: MessageId): Promise<{ text: string; reasoning: string }> {
    const texts = { text: '', reasoning: '', tool_arguments: '' };
    for (let after = 0; ;) {
      const rows = await reads.all<{ sequence: number; kind: keyof typeof texts; delta: string }>(
        `SELECT sequence, kind, delta FROM chunks WHERE message_id = ? AND sequence > ? ORDER BY sequence LIMIT ?`,
        ...[messageId, after, page],
      );
      for (const row of rows) texts[row.kind] += JSON.parse(row.delta) as string;
      if (rows.length < page) return texts;
      after = rows.at(-1)?.sequence ?? after;
    }
  }

  /**
   * Moves the stream's row on: one statement finds it, keeps it from other units until this one ends, and says where it
   * is now. Whatever is wrong with that is thrown, which undoes it.
   */
  private async move(tx: Tx, append: Append, bytes: number, now: number): Promise<Place> {
    const { contextId, messageId, owner, chunks, expectedSequence } = append;
    const stream = await tx.get<OpenStreamEntity>(
      `UPDATE open_streams SET sequence = sequence + ?, bytes = bytes + ?, appended_at = ? WHERE message_id = ?
       RETURNING context_id, run_id, sequence, bytes`,
      ...[chunks.length, bytes, now, messageId],
    );
    const place = await tx.get<Omit<Place, 'sequence'>>(
      `SELECT owner, revision FROM contexts WHERE id = ?`,
      contextId,
    );
    if (!place || (owner !== undefined && place.owner !== owner)) throw contextNotFound(contextId);
    if (!stream || !isWriter(stream, append)) throw await closed(tx, append);
    const before = stream.sequence - chunks.length;
    if (expectedSequence !== undefined && expectedSequence !== before)
      throw new DomainError('sequence_mismatch', `The last sequence is ${before}.`, {
        current_sequence: before,
      });
    if (stream.bytes > this.settings.maxAnswerBytes) throw tooLong(this.settings.maxAnswerBytes);
    return { ...place, sequence: stream.sequence };
  }
}

const rowOf = (message_id: MessageId, sequence: number, chunk: TimedChunk): Row & ChunkEntity => ({
  message_id,
  sequence,
  kind: chunk.kind,
  // JSON like the delta, and for the same reason: a model may put anything into it.
  tool_call_id: chunk.tool_call_id === undefined ? null : JSON.stringify(chunk.tool_call_id),
  delta: JSON.stringify(chunk.delta),
  created_at: chunk.created_at,
});

const tooLong = (max: number): DomainError =>
  new DomainError('limit_exceeded', `A message may have at most ${max} bytes of text.`);
