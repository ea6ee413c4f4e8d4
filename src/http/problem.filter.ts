import { Catch, HttpException, Logger, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { DomainError } from '../kernel/domain-error.js';
import { retryAfterSeconds, toProblem } from './problems.js';

/** Fastify's own refusals, by the code of the error (fastify.dev/docs/latest/Reference/Errors). */
const fastifyErrors: Readonly<Record<string, () => DomainError>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: () =>
    new DomainError('body_too_large', 'The body is larger than this server accepts.'),
  FST_ERR_CTP_INVALID_MEDIA_TYPE: unsupported,
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: () => malformed('The body is not as long as Content-Length says.'),
};

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
    const problem = toProblem(error, { instance: `urn:request:${request.id}` });
    const retryAfter = retryAfterSeconds(error.code);
    if (retryAfter !== undefined) void reply.header('retry-after', retryAfter);
    if (error.code === 'unauthorized') void reply.header('www-authenticate', 'Bearer realm="pullcord"');
    void reply
      .status(problem.status)
      .header('cache-control', 'no-store')
      .type('application/problem+json')
      .send(JSON.stringify(problem));
  }

  private toDomainError(thrown: unknown, request: FastifyRequest): DomainError {
    if (thrown instanceof DomainError) {
      if (thrown.cause) this.logger.error({ request_id: request.id, code: thrown.code, err: thrown.cause });
      return thrown;
    }
    const known = fastifyErrors[codeOf(thrown)]?.() ?? fromStatus(thrown);
    if (known) return known;
    this.logger.error({ request_id: request.id, err: thrown });
    return new DomainError('internal_error', 'The request failed; its id is in the server’s log.');
  }
}

function fromStatus(thrown: unknown): DomainError | undefined {
  const status =
    thrown instanceof HttpException ? thrown.getStatus() : (thrown as { statusCode?: unknown })?.statusCode;
  if (status === 404)
    return new DomainError('not_found', 'There is nothing at this address with this method.');
  if (status === 415) return unsupported();
  if (typeof status === 'number' && status >= 400 && status < 500)
    return malformed('The request could not be read.');
  return undefined;
}

const codeOf = (thrown: unknown): string => String((thrown as { code?: unknown } | undefined)?.code);

function malformed(message: string): DomainError {
  return new DomainError('malformed_request', message);
}

function unsupported(): DomainError {
  return new DomainError('unsupported_media_type', 'Bodies are JSON: send Content-Type: application/json.');
}
