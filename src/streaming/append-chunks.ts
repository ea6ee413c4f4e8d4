import { Injectable } from '@nestjs/common';
import type { ContextId, MessageId, Owner } from '../kernel/ids.js';
import type { RequestKey } from '../kernel/request-key.js';
import { Storage } from '../storage/storage.js';
import { ChunkStore } from './chunk.store.js';
import type { ChunkKind } from './chunk-kinds.js';

export interface AppendInput {
  readonly chunks: readonly {
    readonly delta: string;
    readonly kind?: ChunkKind;
    readonly tool_call_id?: string;
  }[];
  readonly expected_sequence?: number;
}

/** Appends an external producer's chunks to the message that it began. */
@Injectable()
export class AppendChunksCommand {
  constructor(
    private readonly storage: Storage,
    private readonly chunks: ChunkStore,
  ) {}

  /** `sequence_mismatch` (409) when the stream is elsewhere than expected, `stream_closed` (409) when it is over. */
  execute(
    contextId: ContextId,
    messageId: MessageId,
    owner: Owner,
    input: AppendInput,
    key?: RequestKey,
  ): Promise<{ message_id: MessageId; current_sequence: number }> {
    const chunks = input.chunks.map((chunk) => ({ ...chunk, kind: chunk.kind ?? 'text' }));
    const expectedSequence = input.expected_sequence;
    return this.storage.commitOnce('append_external_chunks', key, async (tx) => ({
      message_id: messageId,
      current_sequence: await this.chunks.append(tx, {
        contextId,
        messageId,
        owner,
        runId: null,
        chunks,
        expectedSequence,
      }),
    }));
  }
}
