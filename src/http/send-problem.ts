import type { FastifyReply } from 'fastify';
import type { DomainError } from '../kernel/domain-error.js';
import { retryAfterSeconds, toProblem } from './problems.js';

export const problemType = 'application/problem+json';

/** The name of one occurrence: the log knows the request by the same id. */
export const instanceOf = (requestId: string): string => `urn:request:${requestId}`;

/** Answers with the problem document of an error, and with the headers that go with its code. */
export function sendProblem(reply: FastifyReply, error: DomainError): void {
  const problem = toProblem(error, { instance: instanceOf(reply.request.id) });
  const retryAfter = retryAfterSeconds(error.code);
  if (retryAfter !== undefined) void reply.header('retry-after', retryAfter);
  if (error.code === 'unauthorized') void reply.header('www-authenticate', 'Bearer realm="pullcord"');
  void reply
    .status(problem.status)
    .header('cache-control', 'no-store')
    .type(problemType)
    .send(JSON.stringify(problem));
}
