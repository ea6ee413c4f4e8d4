import { isJsonObject } from '../../http/fields.js';
import type { MessageEntity } from '../../messages/message.entity.js';
import { messageRoles, messageStatuses } from '../../messages/message-kinds.js';
import type { Reads } from '../../storage/tx.js';
import type { OpenStreamEntity } from '../../streaming/open-stream.entity.js';
import { checkChunks } from './check-chunks.js';
import type { MessageRow } from './messages-of.js';
import { parseJson } from './parse-json.js';
import type { Tally } from './tally.js';

export interface Checked {
  readonly message: MessageRow;
  /** The open stream of its context. */
  readonly stream: OpenStreamEntity | undefined;
  readonly tally: Tally;
}

/** What is wrong with a message itself. */
export async function* checkMessage(reads: Reads, checked: Checked): AsyncGenerator<string, void> {
  const { message, stream } = checked;
  const { role, status, kind, final_sequence } = message;
  if (!messageRoles.some((known) => known === role)) yield `there is no role ${role}`;
  if (!messageStatuses.some((known) => known === status)) yield `there is no status ${status}`;
  const isStreaming = status === 'streaming';
  const isOpen = stream?.message_id === message.id;
  // Other kinds may still change without a stream: a request that waits, a workflow that runs.
  if (isStreaming !== isOpen && (isOpen || kind === 'streaming_response'))
    yield isOpen ? `is ${status}, but its stream is open` : 'is streaming, without an open stream';
  if (isStreaming && final_sequence !== null)
    yield `is streaming, but has the final sequence ${final_sequence}`;

  const body = await bodyOf(reads, message);
  if (!isJsonObject(body.metadata)) yield 'its metadata is no JSON object';
  if (!isJsonObject(body.data)) yield 'its data is no JSON object';
  else if (kind === 'streaming_response' && isStreaming === isOpen)
    yield* checkChunks(reads, {
      message,
      sequence: isOpen ? stream.sequence : (final_sequence ?? 0),
      stream: isOpen ? stream : undefined,
      data: body.data,
      tally: checked.tally,
    });
}

async function bodyOf(
  reads: Reads,
  { context_id, id }: MessageRow,
): Promise<Record<'metadata' | 'data', unknown>> {
  const sql = `SELECT metadata, data FROM messages WHERE context_id = ? AND id = ?`;
  const row = await reads.get<Pick<MessageEntity, 'metadata' | 'data'>>(sql, context_id, id);
  return { metadata: parseJson(row?.metadata ?? ''), data: parseJson(row?.data ?? '') };
}
