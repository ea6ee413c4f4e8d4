import type { FastifyInstance } from 'fastify';
import type { Settings } from '../../config/settings.js';
import { Doorkeeper } from '../../http/access.guard.js';
import { unsupported } from '../../http/fastify-errors.js';
import { acceptBytes } from '../../http/json-body.js';
import { DomainError } from '../../kernel/domain-error.js';

export const importPath = '/contexts/import';

const types = /^application\/(zip|x-zip-compressed|jsonl|x-ndjson|x-jsonlines)(;|$)/i;

/**
 * Lets the bodies of imports be larger than others, and of other types than JSON. How many may be under way is decided
 * before any of them is read, for each may take as much memory; so is whether they come from somebody who may. To be
 * called before there are routes.
 */
export function acceptImports(fastify: FastifyInstance, settings: Settings): void {
  const { importBytes, maxImports } = settings;
  const door = new Doorkeeper(settings);
  let underWay = 0;
  acceptBytes(fastify, types, unsupported);
  fastify.addHook('onRoute', (route) => {
    if (route.url !== importPath) return;
    route.bodyLimit = importBytes;
    route.config = { ...route.config, takesBytes: true };
  });
  fastify.addHook('onRequest', (request, reply, done) => {
    if (!request.routeOptions.config.takesBytes) return done();
    try {
      door.require(request);
      if (underWay >= maxImports) throw tooMany();
    } catch (error) {
      return done(error as Error);
    }
    underWay++;
    reply.raw.once('close', () => underWay--);
    done();
  });
}

const tooMany = (): DomainError =>
  new DomainError('too_many_requests', 'Other imports are under way; try again when they are done.');
