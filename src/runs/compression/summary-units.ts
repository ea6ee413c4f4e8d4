import { Injectable } from '@nestjs/common';
import { BranchStore } from '../../contexts/branch.store.js';
import { ContextStore } from '../../contexts/context.store.js';
import type { Context } from '../../contexts/context-row.js';
import { toTimestamp } from '../../kernel/clock.js';
import { newId, type MessageId } from '../../kernel/ids.js';
import { mapToHint } from '../../messages/map-to-hint.js';
import type { KnownPayload, Message } from '../../messages/message-kinds.js';
import { MessageStore } from '../../messages/message.store.js';
import type { Tx } from '../../storage/tx.js';
import type { RunEntity } from '../run.entity.js';

export type SummaryNote = Extract<KnownPayload, { kind: 'summary' | 'processing' }>;

export interface Noted {
  readonly context: Context;
  readonly message: Message;
}

/** Adds what compression has to say to a branch: a summary, or that there is none. */
@Injectable()
export class SummaryUnits {
  constructor(
    private readonly contexts: ContextStore,
    private readonly branches: BranchStore,
    private readonly messages: MessageStore,
  ) {}

  /** Within a unit of the run's. */
  async add(tx: Tx, context: Context, run: RunEntity, payload: SummaryNote): Promise<Noted> {
    const next = await this.contexts.tick(tx, context);
    const branch = await this.branches.get(tx, context.id, run.branch);
    const metadata = { source: 'system_control', display_hint: mapToHint(payload), run_id: run.id } as const;
    const row = await this.messages.add(tx, next, branch, {
      id: newId<MessageId>(),
      role: 'system',
      payload,
      metadata,
    });
    const { id, context_id, branch: on, parent_id, depth, revision } = row;
    const fields = { id, context_id, branch: on, parent_id, depth, revision, role: 'system' } as const;
    const created_at = toTimestamp(row.created_at);
    return { context: next, message: { ...fields, status: 'complete', metadata, created_at, ...payload } };
  }
}
