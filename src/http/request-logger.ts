import type { IncomingMessage, ServerResponse } from 'node:http';
import {
  LogController,
  type FastifyBaseLogger,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
} from 'fastify';
import { pino, type DestinationStream, type Logger } from 'pino';
import type { LogLevel } from '../config/tables/server-settings.js';
import { newId } from '../kernel/ids.js';
import { errorFields } from './error-fields.js';
import { measureRequest } from './request-metrics.js';

/** Names that may hold a credential, wherever in a log line they are. */
const secrets = [
  'authorization',
  'cookie',
  'set-cookie',
  'x-api-key',
  'api_key',
  'apiKey',
  'token',
  'password',
];

/** The one log of the server: JSON lines on stdout, times in RFC 3339. */
export const createLogger = (level: LogLevel, destination?: DestinationStream): Logger =>
  pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      serializers: { err: errorFields, req: requestFields },
      redact: {
        paths: secrets.flatMap((name) => [`["${name}"]`, `*["${name}"]`, `*.*["${name}"]`]),
        censor: '[redacted]',
      },
    },
    destination ?? pino.destination({ dest: 1, sync: true }),
  );

/** How Fastify takes part: the same log, a request id, and our line per request in place of its two. */
export const fastifyLogging = (logger: Logger) => ({
  loggerInstance: logger as FastifyBaseLogger,
  logController: new LogController({ disableRequestLogging: true }),
  // Our lines name their request themselves: a logger of its own for each request costs more than the line.
  childLoggerFactory: (parent: FastifyBaseLogger): FastifyBaseLogger => parent,
  genReqId: requestId,
});

const start = newId();
let requests = 0;

/** A proxy's id when it looks like one, else our own: unique without a look at the random numbers for every request. */
function requestId(request: IncomingMessage): string {
  const given = request.headers['x-request-id'];
  if (typeof given === 'string' && /^[\w.:-]{1,128}$/.test(given)) return given;
  return `${start}-${++requests}`;
}

/** Answers every request with its id; once its answer, or its connection, has ended, it is measured and logged. */
export function logRequests(fastify: FastifyInstance, logger: Logger): void {
  fastify.addHook('onRequest', (request: FastifyRequest, reply: FastifyReply, next: () => void) => {
    void reply.header('x-request-id', request.id);
    const level = isOfWatcher(request.url) ? 'debug' : 'info';
    watch(request, reply, logger.isLevelEnabled(level) ? level : undefined);
    next();
  });
}

/** Those who watch the process ask every few seconds. */
export const isOfWatcher = (url: string): boolean => url.startsWith('/health/') || url === '/metrics';

function watch(request: FastifyRequest, { raw }: FastifyReply, level: 'debug' | 'info' | undefined): void {
  const began = performance.now();
  // 'close' and not 'finish': it also comes when the client has gone away.
  raw.on('close', () => {
    const ms = performance.now() - began;
    measureRequest(request, raw.statusCode, ms);
    if (level) request.log[level](lineOf(request, raw, ms), 'request');
  });
}

const lineOf = (request: FastifyRequest, raw: ServerResponse, ms: number): object => ({
  request_id: request.id,
  ...requestFields(request),
  status: raw.statusCode,
  duration_ms: Math.round(ms),
  ...(!raw.writableFinished && { aborted: true }),
});

/** Never the query string: what people search for is in it. */
const requestFields = ({ method, url }: { readonly method: string; readonly url: string }) => ({
  method,
  path: url.split('?', 1)[0],
});
