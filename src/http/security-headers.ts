import type { FastifyInstance } from 'fastify';

/**
 * What every answer tells a browser. Answers are JSON or signals, so what helmet sends for documents alone (their
 * origin's agent cluster, their openers, Flash, old Internet Explorers) is left out; and it is a table because it never
 * changes, where a chain of middlewares cost a tenth of a small pull.
 */
export const securityHeaders = {
  // Nothing is loaded by what is answered here; a console opened on it may follow signals and pull.
  'content-security-policy': "default-src 'none';connect-src 'self';frame-ancestors 'none'",
  // An answer is what its Content-Type says, and no script because it looks like one.
  'x-content-type-options': 'nosniff',
  // No page of another origin can load it as an image or a script; those that may call use CORS.
  'cross-origin-resource-policy': 'same-origin',
  // Addresses hold ids and what people search for.
  'referrer-policy': 'no-referrer',
  // For browsers that do not know frame-ancestors.
  'x-frame-options': 'DENY',
} as const;

/** Sends them with every answer. HSTS is for whoever ends TLS in front of this server. */
export function sendSecurityHeaders(fastify: FastifyInstance): void {
  fastify.addHook('onRequest', (_request, reply, done) => {
    void reply.headers(securityHeaders);
    done();
  });
}
