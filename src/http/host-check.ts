import type { FastifyInstance } from 'fastify';
import { DomainError } from '../kernel/domain-error.js';

const loopbackHost = /^(localhost|([\w-]+\.)*localhost|127(\.\d{1,3}){3}|\[::1\])(:\d{1,5})?$/i;

/**
 * Without tokens the loopback address is the only wall, and a web page can get through it in two ways. Its own host
 * name made to resolve to 127.0.0.1 (DNS rebinding) turns it into a same-origin client: so only loopback names are
 * served. And a browser posts for any page, if without showing it the answer: so pages of other machines are refused,
 * but for the origins that may call from a browser anyway.
 */
export function refuseForeignHosts(fastify: FastifyInstance, allowedOrigins: readonly string[]): void {
  fastify.addHook('onRequest', (request, _reply, done) => {
    const { host, origin } = request.headers;
    if (host === undefined || !loopbackHost.test(host))
      return done(refusal('Without tokens, only requests to a loopback host name are answered.'));
    if (origin !== undefined && !isOfLoopback(origin) && !allowedOrigins.includes(origin))
      return done(
        refusal('Without tokens, pages of other machines are answered only if their origin is allowed.'),
      );
    done();
  });
}

const isOfLoopback = (origin: string): boolean =>
  URL.canParse(origin) && loopbackHost.test(new URL(origin).host);

const refusal = (message: string): DomainError => new DomainError('host_not_allowed', message);
