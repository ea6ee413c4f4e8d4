import type { Reads } from '../../storage/tx.js';
import { blockSize, unpackBlock } from '../../streaming/block-format.js';
import type { ChunkBlockEntity } from '../../streaming/chunk-block.entity.js';
import type { ChunkEntity } from '../../streaming/chunk.entity.js';
import type { OpenStreamEntity } from '../../streaming/open-stream.entity.js';
import type { MessageRow } from './messages-of.js';
import { ChunkLine } from './chunk-line.js';
import { parseJson } from './parse-json.js';
import { paged } from './paged.js';
import type { Tally } from './tally.js';

export interface Streamed {
  readonly message: MessageRow;
  /** The last sequence that it must have. */
  readonly sequence: number;
  /** While it streams. */
  readonly stream: OpenStreamEntity | undefined;
  readonly data: Readonly<Record<string, unknown>>;
  readonly tally: Tally;
}

/** Whether a streamed message has exactly the chunks 1 … n, and what it says is what they say. */
export async function* checkChunks(reads: Reads, streamed: Streamed): AsyncGenerator<string, void> {
  const { message, sequence, stream, data, tally } = streamed;
  const line = new ChunkLine(stream ? undefined : data);
  for await (const block of blocksOf(reads, message)) {
    const chunks = parseJson(block.chunks) === undefined ? [] : unpackBlock(block);
    yield* checkBlock(block, chunks.length);
    for (const chunk of chunks) yield* line.add(chunk);
  }
  for await (const chunk of rowsOf(reads, message)) yield* line.add(chunk);
  tally.chunks += line.count;
  yield* line.end();
  if (line.last !== sequence) yield `its last chunk is ${line.last}, but its sequence is ${sequence}`;
  if (stream && stream.bytes !== line.bytes)
    yield `its chunks have ${line.bytes} bytes, its stream ${stream.bytes}`;
  if (!stream && data['final_sequence'] !== message.final_sequence)
    yield `its data ends at sequence ${String(data['final_sequence'])}, its row at ${message.final_sequence}`;
}

function* checkBlock(block: ChunkBlockEntity, count: number): Generator<string, void> {
  const { first_sequence, last_sequence } = block;
  if (count === 0 || count > blockSize || last_sequence - first_sequence + 1 !== count)
    yield `its block of chunks ${first_sequence} to ${last_sequence} holds ${count}`;
}

const blocksOf = (reads: Reads, { id }: MessageRow): AsyncGenerator<ChunkBlockEntity, void> =>
  paged(
    (last, limit) =>
      reads.all<ChunkBlockEntity>(
        `SELECT * FROM chunk_blocks WHERE message_id = ? AND first_sequence > ? ORDER BY first_sequence LIMIT ?`,
        ...[id, last?.first_sequence ?? -1, limit],
      ),
    8,
  );

const rowsOf = (reads: Reads, { id }: MessageRow): AsyncGenerator<ChunkEntity, void> =>
  paged((last, limit) =>
    reads.all<ChunkEntity>(
      `SELECT * FROM chunks WHERE message_id = ? AND sequence > ? ORDER BY sequence LIMIT ?`,
      ...[id, last?.sequence ?? -1, limit],
    ),
  );
