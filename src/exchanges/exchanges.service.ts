import { Injectable } from '@nestjs/common';
import type { Owner, RunId } from '../kernel/ids.js';
import type { RequestKey } from '../kernel/request-key.js';
import type { ModelPart } from '../providers/language-model.js';
import { BeginExchange } from './begin-exchange.js';
import { EndExchange, type DeletedExchange } from './end-exchange.js';
import type { BegunExchange, Exchange, Item, NewExchange, ReadExchange } from './exchange-kinds.js';
import { ExchangesPull } from './exchanges.pull.js';
import { FollowExchange } from './follow-exchange.js';
import { ItemsPull } from './items/items.pull.js';

/**
 * Calls to models that are recorded in contexts: they go on whoever is there to listen, and what they answer is a message
 * like any other. For whoever speaks a vendor's dialect. Another owner's exchange does not exist.
 */
@Injectable()
export class Exchanges {
  constructor(
    private readonly beginning: BeginExchange,
    private readonly ending: EndExchange,
    private readonly following: FollowExchange,
    private readonly pull: ExchangesPull,
    private readonly items: ItemsPull,
  ) {}

  /**
   * `unknown_model`; `context_not_found`; `message_not_found` for `after`; `context_busy` while a run is under way in the
   * context; `illegal_transition` when it is archived; `limit_exceeded` for too many inputs; `draining`.
   */
  begin(owner: Owner, exchange: NewExchange, key?: RequestKey): Promise<BegunExchange> {
    return this.beginning.execute(owner, exchange, key);
  }

  /**
   * All parts of the answer from its first, those to come as they come; ends after `finish`. However often and whenever
   * it is followed, the parts are the same. Throws ExchangeFailed when the exchange has no end of its own, also with
   * `cancelled`; `run_not_found`; the reason of `abort`. `too_many_requests` past the limit of followers comes at once.
   */
  follow(owner: Owner, id: RunId, abort: AbortSignal): AsyncIterable<ModelPart> {
    this.following.requireRoom();
    return this.following.follow(id, owner, abort);
  }

  /** `run_not_found`. */
  get(owner: Owner, id: RunId): Promise<Exchange> {
    return this.pull.one(id, owner);
  }

  /** The exchange with its answer as far as it has come. `run_not_found`. */
  read(owner: Owner, id: RunId): Promise<ReadExchange> {
    return this.following.read(id, owner);
  }

  /** What the call added to the conversation, in its order. `run_not_found`. */
  async inputs(owner: Owner, id: RunId): Promise<readonly Item[]> {
    const { context_id } = await this.pull.one(id, owner);
    return this.items.inputsOf(context_id, id);
  }

  /** Stops it and keeps what was answered so far; changes nothing once it is over. `run_not_found`. */
  async cancel(owner: Owner, id: RunId): Promise<Exchange> {
    await this.ending.cancel(id, owner);
    return this.pull.one(id, owner);
  }

  /** Stops it and forgets it. The messages stay in their context. `run_not_found`. */
  delete(owner: Owner, id: RunId): Promise<DeletedExchange> {
    return this.ending.delete(id, owner);
  }
}
