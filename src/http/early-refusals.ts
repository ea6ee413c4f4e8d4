import { STATUS_CODES, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import { DomainError } from '../kernel/domain-error.js';
import { newId } from '../kernel/ids.js';
import { fromFastify, malformed } from './fastify-errors.js';
import { toProblem } from './problems.js';
import { instanceOf, problemType, sendProblem } from './send-problem.js';

/** For what is refused before there is a route, or even a request: no hook and no filter sees it. */
export const earlyRefusals = {
  frameworkErrors: (error: FastifyError, request: FastifyRequest, reply: FastifyReply): void => {
    void reply.header('x-request-id', request.id);
    sendProblem(reply, fromFastify(error) ?? malformed('The request could not be read.'));
  },

  /** Bytes that are no HTTP, a head that is too long or does not end: the connection cannot go on. */
  clientErrorHandler: (error: NodeJS.ErrnoException, socket: Socket): void => {
    if (error.code === 'ECONNRESET' || socket.destroyed) return;
    if (socket.writable && !isAnswering(socket)) socket.write(problemOnSocket(refusalOf(error.code)));
    socket.destroy(error);
  },
};

/** What is written would land in the middle of an answer that has begun. Node's own handler looks here as well. */
const isAnswering = (socket: Socket & { readonly _httpMessage?: ServerResponse | null }): boolean =>
  socket._httpMessage?.headersSent === true;

const refusalOf = (code = ''): DomainError =>
  refusals[code]?.() ?? malformed('What arrived is not an HTTP request.');

const refusals: Readonly<Record<string, () => DomainError>> = {
  ERR_HTTP_REQUEST_TIMEOUT: () =>
    new DomainError('request_timeout', 'The request had not arrived whole when its time was over.'),
  HPE_HEADER_OVERFLOW: () => malformed('The address and the headers are longer than this server accepts.'),
};

function problemOnSocket(error: DomainError): string {
  const id = newId();
  const problem = toProblem(error, { instance: instanceOf(id) });
  const body = JSON.stringify(problem);
  const head = [
    `HTTP/1.1 ${problem.status} ${STATUS_CODES[problem.status]}`,
    `Content-Type: ${problemType}`,
    `Content-Length: ${Buffer.byteLength(body)}`,
    `X-Request-Id: ${id}`,
    'Connection: close',
  ];
  return `${head.join('\r\n')}\r\n\r\n${body}`;
}
