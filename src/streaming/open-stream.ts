import { DomainError } from '../kernel/domain-error.js';
import type { ContextId, MessageId, RunId } from '../kernel/ids.js';
import { messageNotFound } from '../messages/message-not-found.js';
import type { Tx } from '../storage/tx.js';
import type { OpenStreamEntity } from './open-stream.entity.js';

export interface StreamPlace {
  readonly contextId: ContextId;
  readonly messageId: MessageId;
  /** Who writes: the run that began the stream, or null for an external producer. Anyone else finds it closed. */
  readonly runId: RunId | null;
}

/** The stream, kept from other units until this one ends; undefined unless it is open, and this writer's. */
export async function lockOpenStream(tx: Tx, place: StreamPlace): Promise<OpenStreamEntity | undefined> {
  const sql = `SELECT * FROM open_streams WHERE message_id = ?`;
  const stream = await tx.lock<OpenStreamEntity>(sql, place.messageId);
  return stream && isWriter(stream, place) ? stream : undefined;
}

/** Whether the open stream is in this context and this writer's. */
export const isWriter = (stream: OpenStreamEntity, { contextId, runId }: StreamPlace): boolean =>
  stream.context_id === contextId && stream.run_id === runId;

/** Why nothing can be written to this message: it is no message of the context, or not open to this writer. */
export async function closed(tx: Tx, { contextId, messageId }: StreamPlace): Promise<DomainError> {
  const sql = `SELECT status, final_sequence FROM messages WHERE context_id = ? AND id = ?`;
  const message = await tx.get<{ status: string; final_sequence: number | null }>(sql, contextId, messageId);
  if (!message) return messageNotFound(messageId);
  if (message.status === 'streaming')
    return new DomainError('stream_closed', 'This message is not yours to write: another producer began it.');
  return new DomainError('stream_closed', `The message is ${message.status}; nothing can be added to it.`, {
    current_sequence: message.final_sequence ?? 0,
  });
}
