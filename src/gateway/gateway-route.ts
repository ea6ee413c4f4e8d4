import { applyDecorators, HttpCode } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import type { FastifyInstance } from 'fastify';
import type { Settings } from '../config/settings.js';
import { Doorkeeper } from '../http/access.guard.js';
import { bytesOf } from '../http/json-body.js';
import { documented } from '../http/documented.js';
import { DomainError } from '../kernel/domain-error.js';
import { deepestJson, isDeeperThan } from '../kernel/json-depth.js';
import { convertRefusal } from './convert-failure.js';
import type { Codec } from './dialects/codec.js';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Takes whole conversations: bodies that are larger than others. */
    isGateway?: boolean;
  }
}

/** A route of a vendor's: its errors are those of the vendor, whose contract it is, and not in our document. */
export const GatewayRoute = ({ errorBody }: Pick<Codec, 'errorBody'>): MethodDecorator =>
  applyDecorators(
    HttpCode(200),
    RouteConfig({
      isGateway: true,
      takesApiKey: true,
      refusal: (error: Parameters<typeof convertRefusal>[0]) => {
        const failure = convertRefusal(error);
        return { status: failure.status, body: errorBody(failure) };
      },
    }),
    documented(({ ApiExcludeEndpoint }) => ApiExcludeEndpoint()),
  );

/** Lets bodies of the gateway be larger, once it is known from whom they come. To be called before there are routes. */
export function acceptGatewayCalls(fastify: FastifyInstance, settings: Settings): void {
  const door = new Doorkeeper(settings);
  fastify.addHook('onRoute', (route) => {
    if (route.config?.isGateway) route.bodyLimit = settings.gatewayBodyBytes;
  });
  fastify.addHook('onRequest', (request, _reply, done) => {
    if (!request.routeOptions.config.isGateway) return done();
    try {
      door.require(request);
      done();
    } catch (error) {
      done(error as Error);
    }
  });
  fastify.addHook('preValidation', (request, _reply, done) => {
    if (!request.routeOptions.config.isGateway || !isDeeperThan(bytesOf(request), deepestJson)) return done();
    const message = `must not be nested more than ${deepestJson} levels deep`;
    done(new DomainError('invalid_request', `The body ${message}.`, { errors: [{ path: '', message }] }));
  });
}
