import { Injectable, type BeforeApplicationShutdown } from '@nestjs/common';
import { Settings } from '../config/settings.js';
import { SignalBus } from '../events/signal-bus.js';
import { DomainError } from '../kernel/domain-error.js';
import type { Owner, RunId } from '../kernel/ids.js';
import type { ModelPart } from '../providers/language-model.js';
import type { ReadExchange } from './exchange-kinds.js';
import { ExchangeFailed } from './exchange-failed.js';
import { ExchangesPull, type ReadUpTo } from './exchanges.pull.js';
import { PartReader } from './execution/part-format.js';
import { Followers } from './followers.js';
import type { Waker } from './waker.js';

/** Chunks that are read at a time. */
const page = 500;

/**
 * Gives the parts of an answer as they come; each follower holds at most one page of them. So that a lost signal costs a
 * delay and nothing else, it is also looked from time to time. Past the limit of followers the answer is 429.
 */
@Injectable()
export class FollowExchange implements BeforeApplicationShutdown {
  private readonly followers: Followers;

  constructor(
    private readonly pull: ExchangesPull,
    bus: SignalBus,
    private readonly settings: Settings,
  ) {
    this.followers = new Followers(bus, settings.exchangePollMs);
  }

  /** `too_many_requests` while nobody else may follow. */
  requireRoom(): void {
    const { exchangeFollowersMax: most } = this.settings;
    if (this.followers.count >= most)
      throw new DomainError('too_many_requests', `More than ${most} answers are being followed.`);
  }

  /** Ends after `finish`. Throws ExchangeFailed; `run_not_found`; the reason of `abort`; `draining`. */
  async *follow(id: RunId, owner: Owner, abort: AbortSignal): AsyncGenerator<ModelPart, void> {
    const { context_id, message_id } = await this.pull.one(id, owner);
    this.requireRoom();
    yield* this.followers.follow(
      context_id,
      abort,
      (waker) => this.parts(id, owner, waker),
      (signal) => !('message_id' in signal) || signal.message_id === message_id,
    );
  }

  /** What there is by now. */
  async read(id: RunId, owner: Owner): Promise<ReadExchange> {
    const reader = new PartReader();
    const parts: ModelPart[] = [];
    let from: ReadUpTo = { sequence: 0, position: 0 };
    for (let isMore = true; isMore;) {
      const found = await this.pull.partsAfter(id, owner, from, page);
      for (const part of reader.read(found)) parts.push(part);
      from = found.upto;
      isMore = found.has_more;
    }
    // Afterwards: what it says of the end is not older than the parts.
    const exchange = await this.pull.one(id, owner);
    const isWhole = parts.at(-1)?.type === 'finish';
    return exchange.status === 'completed' && !isWhole ? this.read(id, owner) : { exchange, parts };
  }

  beforeApplicationShutdown(): void {
    this.followers.end();
  }

  private async *parts(id: RunId, owner: Owner, waker: Waker): AsyncGenerator<ModelPart, void> {
    const reader = new PartReader();
    let from: ReadUpTo = { sequence: 0, position: 0 };
    for (;;) {
      waker.rest();
      const found = await this.pull.partsAfter(id, owner, from, page);
      yield* reader.read(found);
      from = found.upto;
      if (found.has_more) continue;
      if (found.failure) throw new ExchangeFailed(found.failure);
      if (found.status === 'completed') return;
      await this.followers.wait(waker);
    }
  }
}
