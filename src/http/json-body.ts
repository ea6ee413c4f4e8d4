import { isUtf8 } from 'node:buffer';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { safeParse } from 'secure-json-parse';
import { DomainError } from '../kernel/domain-error.js';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The route reads its body by itself, whatever its type: it gets the bytes (`bytesOf`). */
    takesBytes?: boolean;
  }
}

const sent = new WeakMap<FastifyRequest, Buffer>();
const nothing = Buffer.alloc(0);

/** The body as it was sent, to the byte; empty when there was none. */
export const bytesOf = (request: FastifyRequest): Buffer => sent.get(request) ?? nothing;

/** Reads bodies of other types, for routes that take bytes; elsewhere they are refused as they were. */
export function acceptBytes(fastify: FastifyInstance, types: RegExp, refusal: () => Error): void {
  fastify.addContentTypeParser(types, { parseAs: 'buffer' }, (request, body, done) => {
    if (!request.routeOptions.config.takesBytes) return done(refusal());
    sent.set(request, body as Buffer);
    done(null, body);
  });
}

/**
 * Reads JSON bodies. Fastify's own parser would replace bytes that are not UTF-8 by U+FFFD without a word, and so
 * store something that nobody sent. No body at all is an empty object: most commands have nothing they must say.
 */
export function acceptJsonBodies(fastify: FastifyInstance, limitBytes: number): void {
  fastify.removeAllContentTypeParsers();
  fastify.addContentTypeParser(
    /^application\/([\w.-]+\+)?json(;|$)/i,
    { parseAs: 'buffer', bodyLimit: limitBytes },
    (request, body, done) => {
      sent.set(request, body as Buffer);
      if (request.routeOptions.config.takesBytes) return done(null, body);
      try {
        done(null, parseJsonBody(body as Buffer));
      } catch (error) {
        done(error as Error);
      }
    },
  );
  fastify.addHook('preValidation', (request, _reply, done) => {
    if (request.method === 'POST' && request.body === undefined) request.body = {};
    done();
  });
}

/** What a body says; `malformed_request` when it is not JSON, or no JSON that may be read. */
export function parseJsonBody(body: Buffer): unknown {
  if (body.length === 0) return {};
  if (!isUtf8(body)) throw new DomainError('malformed_request', 'The body is not valid UTF-8.');
  // `remove` would change what was sent; keys that poison prototypes are refused by null instead.
  const parsed: unknown = safeParse(body.toString('utf8'));
  if (parsed === undefined || parsed === null)
    throw new DomainError('malformed_request', 'The body is not valid JSON.');
  return parsed;
}
