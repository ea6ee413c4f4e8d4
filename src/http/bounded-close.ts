import type { FastifyInstance } from 'fastify';

/** What is still being answered when the server closes was asked moments ago; an honest answer takes less. */
const lastAnswersMs = 2_000;

/** Ends the connections that would keep a closing server open: a request that never arrives whole, a reader that has stopped. */
export function boundClose(fastify: FastifyInstance): void {
  fastify.addHook('preClose', (done) => {
    setTimeout(() => fastify.server.closeAllConnections(), lastAnswersMs).unref();
    done();
  });
}
