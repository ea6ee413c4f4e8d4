import type { FastifyInstance } from 'fastify';
import { DomainError } from '../kernel/domain-error.js';

const loopbackHost = /^(localhost|([\w-]+\.)*localhost|127(\.\d{1,3}){3}|\[::1\])(:\d{1,5})?$/i;

/**
 * Without tokens the loopback address is the only wall, and a web page can get through it: its own host name made to
 * resolve to 127.0.0.1 (DNS rebinding) turns it into a same-origin client. So only loopback names are served then.
 */
export function refuseForeignHosts(fastify: FastifyInstance): void {
  fastify.addHook('onRequest', (request, _reply, done) => {
    const host = request.headers.host;
    if (host !== undefined && loopbackHost.test(host)) return done();
    done(
      new DomainError(
        'host_not_allowed',
        'Without tokens, only requests to a loopback host name are answered.',
      ),
    );
  });
}
