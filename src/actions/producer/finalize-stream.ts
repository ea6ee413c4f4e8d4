import { Injectable } from '@nestjs/common';
import { ContextStore } from '../../contexts/context.store.js';
import type { ContextState } from '../../contexts/context-state.js';
import type { ContextId, MessageId, Owner } from '../../kernel/ids.js';
import type { FinishReason, TokenUsage } from '../../providers/language-model.js';
import { Runner } from '../../runs/runner.js';
import { Turns, type TurnEnd } from '../../runs/turns.js';
import type { RequestKey } from '../../kernel/request-key.js';
import { Storage } from '../../storage/storage.js';
import { StreamStore } from '../../streaming/stream.store.js';

export interface FinalizeInput {
  readonly finish_reason: FinishReason;
  readonly usage?: TokenUsage;
}

export interface FinalizedAnswer {
  readonly message_id: MessageId;
  readonly status: 'complete' | 'failed';
  readonly final_sequence: number;
  readonly state: ContextState;
  readonly revision: number;
}

/** Ends an external producer's message. */
@Injectable()
export class FinalizeStreamCommand {
  constructor(
    private readonly storage: Storage,
    private readonly contexts: ContextStore,
    private readonly streams: StreamStore,
    private readonly turns: Turns,
    private readonly runner: Runner,
  ) {}

  /** `stream_closed` (409) when the message is final already, or written by a run. */
  async execute(
    id: ContextId,
    messageId: MessageId,
    owner: Owner,
    input: FinalizeInput,
    key?: RequestKey,
  ): Promise<FinalizedAnswer> {
    const answer = await this.storage.commitOnce('finalize_stream', key, async (tx) => {
      const context = await this.contexts.lock(tx, id, owner);
      const { sequence } = await this.streams.requireExternal(tx, id, messageId);
      const end = endOf(input);
      const ended = await this.turns.end(tx, context, undefined, end);
      const { state, revision } = await this.turns.startNext(tx, ended);
      return { message_id: messageId, status: end.stream.status, final_sequence: sequence, state, revision };
    });
    this.runner.wake();
    return answer;
  }
}

function endOf({
  finish_reason,
  usage,
}: FinalizeInput): TurnEnd & { stream: { status: FinalizedAnswer['status'] } } {
  if (finish_reason !== 'error')
    return {
      event: { type: 'response_completed' },
      run: 'completed',
      stream: { status: 'complete', finish_reason, usage },
    };
  const message = 'The producer of the answer reported an error.';
  return {
    event: { type: 'failed', code: 'producer_failed', message, retryable: true },
    run: 'failed',
    stream: { status: 'failed', finish_reason, usage },
  };
}
