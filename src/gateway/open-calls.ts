import { Injectable, type OnModuleDestroy } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { Settings } from '../config/settings.js';
import { DomainError } from '../kernel/domain-error.js';

/** The client is not there any more: there is nobody to be told anything. */
export class ClientGone extends Error {
  override readonly name = 'ClientGone';
}

/**
 * The calls of other programs that are under way. Invariants: at most `gatewayMaxCalls`; each is over with its response,
 * and aborted by it; a server that ends takes no new ones, lets those that there are go on for `drainMs`, and then tells
 * their callers.
 */
@Injectable()
export class OpenCalls implements OnModuleDestroy {
  private readonly open = new Set<AbortController>();
  private isDraining = false;
  private onEmpty = (): void => undefined;

  constructor(private readonly settings: Settings) {}

  /** Aborts with ClientGone, or with `draining`. Throws `too_many_requests` or `draining`. */
  begin({ raw }: FastifyReply): AbortSignal {
    if (this.isDraining) throw draining();
    if (this.open.size >= this.settings.gatewayMaxCalls)
      throw new DomainError('too_many_requests', 'As many calls as this server allows are under way.');
    const call = new AbortController();
    this.open.add(call);
    const end = (): void => {
      this.open.delete(call);
      call.abort(new ClientGone());
      if (this.open.size === 0) this.onEmpty();
    };
    if (raw.destroyed) end();
    else raw.once('close', end);
    return call.signal;
  }

  async onModuleDestroy(): Promise<void> {
    this.isDraining = true;
    if (this.open.size === 0) return;
    const empty = new Promise<void>((resolve) => (this.onEmpty = resolve));
    await Promise.race([empty, new Promise((resolve) => setTimeout(resolve, this.settings.drainMs).unref())]);
    for (const call of this.open) call.abort(draining());
  }
}

const draining = (): DomainError =>
  new DomainError('draining', 'The server is shutting down; try again in a moment.');
