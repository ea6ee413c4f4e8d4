import { Injectable } from '@nestjs/common';
import { ContextStore } from '../contexts/context.store.js';
import type { Context } from '../contexts/context-row.js';
import type { ContextId, Owner, RunId } from '../kernel/ids.js';
import { RunStore } from '../runs/run.store.js';
import { Runner } from '../runs/runner.js';
import { Turns } from '../runs/turns.js';
import { Storage } from '../storage/storage.js';
import type { Tx } from '../storage/tx.js';
import { exchangeNotFound } from './exchanges.pull.js';
import { ExchangeStore } from './tables/exchange.store.js';

interface Locked {
  readonly context: Context;
  readonly isOpen: boolean;
}

/** What was forgotten, and where it was. */
export interface DeletedExchange {
  readonly context_id: ContextId;
  /** True when the context has no exchange left. Its messages are still there. */
  readonly was_last: boolean;
}

/** Ends exchanges before their time, and forgets them. */
@Injectable()
export class EndExchange {
  constructor(
    private readonly storage: Storage,
    private readonly contexts: ContextStore,
    private readonly runs: RunStore,
    private readonly exchanges: ExchangeStore,
    private readonly turns: Turns,
    private readonly runner: Runner,
  ) {}

  /** Keeps what was answered so far. Cancelling what is over changes nothing. `run_not_found`. */
  async cancel(id: RunId, owner: Owner): Promise<void> {
    await this.storage.commit('cancel_exchange', async (tx) => {
      const { context, isOpen } = await this.lock(tx, id, owner);
      if (isOpen) await this.end(tx, context);
    });
    this.stopped(id);
  }

  /** Forgets the exchange, once it is cancelled. What it left in the pool stays there. `run_not_found`. */
  async delete(id: RunId, owner: Owner): Promise<DeletedExchange> {
    const deleted = await this.storage.commit('delete_exchange', async (tx) => {
      const { context, isOpen } = await this.lock(tx, id, owner);
      if (isOpen) await this.end(tx, context);
      await this.exchanges.remove(tx, context, [id]);
      return { context_id: context.id, was_last: await this.exchanges.hasNone(tx, context) };
    });
    this.stopped(id);
    return deleted;
  }

  private async lock(tx: Tx, id: RunId, owner: Owner): Promise<Locked> {
    const exchange = await this.exchanges.find(tx, id);
    const context = exchange && (await this.contexts.tryLock(tx, exchange.context_id));
    // Read again once nobody else writes: until here it may have come to its end, or to be deleted.
    if (!context || context.owner !== owner || !(await this.exchanges.find(tx, id)))
      throw exchangeNotFound(id);
    const current = await this.runs.current(tx, context.id);
    return { context, isOpen: current?.id === id };
  }

  private async end(tx: Tx, context: Context): Promise<void> {
    const run = await this.runs.current(tx, context.id);
    const ended = await this.turns.end(tx, context, run, {
      event: { type: 'cancelled' },
      run: 'cancelled',
      stream: { status: 'cancelled', finish_reason: null },
    });
    await this.turns.startNext(tx, ended);
  }

  private stopped(id: RunId): void {
    this.runner.stop(id);
    this.runner.wake();
  }
}
