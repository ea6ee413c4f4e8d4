import { readBranchConfig } from '../../contexts/branch-config.js';
import type { PlacedPart } from '../../contexts/branch-tree.js';
import type { BranchEntity } from '../../contexts/branch.entity.js';
import type { ContextEntity } from '../../contexts/context.entity.js';
import { contextColumns, readContext } from '../../contexts/context-row.js';
import { readTree } from '../../contexts/read-tree.js';
import { contextNotFound } from '../../contexts/refusals.js';
import { toTimestamp } from '../../kernel/clock.js';
import type { BranchId, ContextId, MessageId, Owner } from '../../kernel/ids.js';
import { readLine } from '../../messages/branch-line.js';
import type { Message } from '../../messages/message-kinds.js';
import {
  readMessage,
  readText,
  smallTextColumns,
  textColumns,
  type TextRow,
  type WholeTextRow,
} from '../../messages/message-row.js';
import type { PinEntity } from '../../messages/pin.entity.js';
import type { Reads } from '../../storage/tx.js';
import { unpackBlock } from '../../streaming/block-format.js';
import type { ChunkBlockEntity } from '../../streaming/chunk-block.entity.js';
import type { ChunkEntity } from '../../streaming/chunk.entity.js';
import type { BranchRecord, ContextFacts, ContextRecord, RemovedRecord } from '../record/record-kinds.js';

/** Rows of a page; a body of more than 64 KB is read by itself. */
const messagesPerPage = 100;
const chunksPerPage = 1000;
const blocksPerPage = 8;

/** All of a context but its messages. */
export type RecordHead = Omit<ContextRecord, 'messages'>;

/** Reads for exports, through one snapshot. `context_not_found` also for what `owner` may not see. */
export async function readHead(reads: Reads, id: ContextId, owner?: Owner): Promise<RecordHead> {
  const row = await reads.get<ContextEntity>(`SELECT ${contextColumns} FROM contexts WHERE id = ?`, id);
  if (!row || (owner !== undefined && row.owner !== owner)) throw contextNotFound(id);
  const branches = await reads.all<BranchEntity>(`SELECT * FROM branches WHERE context_id = ?`, id);
  branches.sort((a, b) => a.created_at - b.created_at || (a.id < b.id ? -1 : 1));
  const { branches: placed } = await readTree(reads, id);
  const parts = new Map(placed.map((branch) => [branch.id, branch.parts]));
  const removed = await reads.all<RemovedRecord>(
    `SELECT id, revision FROM removed_messages WHERE context_id = ? ORDER BY revision`,
    id,
  );
  const pins = await reads.all<PinEntity>(
    `SELECT message_id, created_at FROM pins WHERE context_id = ? ORDER BY message_id`,
    id,
  );
  pins.sort((a, b) => a.created_at - b.created_at || (a.message_id < b.message_id ? -1 : 1));
  return {
    context: contextFacts(row),
    branches: branches.map((branch) => branchRecord(branch, parts.get(branch.id) ?? [])),
    removed,
    pins: pins.map((pin) => ({ message_id: pin.message_id, created_at: toTimestamp(pin.created_at) })),
  };
}

function contextFacts(row: ContextEntity): ContextFacts {
  const { id, title, title_source, config, state, active_branch, revision } = readContext(row);
  return {
    ...{ id, title, title_source: title_source as ContextFacts['title_source'], config, state },
    ...{ active_branch, revision },
    created_at: toTimestamp(row.created_at),
    updated_at: toTimestamp(row.updated_at),
  };
}

const branchRecord = (branch: BranchEntity, parts: readonly PlacedPart[]): BranchRecord => ({
  id: branch.id,
  name: branch.name,
  parent_branch: branch.parent_branch,
  fork_depth: branch.fork_depth,
  head_message_id: branch.head_message_id,
  head_depth: branch.head_depth,
  created_at: toTimestamp(branch.created_at),
  config: readBranchConfig(branch),
  deleted_at: branch.deleted_at === null ? null : toTimestamp(branch.deleted_at),
  parts,
});

/** A message as it is written to a file: its JSON as answers show it, and behind that what was streamed. */
export interface MessageText {
  readonly id: MessageId;
  readonly text: string;
}

type Row = TextRow & {
  readonly kind: string;
  readonly final_sequence: number | null;
  readonly finish_reason: string | null;
};

/** The messages of a context in the order of their revisions, a page of them in memory at a time. */
export async function* readMessageTexts(reads: Reads, id: ContextId): AsyncGenerator<MessageText, void> {
  for (let after = 0; ;) {
    const rows = await reads.all<Row>(
      `SELECT ${smallTextColumns}, kind, final_sequence, finish_reason FROM messages
       WHERE context_id = ? AND revision > ? ORDER BY revision LIMIT ?`,
      ...[id, after, messagesPerPage],
    );
    for (const row of rows) {
      const message = readText(row);
      const text = message.text ?? (await readWhole(reads, id, message.id));
      const streamed = row.kind === 'streaming_response' ? await streamedText(reads, message.id, row) : '';
      yield { id: message.id, text: `${text.slice(0, -1)}${streamed}}` };
      after = message.revision;
    }
    if (rows.length < messagesPerPage) return;
    // Reads of SQLite take no turn of the event loop by themselves.
    await new Promise(setImmediate);
  }
}

/** The messages of a branch in their order, a page of them in memory at a time. */
export async function* readBranch(
  reads: Reads,
  id: ContextId,
  branch: BranchId,
): AsyncGenerator<Message, void> {
  for (const { branch: stored, from, to } of (await readLine(reads, id, branch)).reverse()) {
    for (let depth = from; depth <= to; depth += messagesPerPage) {
      const rows = await reads.all<TextRow>(
        `SELECT ${smallTextColumns} FROM messages
         WHERE context_id = ? AND branch = ? AND depth BETWEEN ? AND ? ORDER BY depth`,
        ...[id, stored, depth, Math.min(to, depth + messagesPerPage - 1)],
      );
      for (const row of rows) {
        const message = readText(row);
        yield readMessage({ text: message.text ?? (await readWhole(reads, id, message.id)) });
      }
      await new Promise(setImmediate);
    }
  }
}

async function readWhole(reads: Reads, contextId: ContextId, id: MessageId): Promise<string> {
  const sql = `SELECT ${textColumns} FROM messages WHERE context_id = ? AND id = ?`;
  const row = await reads.get<WholeTextRow>(sql, contextId, id);
  if (!row) throw new Error(`Message ${id} is not in the snapshot that named it.`);
  return readText(row).text;
}

async function streamedText(
  reads: Reads,
  id: MessageId,
  { final_sequence, finish_reason }: Row,
): Promise<string> {
  const chunks: string[] = [];
  for await (const chunk of readChunks(reads, id)) chunks.push(chunkText(chunk));
  const end = `"finish_reason":${JSON.stringify(finish_reason)},"final_sequence":${final_sequence}`;
  return `,${end},"chunks":[${chunks.join()}]`;
}

/** A delta and the id of a call are JSON literals in their rows already. */
const chunkText = ({ kind, delta, created_at, tool_call_id }: ChunkEntity): string =>
  `["${kind}",${delta},${created_at}${tool_call_id === null ? '' : `,${tool_call_id}`}]`;

async function* readChunks(reads: Reads, id: MessageId): AsyncGenerator<ChunkEntity, void> {
  let after = 0;
  for (;;) {
    const blocks = await reads.all<ChunkBlockEntity>(
      `SELECT message_id, first_sequence, last_sequence, chunks FROM chunk_blocks
       WHERE message_id = ? AND first_sequence > ? ORDER BY first_sequence LIMIT ?`,
      ...[id, after, blocksPerPage],
    );
    for (const block of blocks) yield* unpackBlock(block);
    after = blocks.at(-1)?.last_sequence ?? after;
    if (blocks.length < blocksPerPage) break;
  }
  for (;;) {
    const rows = await reads.all<ChunkEntity>(
      `SELECT message_id, sequence, kind, tool_call_id, delta, created_at FROM chunks
       WHERE message_id = ? AND sequence > ? ORDER BY sequence LIMIT ?`,
      ...[id, after, chunksPerPage],
    );
    yield* rows;
    after = rows.at(-1)?.sequence ?? after;
    if (rows.length < chunksPerPage) return;
  }
}
