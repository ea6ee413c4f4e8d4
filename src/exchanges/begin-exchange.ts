import { Injectable } from '@nestjs/common';
import { Settings } from '../config/settings.js';
import { BranchStore } from '../contexts/branch.store.js';
import { ContextStore } from '../contexts/context.store.js';
import type { Context } from '../contexts/context-row.js';
import { refuseBusy } from '../contexts/refusals.js';
import { DomainError } from '../kernel/domain-error.js';
import { newId, type ContextId, type MessageId, type Owner, type RunId } from '../kernel/ids.js';
import type { RequestKey } from '../kernel/request-key.js';
import { ModelRegistry } from '../providers/model-registry.js';
import { RunStore } from '../runs/run.store.js';
import { Runner } from '../runs/runner.js';
import { Turns } from '../runs/turns.js';
import { Storage } from '../storage/storage.js';
import type { Tx } from '../storage/tx.js';
import type { BegunExchange, NewExchange } from './exchange-kinds.js';
import { exchangeKind } from './execution/exchange-run.js';
import { ExchangePlaces, type Place } from './exchange-places.js';
import { ItemStore } from './items/item.store.js';
import { ExchangeStore } from './tables/exchange.store.js';

/** Accepts an exchange: its messages join the pool, and a run will ask the model. */
@Injectable()
export class BeginExchange {
  constructor(
    private readonly storage: Storage,
    private readonly contexts: ContextStore,
    private readonly branches: BranchStore,
    private readonly places: ExchangePlaces,
    private readonly runs: RunStore,
    private readonly exchanges: ExchangeStore,
    private readonly items: ItemStore,
    private readonly turns: Turns,
    private readonly runner: Runner,
    private readonly models: ModelRegistry,
    private readonly settings: Settings,
  ) {}

  /**
   * `unknown_model`; `context_not_found` also for another's; `message_not_found`; `context_busy` while a run is under way
   * there; `illegal_transition` when it is archived; `limit_exceeded` for too many inputs; `draining`.
   */
  async execute(owner: Owner, exchange: NewExchange, key?: RequestKey): Promise<BegunExchange> {
    this.runner.refuseWhileDraining();
    this.models.resolve(exchange.model);
    const most = this.settings.exchangeMaxItems;
    if (exchange.inputs.length > most)
      throw new DomainError('limit_exceeded', `A call may add at most ${most} items to a conversation.`);
    const begun = await this.storage.commitOnce('begin_exchange', key, async (tx) => {
      const place = await this.place(tx, owner, exchange);
      return this.begin(tx, place, exchange);
    });
    this.runner.wake();
    return begun;
  }

  private async place(tx: Tx, owner: Owner, { context, after }: NewExchange): Promise<Place> {
    if (context === 'new') {
      const created = await this.contexts.create(tx, owner, { config: {} });
      await this.branches.createMain(tx, created.id, created.created_at);
      return this.places.find(tx, created, undefined);
    }
    return this.places.find(tx, await this.free(tx, context, owner), after);
  }

  private async free(tx: Tx, id: ContextId, owner: Owner): Promise<Context> {
    const context = await this.contexts.lock(tx, id, owner);
    refuseBusy(context);
    // Calls that wait for an approval are given up: the user does something else.
    return this.turns.giveUpWaiting(tx, context);
  }

  private async begin(
    tx: Tx,
    { context, branch, head }: Place,
    exchange: NewExchange,
  ): Promise<BegunExchange> {
    const runId = newId<RunId>();
    const messageId = newId<MessageId>();
    const accepted = await this.contexts.advance(tx, context, { type: 'message_accepted' });
    const { context: next, ids } = await this.items.add(tx, accepted, { branch, runId }, exchange.inputs);
    await this.runs.add(tx, next, {
      id: runId,
      kind: exchangeKind,
      status: 'accepted',
      branch,
      messageId: null,
      model: exchange.model,
    });
    const afterId = ids.at(-1) ?? head;
    await this.exchanges.add(tx, next, { runId, messageId, afterId, exchange });
    return { id: runId, context_id: next.id, message_id: messageId, run_id: runId };
  }
}
