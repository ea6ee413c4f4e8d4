import { createHash, timingSafeEqual } from 'node:crypto';
import { Injectable, SetMetadata, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { FastifyRequest } from 'fastify';
import { Settings } from '../config/settings.js';
import { DomainError } from '../kernel/domain-error.js';
import type { Owner } from '../kernel/ids.js';

const openKey = 'pullcord:open';

/** A route that needs no token: it tells nothing about anybody. */
export const Open = (): MethodDecorator & ClassDecorator => SetMetadata(openKey, true);

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Programs that ask here may send their token as `x-api-key`, as Anthropic's do. */
    takesApiKey?: boolean;
    /** Watchers ask here: with the token that is theirs alone, where one is set. */
    isForWatchers?: boolean;
  }
}

/** Who everything belongs to while no tokens are set. */
export const localOwner = 'local' as Owner;

/** Whoever has the watchers' token has nothing of their own here. */
const watchersOwner = '' as Owner;

const owners = new WeakMap<FastifyRequest, Owner>();

/** The caller, as the guard found out. */
export const ownerOf = (request: FastifyRequest): Owner => owners.get(request) ?? localOwner;

interface Known {
  readonly owner: Owner;
  readonly digest: Buffer;
}

/** The tokens that are set, and who they stand for. */
export class Doorkeeper {
  private readonly known: readonly Known[];

  private readonly watcher: Buffer | undefined;

  constructor({ tokens, metricsToken }: Pick<Settings, 'tokens' | 'metricsToken'>) {
    this.known = tokens.map(({ owner, sha256 }) => ({ owner, digest: Buffer.from(sha256, 'hex') }));
    this.watcher = metricsToken === undefined ? undefined : Buffer.from(metricsToken, 'hex');
  }

  /** Whose request it is. Throws `unauthorized` where tokens are set and it has none of them. */
  require({ headers, routeOptions }: Pick<FastifyRequest, 'headers' | 'routeOptions'>): Owner {
    if (this.watcher && routeOptions.config.isForWatchers) return this.watch(this.watcher, headers);
    if (this.known.length === 0) return localOwner;
    const key = routeOptions.config.takesApiKey ? headers['x-api-key'] : undefined;
    const owner = this.find(headers.authorization) ?? this.find(`Bearer ${String(key)}`);
    if (owner) return owner;
    throw new DomainError('unauthorized', 'Send Authorization: Bearer with one of the server’s tokens.');
  }

  private watch(watcher: Buffer, { authorization }: FastifyRequest['headers']): Owner {
    const digest = digestIn(authorization);
    if (digest && timingSafeEqual(watcher, digest)) return watchersOwner;
    throw new DomainError('unauthorized', 'Send Authorization: Bearer with PULLCORD_METRICS_TOKEN.');
  }

  private find(header: string | undefined): Owner | undefined {
    const digest = digestIn(header);
    if (!digest) return undefined;
    // Every token is compared, each in constant time: how long it takes says nothing about which one was near.
    const found = this.known.filter((known) => timingSafeEqual(known.digest, digest));
    return found[0]?.owner;
  }
}

/** The hash of the token in an Authorization header. */
function digestIn(header: string | undefined): Buffer | undefined {
  const token = /^Bearer +([\w.~+/-]+=*) *$/i.exec(header ?? '')?.[1];
  return token ? createHash('sha256').update(token).digest() : undefined;
}

/** With tokens set, lets nobody pass without one of them (RFC 6750). */
@Injectable()
export class AccessGuard implements CanActivate {
  private readonly door: Doorkeeper;

  constructor(
    settings: Settings,
    private readonly reflector: Reflector,
  ) {
    this.door = new Doorkeeper(settings);
  }

  canActivate(context: ExecutionContext): boolean {
    if (this.reflector.getAllAndOverride<boolean>(openKey, [context.getHandler(), context.getClass()]))
      return true;
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    owners.set(request, this.door.require(request));
    return true;
  }
}
