import { mapToHint } from '../../messages/map-to-hint.js';
import type { KnownMessage, Message, StreamingResponseData } from '../../messages/message-kinds.js';
import type { ContextState } from '../../contexts/context-state.js';
import type { ChunkRecord, ContextRecord, MessageRecord } from './record-kinds.js';

/**
 * A record without anything that is under way: nobody here goes on with a run of somewhere else. Messages that were open
 * are interrupted with all that they had got, and the context is the user's again. Pure; a record at rest stays as it is.
 */
export function settle(record: ContextRecord): ContextRecord {
  const { context, messages } = record;
  const state = settledState(context.state, messages.length > 0);
  return { ...record, context: { ...context, state }, messages: messages.map(settleMessage) };
}

function settledState(state: ContextState, hasMessages: boolean): ContextState {
  switch (state.type) {
    case 'archived':
    case 'error':
      return state;
    case 'initial':
    case 'awaiting_user':
      return hasMessages ? { type: 'awaiting_user', reason: 'input' } : { type: 'initial' };
    default:
      return {
        type: 'error',
        code: 'interrupted',
        message: 'The context was exported while a run was under way.',
        retryable: true,
      };
  }
}

function settleMessage(record: MessageRecord): MessageRecord {
  const { message, chunks } = record;
  if (message.status !== 'streaming') return record;
  return {
    ...record,
    message: { ...message, status: 'interrupted', ...settledData(message, chunks) } as Message,
  };
}

function settledData(
  message: Message,
  chunks: readonly ChunkRecord[],
): Partial<Pick<KnownMessage, 'data' | 'metadata'>> {
  if (message.kind !== 'streaming_response') return {};
  const begun = message.data as StreamingResponseData;
  const reasoning = joined(chunks, 'reasoning');
  const data: StreamingResponseData = {
    ...begun,
    content: joined(chunks, 'text'),
    ...(reasoning && { reasoning }),
    final_sequence: chunks.length,
  };
  const display_hint = mapToHint({ kind: 'streaming_response', data });
  return { data, metadata: { ...message.metadata, display_hint } };
}

/** The deltas of one kind, in order. */
export const joined = (chunks: readonly ChunkRecord[], kind: ChunkRecord['kind']): string =>
  chunks
    .filter((chunk) => chunk.kind === kind)
    .map(({ delta }) => delta)
    .join('');
