import { Injectable } from '@nestjs/common';
import { BranchStore } from '../../contexts/branch.store.js';
import { ContextStore } from '../../contexts/context.store.js';
import { refuseBusy } from '../../contexts/refusals.js';
import type { ContextState } from '../../contexts/context-state.js';
import { newId, type BranchId, type ContextId, type MessageId, type Owner } from '../../kernel/ids.js';
import type { RequestKey } from '../../kernel/request-key.js';
import { Turns } from '../../runs/turns.js';
import { Storage } from '../../storage/storage.js';
import { StreamStore } from '../../streaming/stream.store.js';

export interface BeginInput {
  readonly model?: string;
  readonly branch?: BranchId;
  readonly metadata?: Readonly<Record<string, unknown>>;
}

export interface BegunAnswer {
  readonly context_id: ContextId;
  readonly message_id: MessageId;
  readonly state: ContextState;
  readonly revision: number;
  readonly current_sequence: number;
}

/** Begins a message whose model runs elsewhere. The state goes the way that it goes for a run of our own. */
@Injectable()
export class BeginStreamCommand {
  constructor(
    private readonly storage: Storage,
    private readonly contexts: ContextStore,
    private readonly branches: BranchStore,
    private readonly streams: StreamStore,
    private readonly turns: Turns,
  ) {}

  /** `context_busy` while a run, or another producer, is under way. */
  execute(id: ContextId, owner: Owner, input: BeginInput, key?: RequestKey): Promise<BegunAnswer> {
    return this.storage.commitOnce('begin_stream', key, async (tx) => {
      const found = await this.contexts.lock(tx, id, owner);
      refuseBusy(found);
      const context = await this.turns.giveUpWaiting(tx, found);
      const branch = await this.branches.get(tx, id, input.branch ?? context.active_branch);
      const message_id = newId<MessageId>();
      const accepted = await this.contexts.advance(tx, context, { type: 'message_accepted' });
      const asked = await this.contexts.advance(tx, accepted, { type: 'llm_requested', request_id: newId() });
      const begun = await this.contexts.advance(tx, asked, {
        type: 'chunk_received',
        message_id,
        sequence: 0,
      });
      await this.streams.begin(tx, begun, {
        id: message_id,
        branch,
        runId: null,
        model: input.model ?? 'external',
        metadata: { source: 'external', ...(input.metadata && { client: input.metadata }) },
      });
      return {
        context_id: id,
        message_id,
        state: begun.state,
        revision: begun.revision,
        current_sequence: 0,
      };
    });
  }
}
