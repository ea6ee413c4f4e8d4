import { Catch, HttpException, Logger, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { DomainError } from '../kernel/domain-error.js';
import { fromFastify, malformed, notFound, unsupported } from './fastify-errors.js';
import { sendProblem } from './send-problem.js';

/** Turns whatever was thrown into application/problem+json. What is not known is a bare 500, its cause in the log. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  private readonly logger = new Logger('http');

  catch(thrown: unknown, host: ArgumentsHost): void {
    const request = host.switchToHttp().getRequest<FastifyRequest>();
    const reply = host.switchToHttp().getResponse<FastifyReply>();
    const error = this.toDomainError(thrown, request);
    // A stream has begun, or the client is gone: there is nothing left to answer on.
    if (reply.sent || reply.raw.headersSent) return;
    sendProblem(reply, error);
  }

  private toDomainError(thrown: unknown, request: FastifyRequest): DomainError {
    if (thrown instanceof DomainError) {
      if (thrown.cause) this.logger.error({ request_id: request.id, code: thrown.code, err: thrown.cause });
      return thrown;
    }
    const known = fromFastify(thrown) ?? fromStatus(thrown);
    if (known) return known;
    this.logger.error({ request_id: request.id, err: thrown });
    return new DomainError('internal_error', 'The request failed; its id is in the server’s log.');
  }
}

function fromStatus(thrown: unknown): DomainError | undefined {
  const status =
    thrown instanceof HttpException ? thrown.getStatus() : (thrown as { statusCode?: unknown })?.statusCode;
  if (status === 404) return notFound();
  if (status === 415) return unsupported();
  if (typeof status === 'number' && status >= 400 && status < 500)
    return malformed('The request could not be read.');
  return undefined;
}
