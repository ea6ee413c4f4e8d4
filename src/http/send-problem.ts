import type { FastifyReply } from 'fastify';
import type { DomainError } from '../kernel/domain-error.js';
import { retryAfterSeconds, toProblem } from './problems.js';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Where programs expect errors of another form than problems: what a refusal is there. */
    refusal?: (error: DomainError) => { readonly status: number; readonly body: object };
  }
}

export const problemType = 'application/problem+json';

/** The name of one occurrence: the log knows the request by the same id. */
export const instanceOf = (requestId: string): string => `urn:request:${requestId}`;

/** Answers with the problem document of an error, or what its route has instead, and with the headers of its code. */
export function sendProblem(reply: FastifyReply, error: DomainError): void {
  const retryAfter = retryAfterSeconds(error.code);
  if (retryAfter !== undefined) void reply.header('retry-after', retryAfter);
  if (error.code === 'unauthorized') void reply.header('www-authenticate', 'Bearer realm="pullcord"');
  void reply.header('cache-control', 'no-store');
  const foreign = reply.request.routeOptions.config.refusal?.(error);
  if (foreign)
    return void reply.status(foreign.status).type('application/json').send(JSON.stringify(foreign.body));
  const problem = toProblem(error, { instance: instanceOf(reply.request.id) });
  void reply.status(problem.status).type(problemType).send(JSON.stringify(problem));
}
