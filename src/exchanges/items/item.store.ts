import { Injectable } from '@nestjs/common';
import { BranchStore } from '../../contexts/branch.store.js';
import { ContextStore } from '../../contexts/context.store.js';
import type { Context } from '../../contexts/context-row.js';
import { Clock, toTimestamp } from '../../kernel/clock.js';
import { newId, type BranchId, type MessageId, type RunId } from '../../kernel/ids.js';
import { mapToHint } from '../../messages/map-to-hint.js';
import { kindRule } from '../../messages/message-kinds.js';
import { MessageStore } from '../../messages/message.store.js';
import type { PromptMessage } from '../../providers/language-model.js';
import type { Tx } from '../../storage/tx.js';
import type { KeptJson, NewItem } from '../exchange-kinds.js';
import type { ExchangeItemEntity } from '../tables/exchange-item.entity.js';
import { convertItem, type Draft } from './convert-item.js';

/** Where items are added, and what brings them. */
export interface ItemPlace {
  readonly branch: BranchId;
  /** Null for items that come with no exchange. */
  readonly runId: RunId | null;
}

export interface Added {
  readonly context: Context;
  /** All messages that were added, oldest first. */
  readonly ids: readonly MessageId[];
}

/** What is kept of a message as an item; without a prompt, the message says it all. */
export interface ItemFacts {
  readonly runId: RunId | null;
  readonly isOutput: boolean;
  readonly prompt?: PromptMessage | null;
  readonly raw?: KeptJson;
}

/** Adds items to the pool: messages, with a revision each, and what of them the messages cannot hold. */
@Injectable()
export class ItemStore {
  constructor(
    private readonly contexts: ContextStore,
    private readonly branches: BranchStore,
    private readonly messages: MessageStore,
    private readonly clock: Clock,
  ) {}

  /** Each item becomes one message or more, of which the first has the item's id. */
  async add(tx: Tx, context: Context, place: ItemPlace, items: readonly NewItem[]): Promise<Added> {
    const ids: MessageId[] = [];
    let current = context;
    for (const { prompt, raw } of items) {
      const { drafts, isWhole } = convertItem(prompt, toTimestamp(this.clock.now()));
      for (const [index, draft] of drafts.entries()) {
        const added = await this.addMessage(tx, current, place, draft);
        current = added.context;
        ids.push(added.id);
        const told = index > 0 ? null : isWhole ? undefined : prompt;
        const facts = { runId: place.runId, isOutput: false, prompt: told, ...(index === 0 && { raw }) };
        await this.keep(tx, current, added.id, facts);
      }
    }
    return { context: current, ids };
  }

  async addMessage(
    tx: Tx,
    context: Context,
    { branch, runId }: ItemPlace,
    { role, payload }: Draft,
  ): Promise<{ readonly context: Context; readonly id: MessageId }> {
    const next = await this.contexts.tick(tx, context);
    const id = newId<MessageId>();
    const source = role === 'user' ? kindRule(payload.kind).source : roleSources[role];
    const metadata = { source, display_hint: mapToHint(payload), ...(runId && { run_id: runId }) };
    await this.messages.add(tx, next, await this.branches.get(tx, context.id, branch), {
      id,
      role,
      payload,
      metadata,
    });
    return { context: next, id };
  }

  async keep(tx: Tx, context: Context, message_id: MessageId, facts: ItemFacts): Promise<void> {
    const { runId, isOutput, prompt, raw } = facts;
    const row: ExchangeItemEntity = {
      context_id: context.id,
      message_id,
      run_id: runId,
      is_output: isOutput ? 1 : 0,
      prompt: prompt === undefined ? null : JSON.stringify(prompt),
      raw: raw ? JSON.stringify(raw) : null,
    };
    await tx.insert('exchange_items', { ...row });
  }
}

const roleSources = { system: 'external', assistant: 'ai_generated', tool: 'tool_execution' } as const;
