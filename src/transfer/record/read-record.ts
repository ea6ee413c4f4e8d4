import type { Settings } from '../../config/settings.js';
import { isJsonObject, parseFields, type Class } from '../../http/fields.js';
import { DomainError, type FieldError } from '../../kernel/domain-error.js';
import { finishReasons } from '../../messages/message-kinds.js';
import { chunkKinds, type ChunkKind } from '../../streaming/chunk-kinds.js';
import { importRefused, maxProblems } from './import-refused.js';
import { inOrderOf } from './in-order-of.js';
import {
  BranchFields,
  ContextFactsFields,
  MessageHolder,
  PinFields,
  RemovedFields,
} from './record-fields.js';
import {
  recordFormat,
  recordVersion,
  type BranchRecord,
  type ChunkRecord,
  type ContextFacts,
  type ContextRecord,
  type MessageRecord,
  type PinRecord,
  type RemovedRecord,
} from './record-kinds.js';

type JsonObject = Readonly<Record<string, unknown>>;

/** What a context may have here, whether it was made here or comes from elsewhere. */
export type RecordLimits = Pick<Settings, 'maxBranches' | 'maxBranchParts' | 'maxPins'>;

/** Items that are read between two turns of the event loop. */
const itemsPerTurn = 100;
const maxRemoved = 1_000_000;

/** True for what says of itself that it is a record of ours. */
export const isRecord = (value: unknown): value is JsonObject =>
  isJsonObject(value) && value['format'] === recordFormat;

/**
 * A record as JSON says it, each field held against its rules, and nothing in it more than there may be of it.
 * `invalid_request` with all that is wrong, up to a limit.
 */
export async function readRecord(value: JsonObject, limits: RecordLimits): Promise<ContextRecord> {
  const { format, version, context, branches, removed = [], pins = [], messages, ...others } = value;
  const reader = new Reader();
  for (const name of Object.keys(others)) reader.note(name, 'is not a known field');
  if (format !== recordFormat) reader.note('format', `must be ${recordFormat}`);
  if (version !== recordVersion)
    throw importRefused([
      { path: 'version', message: `must be ${recordVersion}, the one that is known here` },
    ]);
  const facts = reader.fields(ContextFactsFields, context, 'context');
  const read = {
    branches: await reader.items(branches, 'branches', limits.maxBranches, (branch, path) =>
      readBranch(reader, branch, path, limits),
    ),
    removed: await reader.items(removed, 'removed', maxRemoved, (item, path) =>
      reader.fields<RemovedRecord>(RemovedFields, item, path),
    ),
    pins: await reader.items(pins, 'pins', limits.maxPins, (item, path) =>
      reader.fields<PinRecord>(PinFields, item, path),
    ),
    messages: await reader.items(messages, 'messages', Infinity, (message, path) =>
      readMessage(reader, message, path, facts?.id),
    ),
  };
  reader.end();
  return {
    context: facts as ContextFacts,
    ...(read as Pick<ContextRecord, 'branches' | 'removed' | 'pins' | 'messages'>),
  };
}

function readBranch(
  reader: Reader,
  value: unknown,
  path: string,
  { maxBranchParts }: RecordLimits,
): BranchRecord | undefined {
  const parts = isJsonObject(value) ? value['parts'] : undefined;
  // Before any of them is read.
  if (Array.isArray(parts) && parts.length > maxBranchParts)
    return reader.note(`${path}.parts`, `must have at most ${maxBranchParts} items`);
  return reader.fields<BranchRecord>(BranchFields, value, path);
}

function readMessage(
  reader: Reader,
  value: unknown,
  path: string,
  contextId: string | undefined,
): MessageRecord | undefined {
  if (!isJsonObject(value)) return reader.note(path, 'must be an object');
  const { finish_reason = null, final_sequence = null, chunks = [], ...message } = value;
  const held = reader.fields<MessageHolder>(MessageHolder, { message }, path);
  if (held && held.message.context_id !== contextId)
    reader.note(`${path}.context_id`, 'must be the id of the context');
  if (finish_reason !== null && !finishReasons.some((known) => known === finish_reason))
    reader.note(`${path}.finish_reason`, `must be null or one of ${finishReasons.join(', ')}`);
  const read = reader
    .list(chunks, `${path}.chunks`, Infinity)
    .map((chunk, index) => readChunk(reader, chunk, `${path}.chunks.${index}`));
  const isOpen = message['status'] === 'streaming';
  const expected = message['kind'] === 'streaming_response' && !isOpen ? read.length : null;
  if (final_sequence !== expected)
    reader.note(`${path}.final_sequence`, `must be ${expected}, as its chunks say`);
  return held && { message: held.message, finish_reason: finish_reason as string | null, chunks: read };
}

function readChunk(reader: Reader, chunk: unknown, path: string): ChunkRecord {
  const [kind, delta, created_at, tool_call_id, ...more] = Array.isArray(chunk) ? (chunk as unknown[]) : [];
  const isRight =
    chunkKinds.some((known) => known === kind) &&
    typeof delta === 'string' &&
    Number.isSafeInteger(created_at) &&
    Number(created_at) >= 0 &&
    (tool_call_id === undefined ? kind !== 'tool_arguments' : typeof tool_call_id === 'string') &&
    more.length === 0;
  if (!isRight)
    reader.note(path, 'must be [kind, delta, milliseconds, id of the tool call where there is one]');
  return {
    kind: kind as ChunkKind,
    delta: String(delta),
    created_at: Number(created_at),
    ...(tool_call_id !== undefined && { tool_call_id: String(tool_call_id) }),
  };
}

/** Collects what is wrong. */
class Reader {
  private readonly problems: FieldError[] = [];

  get isFull(): boolean {
    return this.problems.length >= maxProblems;
  }

  note(path: string, message: string): undefined {
    if (!this.isFull) this.problems.push({ path, message });
    return undefined;
  }

  list(value: unknown, path: string, max: number): readonly unknown[] {
    if (Array.isArray(value) && value.length <= max) return value as unknown[];
    this.note(path, Array.isArray(value) ? `must have at most ${max} items` : 'must be a list');
    return [];
  }

  /** What is read of each item of a list, with pauses. It stops where enough is wrong. */
  async items<Item>(
    value: unknown,
    path: string,
    max: number,
    read: (item: unknown, path: string) => Item,
  ): Promise<Item[]> {
    const items: Item[] = [];
    for (const [index, item] of this.list(value, path, max).entries()) {
      if (this.isFull) break;
      if (index % itemsPerTurn === 0) await new Promise(setImmediate);
      items.push(read(item, `${path}.${index}`));
    }
    return items;
  }

  /** An instance's fields as plain JSON, in the order in which they came; undefined when any of them is wrong. */
  fields<Fields extends object>(type: Class<Fields>, value: unknown, path: string): Fields | undefined {
    try {
      return inOrderOf(value, parseFields(type, value)) as Fields;
    } catch (error) {
      if (!(error instanceof DomainError)) throw error;
      const errors = (error.facts['errors'] ?? []) as readonly FieldError[];
      for (const wrong of errors)
        this.note([path, wrong.path.replace(/^message\./, '')].filter(Boolean).join('.'), wrong.message);
      return undefined;
    }
  }

  end(): void {
    if (this.problems.length > 0) throw importRefused(this.problems);
  }
}
